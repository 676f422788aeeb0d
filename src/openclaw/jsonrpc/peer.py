"""A JSON-RPC 2.0 conversation with a child process. Knows no method name.

Owns the requests in flight and the notifications that wait to be taken. Answers may come in any order; one that
comes after its deadline is dropped and counted.
"""

from __future__ import annotations

import asyncio
import itertools
from collections import deque
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from openclaw.errors import PeerClosed, RequestFailed, RequestTimedOut
from openclaw.jsonrpc.child import Child, running
from openclaw.jsonrpc.frames import (
    ErrorResponse,
    Frame,
    FrameDecoder,
    Noise,
    Notification,
    Response,
    encode_request,
)
from openclaw.jsonrpc.transcript import Transcript


@dataclass(slots=True)
class _Waiter:
    method: str
    answer: asyncio.Future[Any]
    on_written: Callable[[], None]
    written: bool = False

    def note_written(self) -> None:
        self.written = True
        self.on_written()


def _unwatched() -> None:
    """Nobody wants to know when a request leaves."""


class Peer:
    """One conversation. Made by :func:`open_peer`; a single task takes the notifications."""

    def __init__(self, argv: Sequence[str], backlog: int, transcript: Transcript | None = None) -> None:
        self.child = Child(argv, self.receive, self.end)
        self.late_answers = 0
        self._transcript = transcript
        self._decoder = FrameDecoder(on_line=transcript.received if transcript else None)
        self._ids = itertools.count(1)
        self._waiting: dict[str, _Waiter] = {}
        self._backlog = backlog
        self._notifications: deque[Notification] = deque()
        self._holding = False
        self._stirred = asyncio.Event()
        self._closed = asyncio.Event()

    @property
    def noise(self) -> Sequence[Noise]:
        """The last lines that were no frames, oldest first."""
        return self._decoder.noise

    @property
    def is_closed(self) -> bool:
        """Whether no more will come from the other end."""
        return self._closed.is_set()

    async def closed(self) -> None:
        """Return when the other end is gone."""
        await self._closed.wait()

    async def request(
        self,
        method: str,
        params: Mapping[str, Any],
        timeout: float,
        on_written: Callable[[], None] = _unwatched,
    ) -> Any:
        """The result of ``method``, waiting at most ``timeout`` seconds.

        ``on_written`` is called once, when the first byte of the request has left; it must not raise.
        Raises ``RequestFailed`` for an error answer, ``RequestTimedOut`` when no answer came to a request that was
        written, and ``PeerClosed`` when the other end is gone or took not one byte of the request in time.
        """
        if self._closed.is_set():
            raise PeerClosed(self.obituary, written=False)
        request_id = str(next(self._ids))
        waiter = _Waiter(method, asyncio.get_running_loop().create_future(), on_written)
        self._waiting[request_id] = waiter
        try:
            async with asyncio.timeout(timeout):
                line = encode_request(request_id, method, params)
                if self._transcript:
                    self._transcript.sent(line)
                await self.child.write_line(line, waiter.note_written)
                return await waiter.answer
        except BrokenPipeError as error:
            raise PeerClosed(self.obituary, written=waiter.written) from error
        except TimeoutError as error:
            if not waiter.written:
                raise PeerClosed(
                    f"{self.child.name} took no input for {timeout:g} s", written=False
                ) from error
            raise RequestTimedOut(f"{method} was not answered within {timeout:g} s") from error
        finally:
            del self._waiting[request_id]

    async def notifications(self, limit: int) -> list[Notification]:
        """What has been told since the last call, at least one and at most ``limit``, waiting for the first.

        Raises ``PeerClosed`` once the other end is gone and everything it told has been taken.
        """
        while not self._notifications:
            if self._closed.is_set():
                raise PeerClosed(self.obituary, written=False)
            self._stirred.clear()
            await self._stirred.wait()
        taken = [self._notifications.popleft() for _ in range(min(limit, len(self._notifications)))]
        if self._holding and len(self._notifications) <= self._backlog // 2:
            self._hold(False)
        return taken

    @property
    def has_notifications(self) -> bool:
        """Whether something waits to be taken."""
        return bool(self._notifications)

    def receive(self, chunk: bytes) -> None:
        """Take in a piece of the other end's output."""
        for frame in self._decoder.feed(chunk):
            self._dispatch(frame)

    def end(self) -> None:
        """The other end is gone: tell everybody who waits, at once."""
        if self._closed.is_set():
            return
        for frame in self._decoder.finish():
            self._dispatch(frame)
        self._closed.set()
        self._stirred.set()
        for waiter in self._waiting.values():
            if not waiter.answer.done():
                waiter.answer.set_exception(PeerClosed(self.obituary, written=waiter.written))
                waiter.answer.exception()  # seen: a waiter still in its write learns it from the pipe

    def _dispatch(self, frame: Frame) -> None:
        match frame:
            case Notification():
                self._keep(frame)
            case Response():
                if waiter := self._answer_for(frame.id):
                    waiter.answer.set_result(frame.result)
            case ErrorResponse(id=None):
                self._decoder.noise.append(
                    Noise(f"{frame.message}: {frame.data}", "an error that answers nothing")
                )
            case ErrorResponse():
                if waiter := self._answer_for(frame.id):
                    error = RequestFailed(waiter.method, frame.code, frame.message, frame.data)
                    waiter.answer.set_exception(error)
            case Noise():
                pass  # the decoder keeps it

    def _answer_for(self, request_id: str | None) -> _Waiter | None:
        waiter = self._waiting.get(request_id or "")
        if waiter is None or waiter.answer.done():
            self.late_answers += 1
            return None
        return waiter

    def _keep(self, notification: Notification) -> None:
        if not self._backlog:
            return
        self._notifications.append(notification)
        self._stirred.set()
        if len(self._notifications) >= self._backlog and not self._holding:
            self._hold(True)

    def _hold(self, hold: bool) -> None:
        self._holding = hold
        self.child.hold_output(hold)

    @property
    def last_words(self) -> str:
        """The last line of noise, else of stderr, "" when there was neither."""
        last = self._decoder.noise[-1].text if self._decoder.noise else self.child.stderr_tail
        return last.splitlines()[-1] if last else ""

    @property
    def obituary(self) -> str:
        """How the other end went, with its last words; more may be known a moment after its output has ended."""
        code = self.child.exit_code
        if code is None:
            how = "ended its output"
        else:
            how = f"exited with code {code}" if code >= 0 else f"was ended by signal {-code}"
        return f"{self.child.name} {how}" + (f": {self.last_words}" if self.last_words else "")


@asynccontextmanager
async def open_peer(
    argv: Sequence[str], backlog: int = 0, transcript: Transcript | None = None
) -> AsyncGenerator[Peer]:
    """A conversation with a new child running ``argv``; the end of the context ends the child in bounded time.

    ``backlog`` notifications may wait before the child's output is left in its pipe; with 0 they are thrown away,
    for conversations in which nobody takes them. ``transcript`` is shown every line.
    Raises ``ChildFailed`` when the child cannot be started.
    """
    peer = Peer(argv, backlog, transcript)
    async with running(peer.child):
        try:
            yield peer
        finally:
            peer.end()
