"""A machine behind SSH, on loopback: OpenSSH's own server with keys and a user's folder of the bench's own."""

from __future__ import annotations

import asyncio
import os
import shutil
import socket
import subprocess
import time
from asyncio.subprocess import DEVNULL
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

from .place import BenchFailed

ALIAS = "bench-mac"
_SERVER = shutil.which("sshd") or "/usr/sbin/sshd"
_READY_S, _LOOK_S, _KEY_S = 20.0, 0.05, 20


@asynccontextmanager
async def open_far(root: Path) -> AsyncGenerator[Path]:
    """The client configuration under which the machine is known as ``ALIAS``; the server ends with the context.

    Raises ``BenchFailed`` when this machine has no SSH server.
    """
    if not Path(_SERVER).exists() or not shutil.which("ssh"):
        raise BenchFailed("no OpenSSH server and client on this machine; install openssh-server")
    root.mkdir(mode=0o700)
    for key in ("host", "user"):
        words = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "", "-f", str(root / key)]
        await asyncio.to_thread(subprocess.run, words, check=True, timeout=_KEY_S)
    port = _free_port()
    config = _write(root, port)
    if os.geteuid() == 0:
        # Where a server of root keeps apart what has no rights yet; the package's own start makes it.
        Path("/run/sshd").mkdir(exist_ok=True)
    server = await asyncio.create_subprocess_exec(
        _SERVER, "-D", "-e", "-f", str(root / "sshd_config"), stdin=DEVNULL, stdout=DEVNULL, stderr=DEVNULL
    )
    try:
        await _listens(port)
        yield config
    finally:
        with suppress(ProcessLookupError):
            server.terminate()
        await server.wait()


def _write(root: Path, port: int) -> Path:
    (root / "authorized_keys").write_text((root / "user.pub").read_text())
    (root / "known_hosts").write_text(f"{ALIAS} {(root / 'host.pub').read_text()}")
    (root / "sshd_config").write_text(
        f"Port {port}\nListenAddress 127.0.0.1\nHostKey {root}/host\nPidFile none\nUsePAM no\nPrintMotd no\n"
        f"AuthorizedKeysFile {root}/authorized_keys\nStrictModes no\nPasswordAuthentication no\n"
        "KbdInteractiveAuthentication no\nPermitRootLogin yes\nSubsystem sftp internal-sftp\n"
    )
    config = root / "ssh_config"
    config.write_text(
        f"Host {ALIAS}\n  HostName 127.0.0.1\n  Port {port}\n  HostKeyAlias {ALIAS}\n"
        f"  UserKnownHostsFile {root}/known_hosts\n  GlobalKnownHostsFile /dev/null\n"
        f"  IdentityFile {root}/user\n  IdentitiesOnly yes\n  IdentityAgent none\n"
    )
    return config


async def _listens(port: int) -> None:
    deadline = time.monotonic() + _READY_S
    while time.monotonic() < deadline:
        with suppress(OSError):
            _, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.close()
            return
        await asyncio.sleep(_LOOK_S)
    raise BenchFailed(f"the SSH server did not listen within {_READY_S:g} s")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
