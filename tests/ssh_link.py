"""A network between two machines that can be cut, slowed and put to sleep: a TCP relay on loopback."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress

_PIECE = 16 * 1024


class Link:
    """Passes bytes on to ``port``. ``connections`` counts those that were made through it."""

    def __init__(self, port: int) -> None:
        self.connections = 0
        self.listens_at = 0
        self.asleep = False
        self.pause_s = 0.0
        self.cuts = 0
        self._cut_after: int | None = None
        self._port = port
        self._open: set[asyncio.StreamWriter] = set()
        self._tasks: set[asyncio.Task[None]] = set()

    def cut_after(self, count: int) -> None:
        """Break every connection once ``count`` more bytes came back from the other machine; then be whole again."""
        self._cut_after = count

    def cut(self) -> None:
        """Break every connection now."""
        self._cut_after = None
        self.cuts += 1
        for writer in self._open:
            writer.transport.abort()

    def accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """A new connection; owned by the link, and ended with it."""
        task = asyncio.get_running_loop().create_task(self._serve(reader, writer))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def close(self) -> None:
        """End everything."""
        self.cut()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        ends = [writer]
        self._open.add(writer)
        try:
            if self.asleep:
                await reader.read()  # until the client gives up
                return
            back, other = await asyncio.open_connection("127.0.0.1", self._port)
            ends.append(other)
            self._open.add(other)
            await asyncio.gather(self._pass(reader, other), self._pass(back, writer, counted=True))
        except OSError:
            pass
        finally:
            for end in ends:
                self._open.discard(end)
                end.transport.abort()

    async def _pass(
        self, source: asyncio.StreamReader, target: asyncio.StreamWriter, *, counted: bool = False
    ) -> None:
        with suppress(OSError):
            while piece := await source.read(_PIECE):
                if counted and self.pause_s:
                    await asyncio.sleep(self.pause_s)
                if counted and self._cut_after is not None:
                    self._cut_after -= len(piece)
                    if self._cut_after <= 0:
                        self.cut()
                        return
                target.write(piece)
                await target.drain()
        # The end of one way is the end of both.
        target.close()


@asynccontextmanager
async def open_link(port: int) -> AsyncGenerator[Link]:
    """A relay to ``port``."""
    link = Link(port)
    server = await asyncio.start_server(link.accept, "127.0.0.1", 0)
    link.listens_at = server.sockets[0].getsockname()[1]
    try:
        yield link
    finally:
        server.close()
        await link.close()
