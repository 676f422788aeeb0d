"""The bytes of one `ssh` child, both ways, with a bound on every wait and on what is kept.

Knows nothing of what is said through it.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager

from openclaw.config.remote_host import RemoteHost
from openclaw.errors import ChildFailed, PhoneFileFailed
from openclaw.imessage.files import Fault
from openclaw.imessage.ssh_findings import EXIT_OF_SSH, read_ssh_words
from openclaw.jsonrpc.child import Child

# Above it the child is not read from until some was taken: a fast network must not fill our memory.
_HIGH_WATER = 2 * 1024 * 1024
# Exit code and last words follow the end of the output by a moment.
_LAST_WORDS_S = 2.0


class SshChannel:
    """Reads and writes; ``stall`` is how many seconds may pass in which nothing moves. Made by :func:`open_channel`."""

    def __init__(self, argv: Sequence[str], host: RemoteHost, stall: float) -> None:
        self.child = Child(argv, self._feed, self._end)
        self._host = host
        self._destination = host.destination
        self._stall = stall
        self._buffer = bytearray()
        self._stirred = asyncio.Event()
        self._ended = False
        self._held = False

    async def read_exactly(self, count: int) -> bytes:
        """The next ``count`` bytes; raises ``PhoneFileFailed`` when they do not come."""
        while len(self._buffer) < count:
            if await self._is_over(count):
                raise await self.cut()
        return self._take(count)

    async def read_some(self) -> bytes:
        """What is there, at least a byte; empty at the end."""
        while not self._buffer:
            if await self._is_over(1):
                return b""
        return self._take(len(self._buffer))

    async def read_line(self, limit: int) -> bytes:
        """The next line without its end; raises ``PhoneFileFailed`` at the end, or past ``limit`` bytes."""
        while (at := self._buffer.find(b"\n")) < 0:
            if len(self._buffer) > limit or await self._is_over(len(self._buffer) + 1):
                raise await self.cut()
        return self._take(at + 1)[:-1]

    async def write(self, data: bytes) -> None:
        """Put ``data`` on its way; raises ``PhoneFileFailed`` when it is not taken."""
        try:
            async with asyncio.timeout(self._stall):
                await self.child.write_line(data, lambda: None)
        except BrokenPipeError as error:
            raise await self.cut() from error
        except TimeoutError as error:
            raise self._stalled() from error

    async def exit_code(self) -> int | None:
        """How it ended, once it has; ``None`` when it does not end."""
        await self.child.over_within(self._stall if self._ended else _LAST_WORDS_S)
        return self.child.exit_code

    async def cut(self) -> PhoneFileFailed:
        """The error for an end that came too early, in the words of ssh where it said any."""
        await self.child.over_within(_LAST_WORDS_S)
        said = self.child.stderr_tail
        if found := read_ssh_words(said, self._host):
            why = f"{self._destination}: {found.means}. Fix: {found.fix}"
            return PhoneFileFailed(why, fault=Fault.UNREACHABLE, again=True)
        detail = " ".join(said.split()) or "it said nothing"
        if self.child.exit_code == EXIT_OF_SSH:
            return PhoneFileFailed(
                f"the connection to {self._destination} broke: {detail}", fault=Fault.CUT, again=True
            )
        return PhoneFileFailed(
            f"{self._destination} ended the transfer ({self.child.exit_code}): {detail}",
            fault=Fault.CUT,
            again=True,
        )

    async def _is_over(self, wanted: int) -> bool:
        """Wait for something new; whether nothing will come any more and fewer than ``wanted`` bytes are there."""
        if self._ended:
            # The process may be gone while its last bytes are still in the pipe, unread because we held it.
            await self.child.over_within(_LAST_WORDS_S)
            return len(self._buffer) < wanted
        await self._wait()
        return False

    async def _wait(self) -> None:
        self._stirred.clear()
        try:
            async with asyncio.timeout(self._stall):
                await self._stirred.wait()
        except TimeoutError as error:
            raise self._stalled() from error

    def _stalled(self) -> PhoneFileFailed:
        why = f"nothing came from or went to {self._destination} for {self._stall:g} s"
        return PhoneFileFailed(why, fault=Fault.CUT, again=True)

    def _take(self, count: int) -> bytes:
        taken = bytes(self._buffer[:count])
        del self._buffer[:count]
        if self._held and len(self._buffer) < _HIGH_WATER // 2:
            self._held = False
            self.child.hold_output(False)
        return taken

    def _feed(self, data: bytes) -> None:
        self._buffer += data
        if not self._held and len(self._buffer) > _HIGH_WATER:
            self._held = True
            self.child.hold_output(True)
        self._stirred.set()

    def _end(self) -> None:
        self._ended = True
        self._stirred.set()


@asynccontextmanager
async def open_channel(argv: Sequence[str], host: RemoteHost, stall: float) -> AsyncGenerator[SshChannel]:
    """A channel through a new child, which is ended with the context. Raises ``PhoneFileFailed``."""
    channel = SshChannel(argv, host, stall)
    try:
        try:
            await channel.child.start()
        except ChildFailed as error:
            why = f"{error}; install the OpenSSH client (apt install openssh-client)"
            raise PhoneFileFailed(why, fault=Fault.UNREACHABLE, again=False) from error
        yield channel
    finally:
        await channel.child.close()
