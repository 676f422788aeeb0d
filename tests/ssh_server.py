"""A Mac behind SSH, on loopback: a real server with keys of its own, known to a client configuration by a name.

Two servers: asyncssh's, whose SFTP can be taken away and made to refuse, and OpenSSH's own where it is installed. The
client is always the system's ``ssh``. It finds a user's files by the system's list of users and not by ``HOME``, so
wrappers name a configuration file with ``-F``, which replaces all others; else the ``ssh`` of ``bin`` does.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import subprocess
from asyncio.subprocess import PIPE
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import asyncssh
import pytest
from tests.journeys.house import free_port
from tests.ssh_link import Link, open_link
from tests.waiting import until

from openclaw.config.remote_host import RemoteHost

SSHD = shutil.which("sshd") or ("/usr/sbin/sshd" if Path("/usr/sbin/sshd").exists() else None)
ALIAS = "mac"

needs_ssh = pytest.mark.skipif(shutil.which("ssh") is None, reason="no OpenSSH client on this machine")
needs_sshd = pytest.mark.skipif(SSHD is None, reason="no OpenSSH server on this machine")


@dataclass(slots=True)
class FarMac:
    """The machine. ``home`` is the home directory of its user, ``link`` the network to it."""

    root: Path
    link: Link
    name: str = ALIAS
    forbidden: set[str] = field(default_factory=set[str])
    password: str | None = None
    """What lets a person in beside the keys; asyncssh's server alone knows it."""

    @property
    def home(self) -> Path:
        return self.root / "home"

    @property
    def attachments(self) -> Path:
        """Where Messages would keep them."""
        return self.home / "Library/Messages/Attachments"

    @property
    def config(self) -> Path:
        return self.root / "ssh_config"

    @property
    def bin(self) -> Path:
        """To be put in front of PATH: its ``ssh`` reads the configuration of this test, and is the system's else."""
        return self.root / "bin"

    @property
    def authorized_keys(self) -> Path:
        """Whom the user there lets in."""
        return self.home / ".ssh/authorized_keys"

    @property
    def host(self) -> RemoteHost:
        """As a wrapper that names the configuration shows it."""
        return RemoteHost(host=self.name, config_file=str(self.config))

    @property
    def environ(self) -> dict[str, str]:
        """What a session there sees."""
        kept = {name: value for name, value in os.environ.items() if name in ("PYTHONPATH", "LANG")}
        return kept | {"HOME": str(self.home), "PATH": f"{self.home}/bin:{os.environ['PATH']}"}

    def write_config(self, port: int | None = None, name: str = "127.0.0.1") -> None:
        """What ``~/.ssh/config`` would say of it."""
        self.config.write_text(
            f"Host {self.name}\n  HostName {name}\n  Port {port or self.link.listens_at}\n  HostKeyAlias {self.name}\n"
            f"  UserKnownHostsFile {self.root}/known_hosts\n  GlobalKnownHostsFile /dev/null\n"
            f"  IdentityFile {self.root}/user_key\n  IdentitiesOnly yes\n  IdentityAgent none\n"
        )

    def know(self, key: str = "host_key") -> None:
        """What `ssh mac` does once a person said yes to the fingerprint."""
        (self.root / "known_hosts").write_text(f"{self.name} {(self.root / f'{key}.pub').read_text()}")

    def forget_host(self) -> None:
        (self.root / "known_hosts").write_text("")

    def let_in(self, key: str = "user_key") -> None:
        """What `ssh-copy-id mac` does."""
        self.authorized_keys.write_text((self.root / f"{key}.pub").read_text())

    def shut_out(self) -> None:
        """No key is accepted any more."""
        self.authorized_keys.write_text("")

    def install(self, name: str, script: str) -> None:
        """A program that a session over SSH finds."""
        program = self.home / "bin" / name
        program.write_text(f"#!/bin/sh\n{script}\n")
        program.chmod(0o755)

    def wrapper(self, path: Path, command: str = 'imsg "$@"', options: str = "-T") -> Path:
        """The wrapper script of the requirements, with the configuration of this test."""
        path.write_text(f"#!/usr/bin/env bash\nexec ssh -F {self.config} {options} {self.name} {command}\n")
        path.chmod(0o755)
        return path


@asynccontextmanager
async def open_far_mac(
    root: Path, *, server: str = "asyncssh", sftp: bool = True, name: str = ALIAS
) -> AsyncGenerator[FarMac]:
    """A Mac that is known here as ``name``, and that lets us in."""

    (root / "home/bin").mkdir(parents=True)
    for key in ("host_key", "user_key", "other_key"):
        _make_key(root / key)
    port = free_port()
    async with open_link(port) as link:
        mac = FarMac(root, link, name)
        mac.attachments.mkdir(parents=True)
        mac.authorized_keys.parent.mkdir(mode=0o700)
        mac.write_config()
        _make_client(mac)
        mac.know()
        mac.let_in()
        opened = _open_asyncssh if server == "asyncssh" else _open_sshd
        async with opened(mac, port, sftp):
            yield mac


def _make_key(path: Path) -> None:
    words = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "", "-f", str(path)]
    subprocess.run(words, check=True, timeout=20)


