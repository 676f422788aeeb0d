from __future__ import annotations

import asyncio
import json
import os
import socket
import stat
from pathlib import Path

import pytest

from openclaw.control.address import ControlAddress
from openclaw.control.server import open_control
from openclaw.errors import ControlPortBusy


async def test_address_file_is_there_while_it_listens_and_readable_by_its_owner_only(running, tmp_path: Path):
    """`gateway.json` names process, port, start and release, mode 0600, and goes with the gateway (brief)."""
    path = tmp_path / "gateway.json"
    async with open_control(running.surface(), port=0, token="t", state_dir=tmp_path) as address:
        document = json.loads(path.read_text())
        assert document == {
            "pid": os.getpid(),
            "port": address.port,
            "startedAt": "2026-03-01T10:00:00.000Z",
            "version": address.version,
        }
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert not path.exists()
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", address.port), timeout=5).close()


async def test_busy_port_is_an_error_that_names_port_and_fix(
    running, address: ControlAddress, tmp_path: Path
):
    """A port somebody else listens on is said so, with the way out (style 21)."""
    with pytest.raises(ControlPortBusy, match=rf"port {address.port} .*another program.*--port"):
        async with open_control(running.surface(), port=address.port, token="t", state_dir=tmp_path):
            pass
    assert (tmp_path / "gateway.json").exists(), "the file of the one that runs stays"


async def test_a_port_is_free_again_at_once_after_the_end(running, tmp_path: Path):
    """A gateway can be started again without waiting (requirements: restart)."""
    async with open_control(running.surface(), port=0, token="t", state_dir=tmp_path) as first:
        reader, writer = await asyncio.open_connection("127.0.0.1", first.port)
        writer.write(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")
        assert b"200" in await reader.readline()
    writer.close()
    async with open_control(running.surface(), port=first.port, token="t", state_dir=tmp_path) as second:
        assert second.port == first.port


async def test_cancelling_the_gateway_closes_the_interface(running, tmp_path: Path):
    """The composition root ends by cancellation; the port and the file must not outlive it (style 23)."""
    listening: asyncio.Future[int] = asyncio.get_running_loop().create_future()

    async def serve() -> None:
        async with open_control(running.surface(), port=0, token="t", state_dir=tmp_path) as address:
            listening.set_result(address.port)
            await asyncio.Event().wait()

    task = asyncio.create_task(serve())
    port = await asyncio.wait_for(listening, 20)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asyncio.wait_for(task, 20)
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port), timeout=5).close()
    assert not (tmp_path / "gateway.json").exists()


async def test_an_open_connection_does_not_hold_up_the_end(running, tmp_path: Path):
    """Shutdown is bounded whatever a client does (style 25)."""
    async with open_control(running.surface(), port=0, token="t", state_dir=tmp_path) as address:
        _, writer = await asyncio.open_connection("127.0.0.1", address.port)
        writer.write(b"POST /api/pause HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer t\r\n")
        await writer.drain()
    writer.close()
