"""Lines to the servers of these tests."""

from __future__ import annotations

import asyncio
import os
import socket
import subprocess
import sys
from pathlib import Path

from openclaw.agents.child_lines import Program
from openclaw.agents.mcp.line import Line

_HERE = Path(__file__).parent


def rough(how: str = "", name: str = "rough") -> Line:
    """The server that behaves as badly as ``how`` says."""
    return Line(name, Program((sys.executable, str(_HERE / "rough_server.py"), how), _environ(), {}))


def real(**configured: str) -> Line:
    """The server on the library's own server side, over its pipes."""
    return Line("shop", Program((sys.executable, str(_HERE / "sdk_server.py")), _environ(), configured))


def start(wire: str, port: int) -> subprocess.Popen[bytes]:
    """The same server over HTTP."""
    argv = [sys.executable, str(_HERE / "sdk_server.py"), wire, str(port)]
    return subprocess.Popen(argv, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return int(taken.getsockname()[1])


async def listens(port: int) -> bool:
    """Whether somebody listens on a port."""
    try:
        _, writer = await asyncio.open_connection("127.0.0.1", port)
    except OSError:
        return False
    writer.close()
    return True


def _environ() -> dict[str, str]:
    return {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
