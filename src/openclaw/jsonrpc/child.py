"""One child process: started in its own process group, drained, and ended in bounded time.

Owns the process, its pipes and its end. Knows nothing of what is said through the pipes.
"""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import PurePath
from typing import cast

from openclaw.errors import ChildFailed
from openclaw.jsonrpc.orphans import mark_of_this_process
from openclaw.jsonrpc.pipe import InputPipe

# A well-behaved child ends when its input ends; imsg needs a few milliseconds.
END_OF_INPUT_PATIENCE = 0.5
# Time to leave after TERM, for wrappers that pass it on over a network.
TERM_PATIENCE = 1.0
# After KILL only the kernel is involved; longer means an uninterruptible disk wait that nobody can end.
KILL_PATIENCE = 2.0
# What was written before the exit is in the pipe already; a grandchild may hold the pipe open for ever.
_DRAIN_AFTER_EXIT = 0.2
_STDERR_KEPT = 8 * 1024


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a child finds around it: its whole environment, our own where ``None``; its folder, ours where ``None``.

    ``on_error_output`` gets what it writes to stderr as it comes.
    """

    environ: Mapping[str, str] | None = None
    folder: str | None = None
    on_error_output: Callable[[bytes], None] | None = None


class Child(asyncio.SubprocessProtocol):
    """A process and what the event loop tells about it, passed on without a task in between.

    ``on_output`` gets its stdout as it comes; ``on_end`` is called, perhaps twice, when no more will come. ``pid`` is
    also the number of its process group, ``None`` before it is started; ``exit_code`` is negative for a signal and
    ``None`` while it runs.
    """

    def __init__(
        self,
        argv: Sequence[str],
        on_output: Callable[[bytes], None],
        on_end: Callable[[], None],
        around: Surroundings = Surroundings(),
    ) -> None:
        self._around = around
        self.name = PurePath(argv[0]).name
        self.pid: int | None = None
        self.exit_code: int | None = None
        self._argv = argv
        self._on_output = on_output
        self._on_end = on_end
        self._stdin: InputPipe | None = None
        self._transport: asyncio.SubprocessTransport | None = None
        self._exited = asyncio.Event()
        self._over = asyncio.Event()
        self._stderr = bytearray()

    @property
    def stderr_tail(self) -> str:
        """The end of what it wrote to stderr, at most 8 KiB."""
        return bytes(self._stderr).decode("utf-8", "replace").strip()

    async def start(self) -> None:
        """Start the process; no shell is involved. Raises ``ChildFailed`` when that cannot be done."""
        environ = os.environ if self._around.environ is None else self._around.environ
        read_end, write_end = os.pipe()
        self._stdin = InputPipe(write_end)
        try:
            await asyncio.get_running_loop().subprocess_exec(
                lambda: self,
                *self._argv,
                stdin=read_end,
                env={**environ, **mark_of_this_process()},
                cwd=self._around.folder,
                start_new_session=True,
            )
        except (OSError, ValueError) as error:
            self.end_input()
            cause = error.strerror if isinstance(error, OSError) else str(error)
            raise ChildFailed(f"{self._argv[0]} could not be started: {cause}") from error
        finally:
            os.close(read_end)

    async def write_line(self, line: bytes, on_first_byte: Callable[[], None]) -> None:
        """Write one whole line to its input; raises ``BrokenPipeError`` when it takes no more."""
        if self._stdin is None:
            raise BrokenPipeError(f"{self.name} has not been started")
        await self._stdin.write_line(line, on_first_byte)

    def end_input(self) -> None:
        """Close its standard input: the polite request to leave."""
        if self._stdin is not None:
            self._stdin.close()

    def hold_output(self, hold: bool) -> None:
        """Stop (or go on) reading its output, so that a flood waits in the pipe and not in our memory."""
        pipe = self._transport.get_pipe_transport(1) if self._transport else None
        if pipe is not None and not pipe.is_closing():
            reader = cast("asyncio.ReadTransport", pipe)
            (reader.pause_reading if hold else reader.resume_reading)()

    async def exited_within(self, seconds: float) -> bool:
        """Whether it has ended, after waiting at most ``seconds`` for that."""
        return await _set_within(self._exited, seconds)

    async def over_within(self, seconds: float) -> bool:
        """Whether it has ended and its last words have been read, after waiting at most ``seconds`` for that."""
        return await _set_within(self._over, seconds)

    async def close(self) -> None:
        """End it: input closed, then TERM, then KILL, to its whole process group, each with a bound."""
        self.end_input()
        if self._transport is None:
            return
        try:
            if not await self.exited_within(END_OF_INPUT_PATIENCE):
                self._signal(signal.SIGTERM)
                if not await self.exited_within(TERM_PATIENCE):
                    self._signal(signal.SIGKILL)
                    await self.exited_within(KILL_PATIENCE)
        except asyncio.CancelledError:
            # Whoever cancels wants an end now; the corpse is still collected.
            self._signal(signal.SIGKILL)
            await self.exited_within(KILL_PATIENCE)
            raise
        finally:
            self._transport.close()

    def _signal(self, number: signal.Signals) -> None:
        if self.pid is not None:
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(self.pid, number)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the process that has just been started."""
        self._transport = cast("asyncio.SubprocessTransport", transport)
        self.pid = self._transport.get_pid()

    def pipe_data_received(self, fd: int, data: bytes) -> None:
        """Pass stdout on; keep the end of stderr."""
        if fd == 1:
            self._on_output(data)
        else:
            if self._around.on_error_output is not None:
                self._around.on_error_output(data)
            self._stderr += data
            del self._stderr[:-_STDERR_KEPT]

    def pipe_connection_lost(self, fd: int, exc: Exception | None) -> None:
        """Tell that stdout has ended."""
        if fd == 1:
            self._on_end()

    def process_exited(self) -> None:
        """End what it left behind, and its output a moment later."""
        # Now, and not later: once the group is empty its number may belong to somebody else.
        self._signal(signal.SIGKILL)
        self.exit_code = self._transport.get_returncode() if self._transport else None
        self._exited.set()
        asyncio.get_running_loop().call_later(_DRAIN_AFTER_EXIT, self._on_end)

    def connection_lost(self, exc: Exception | None) -> None:
        """Note that it has ended and nothing of its output is left."""
        self._over.set()


async def _set_within(event: asyncio.Event, seconds: float) -> bool:
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await event.wait()
    return event.is_set()


@asynccontextmanager
async def running(child: Child) -> AsyncGenerator[Child]:
    """``child``, started, and ended with everything it started when the context ends."""
    try:
        await child.start()
        yield child
    finally:
        await child.close()
