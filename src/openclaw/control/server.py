"""The control interface, listening on loopback for as long as the gateway runs."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import os
import socket
from collections.abc import AsyncGenerator, Generator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from types import MappingProxyType

import structlog
import uvicorn
from starlette.types import ASGIApp

from openclaw import __version__
from openclaw.control.address import HOST, ControlAddress, publish, withdraw
from openclaw.control.events import Streams
from openclaw.control.login import Door
from openclaw.control.routes import control_app
from openclaw.control.shapes import iso
from openclaw.control.surface import Surface
from openclaw.errors import ControlPortBusy

log = structlog.get_logger("openclaw.control")

# A handful of commands and one scraper; more at once is somebody's mistake, and is told to come back.
_CONNECTIONS = 64
# It listens already; only a bug keeps it from saying so.
_START_LIMIT_S = 10.0
# What an answer under way may still take when the gateway stops.
_GRACE_S = 2
# Beyond the grace only a bug keeps the server; the gateway does not wait for it.
_STOP_LIMIT_S = 5.0


class _Server(uvicorn.Server):
    """A server that leaves signals to the gateway, and says when it listens."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.listening = asyncio.Event()

    @contextlib.contextmanager
    def capture_signals(self) -> Generator[None]:
        """Capture none."""
        yield

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Listen, then say so."""
        await super().startup(sockets)
        self.listening.set()


@asynccontextmanager
async def open_control(
    surface: Surface,
    *,
    port: int,
    token: str,
    state_dir: Path,
    mounts: Mapping[str, ASGIApp] = MappingProxyType({}),
) -> AsyncGenerator[ControlAddress]:
    """Serve the control interface on loopback until the context ends; port 0 takes any free one.

    While it listens, ``gateway.json`` in ``state_dir`` says where. Each of ``mounts`` is served below its path, to
    whoever has the token or is logged in.

    Raises:
        ControlPortBusy: something else listens on ``port``.
    """
    listener = _listen(port)
    address = ControlAddress(
        os.getpid(), int(listener.getsockname()[1]), iso(surface.started_at), __version__
    )
    streams = Streams()
    door = Door(token, on_leave=streams.look_again)
    server = _Server(_settings(control_app(surface, door, streams, mounts)))
    async with asyncio.TaskGroup() as group:
        serving = group.create_task(server.serve([listener]), name="control")
        try:
            async with asyncio.timeout(_START_LIMIT_S):
                await server.listening.wait()
            publish(address, state_dir)
            log.info("control.listening", port=address.port)
            yield address
        finally:
            withdraw(address, state_dir)
            streams.close()
            server.should_exit = True
            # Waited for here, because the task group would cancel it in the middle of an answer.
            await asyncio.wait([serving], timeout=_STOP_LIMIT_S)
            serving.cancel()
            listener.close()


def _listen(port: int) -> socket.socket:
    # Named as TCP, or asyncio leaves Nagle's algorithm on and every small answer waits 40 ms for an acknowledgement.
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    # Without it a gateway could not start again for a minute after its end.
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((HOST, port))
        listener.listen(_CONNECTIONS)
    except OSError as error:
        listener.close()
        taken = "another program listens there; stop it, or " if error.errno == errno.EADDRINUSE else ""
        raise ControlPortBusy(
            f"port {port} of {HOST} cannot be used ({error.strerror}): "
            f"{taken}choose another port with --port or gateway.port"
        ) from error
    listener.setblocking(False)
    return listener


def _settings(app: ASGIApp) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        loop="asyncio",
        http="h11",
        ws="none",
        lifespan="off",
        log_config=None,
        log_level="warning",
        access_log=False,
        proxy_headers=False,
        server_header=False,
        date_header=False,
        limit_concurrency=_CONNECTIONS,
        timeout_graceful_shutdown=_GRACE_S,
    )
