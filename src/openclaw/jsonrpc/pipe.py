"""The write end of a child's standard input, with exact knowledge of what went in.

asyncio's own pipe transport buffers and forgets its buffer when the pipe breaks; whether a request ever left us
decides if it may be repeated, so the bytes are written here, by ourselves, a whole line at a time.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable


class InputPipe:
    """Writes whole lines into a non-blocking pipe; closed by :meth:`close`, by a tear, or by the reader's end."""

    def __init__(self, fd: int) -> None:
        os.set_blocking(fd, False)
        self._fd: int | None = fd
        self._lock = asyncio.Lock()

    async def write_line(self, line: bytes, on_first_byte: Callable[[], None]) -> None:
        """Put ``line`` into the pipe; ``on_first_byte`` is called once any of it has left us.

        Raises ``BrokenPipeError`` when nobody reads any more. A caller that gives up half way through a line closes
        the pipe, since the peer would glue the next line to the torn one.
        """
        async with self._lock:
            sent = 0
            try:
                while sent < len(line):
                    count = await self._write_some(memoryview(line)[sent:])
                    if not sent:
                        on_first_byte()
                    sent += count
            except BaseException:
                if sent:
                    self.close()
                raise

    async def _write_some(self, piece: memoryview) -> int:
        while self._fd is not None:
            try:
                return os.write(self._fd, piece)
            except BlockingIOError:
                await self._writable(self._fd)
            except OSError as error:
                self.close()
                raise BrokenPipeError("the child reads no more input") from error
        raise BrokenPipeError("the child's input is closed")

    async def _writable(self, fd: int) -> None:
        loop = asyncio.get_running_loop()
        ready: asyncio.Future[None] = loop.create_future()
        loop.add_writer(fd, lambda: ready.done() or ready.set_result(None))
        self._waiting = ready
        try:
            await ready
        finally:
            if self._fd is not None:
                loop.remove_writer(fd)

    _waiting: asyncio.Future[None] | None = None

    def close(self) -> None:
        """End the child's input. A writer that waits for room is told at once."""
        if self._fd is None:
            return
        asyncio.get_running_loop().remove_writer(self._fd)
        os.close(self._fd)
        self._fd = None
        if self._waiting is not None and not self._waiting.done():
            self._waiting.set_result(None)
