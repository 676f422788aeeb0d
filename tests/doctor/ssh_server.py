"""A real OpenSSH server on loopback, and an `ssh` whose known hosts and keys are a test's own.

OpenSSH finds a user's files by the system's list of users and not by ``HOME``; so the ``ssh`` that is put in PATH is a
script which names a configuration file, and is the system's ``ssh`` in everything else.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import subprocess
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from tests.journeys.house import free_port
from tests.waiting import until

SSHD = shutil.which("sshd") or ("/usr/sbin/sshd" if Path("/usr/sbin/sshd").exists() else None)
HOST = "mac-mini"

needs_sshd = pytest.mark.skipif(SSHD is None, reason="no OpenSSH server on this machine")


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A machine that is reached as ``mac-mini``. ``bin`` has the ``ssh`` that finds it."""

    root: Path
    port: int

    @property
    def bin(self) -> Path:
        """To be put in front of PATH."""
        return self.root / "bin"

    def know(self) -> None:
        """What `ssh mac-mini` does once a person said yes to the fingerprint."""
        found = subprocess.run(
            ["ssh-keyscan", "-p", str(self.port), "127.0.0.1"],
            capture_output=True,
            text=True,
            timeout=20,
            check=True,
        )
        (self.root / "known_hosts").write_text(found.stdout)

    def let_in(self) -> None:
        """What `ssh-copy-id mac-mini` does."""
        (self.root / "authorized_keys").write_text((self.root / "key.pub").read_text())

    def forget(self) -> None:
        """No key is accepted any more."""
        (self.root / "authorized_keys").write_text("")


@asynccontextmanager
async def open_neighbour(root: Path, *, name: str = HOST) -> AsyncGenerator[Neighbour]:
    """A server that knows nobody yet, and that nobody knows."""
    root.mkdir()
    _make_keys(root)
    neighbour = Neighbour(root, free_port())
    neighbour.forget()
    (root / "known_hosts").touch()
    _write_client(neighbour, name)
    (root / "sshd_config").write_text(
        f"Port {neighbour.port}\nListenAddress 127.0.0.1\nHostKey {root}/host\nPidFile none\n"
        f"AuthorizedKeysFile {root}/authorized_keys\nStrictModes no\nPasswordAuthentication no\n"
        "KbdInteractiveAuthentication no\nPermitRootLogin yes\nUsePAM no\nPrintMotd no\n"
    )
    if os.geteuid() == 0:
        # Where a server of root keeps apart what has no rights yet; the package's own start makes it.
        Path("/run/sshd").mkdir(exist_ok=True)
    assert SSHD is not None
    server = await asyncio.create_subprocess_exec(
        SSHD, "-D", "-e", "-f", str(root / "sshd_config"), stderr=asyncio.subprocess.DEVNULL
    )
    try:
        await until(lambda: _listens(neighbour.port), "the SSH server listens")
        yield neighbour
    finally:
        server.terminate()
        await server.wait()


def _make_keys(root: Path) -> None:
    for key in ("host", "key"):
        words = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(root / key)]
        subprocess.run(words, check=True, timeout=20)


def _write_client(neighbour: Neighbour, name: str) -> None:
    root = neighbour.root
    (root / "config").write_text(
        f"Host {name}\n  HostName 127.0.0.1\n  Port {neighbour.port}\n  HostKeyAlias [127.0.0.1]:{neighbour.port}\n"
        f"  UserKnownHostsFile {root}/known_hosts\n  GlobalKnownHostsFile /dev/null\n"
        f"  IdentityFile {root}/key\n  IdentitiesOnly yes\n"
    )
    neighbour.bin.mkdir()
    client = neighbour.bin / "ssh"
    client.write_text(f'#!/bin/sh\nexec {shutil.which("ssh")} -F {root}/config "$@"\n')
    client.chmod(0o755)


async def _listens(port: int) -> bool:
    try:
        _, writer = await asyncio.open_connection("127.0.0.1", port)
    except OSError:
        return False
    writer.close()
    return True