def _make_client(mac: FarMac) -> None:
    mac.bin.mkdir()
    client = mac.bin / "ssh"
    client.write_text(f'#!/bin/sh\nexec {shutil.which("ssh")} -F {mac.config} "$@"\n')
    client.chmod(0o755)


@asynccontextmanager
async def _open_asyncssh(mac: FarMac, port: int, sftp: bool) -> AsyncGenerator[None]:
    class Files(asyncssh.SFTPServer):
        def map_path(self, path: bytes) -> bytes:
            return os.path.join(os.fsencode(mac.home), path)

        def open(self, path: bytes, pflags: int, attrs: asyncssh.SFTPAttrs) -> object:
            if os.fsdecode(path) in mac.forbidden:
                raise asyncssh.SFTPPermissionDenied("Operation not permitted")
            return super().open(path, pflags, attrs)

        def scandir(self, path: bytes) -> Any:
            if os.fsdecode(path) in mac.forbidden:
                raise asyncssh.SFTPPermissionDenied("Operation not permitted")
            return super().scandir(path)

    class Server(asyncssh.SSHServer):
        def connection_made(self, conn: asyncssh.SSHServerConnection) -> None:
            self._connection = conn

        async def begin_auth(self, username: str) -> bool:
            # The library takes an empty file for a broken one.
            if mac.authorized_keys.read_text():
                keys = asyncssh.read_authorized_keys(str(mac.authorized_keys))
                self._connection.set_authorized_keys(keys)
            return True

        def password_auth_supported(self) -> bool:
            return mac.password is not None

        def validate_password(self, username: str, password: str) -> bool:
            return password == mac.password

    async def run(process: asyncssh.SSHServerProcess[bytes]) -> None:
        words = ["/bin/sh", "-c", process.command or "true"]
        child = await asyncio.create_subprocess_exec(
            *words,
            cwd=mac.home,
            env=mac.environ,
            stdin=PIPE,
            stdout=PIPE,
            stderr=PIPE,
            start_new_session=True,
        )
        assert child.stdin is not None
        assert child.stdout is not None
        assert child.stderr is not None
        pumps = {
            asyncio.create_task(_pump(child.stdout, process.stdout, last=False)),
            asyncio.create_task(_pump(child.stderr, process.stderr, last=False)),
        }
        feeding = asyncio.create_task(_pump(process.stdin, child.stdin))
        closing = asyncio.create_task(process.channel.wait_closed())
        said = asyncio.create_task(asyncio.wait(pumps))
        try:
            # A peer that is gone takes nothing any more, and does not say so to who waits for room.
            await asyncio.wait({said, closing}, return_when=asyncio.FIRST_COMPLETED)
            if said.done():
                process.exit(await child.wait())
        finally:
            tasks = (*pumps, said, feeding, closing)
            for task in tasks:
                task.cancel()
            await asyncio.wait(tasks)
            with suppress(ProcessLookupError):
                os.killpg(child.pid, signal.SIGKILL)
            # What nobody took is read to its end: a pipe that is full would stay open until long after the test.
            await child.communicate()

    acceptor = await asyncssh.create_server(
        Server,
        "127.0.0.1",
        port,
        server_host_keys=[str(mac.root / "host_key")],
        process_factory=run,
        sftp_factory=Files if sftp else None,
        encoding=None,
    )
    try:
        yield
    finally:
        mac.link.cut()
        acceptor.close()
        await acceptor.wait_closed()


@asynccontextmanager
async def _open_sshd(mac: FarMac, port: int, sftp: bool) -> AsyncGenerator[None]:
    subsystem = f"Subsystem sftp internal-sftp -d {mac.home}\n" if sftp else ""
    environ = mac.environ
    (mac.root / "sshd_config").write_text(
        f"Port {port}\nListenAddress 127.0.0.1\nHostKey {mac.root}/host_key\nPidFile none\n"
        f"AuthorizedKeysFile {mac.authorized_keys}\nStrictModes no\nPasswordAuthentication no\n"
        "KbdInteractiveAuthentication no\nPermitRootLogin yes\nUsePAM no\nPrintMotd no\n"
        f'SetEnv HOME="{environ["HOME"]}" PATH="{environ["PATH"]}"\n{subsystem}'
    )
    if os.geteuid() == 0:
        # Where a server of root keeps apart what has no rights yet; the package's own start makes it.
        Path("/run/sshd").mkdir(exist_ok=True)
    assert SSHD is not None
    words = [SSHD, "-D", "-e", "-f", str(mac.root / "sshd_config")]
    log = (mac.root / "sshd.log").open("wb")
    child = await asyncio.create_subprocess_exec(*words, stderr=log)
    try:
        await until(lambda: _listens(port), "the SSH server listens")
        yield
    finally:
        child.terminate()
        await child.wait()
        log.close()


async def _pump(source: Any, target: Any, *, last: bool = True) -> None:
    """Pass everything on; a side that is gone ends it, and its reader is told with ``last``."""
    with suppress(OSError, asyncssh.Error):
        while piece := await source.read(64 * 1024):
            target.write(piece)
            await target.drain()
    if last:
        target.close()


async def _listens(port: int) -> bool:
    try:
        _, writer = await asyncio.open_connection("127.0.0.1", port)
    except OSError:
        return False
    writer.close()
    return True
