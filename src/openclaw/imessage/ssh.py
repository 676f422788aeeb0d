"""The command lines of the system's own `ssh` for one machine, and the one connection that they share.

Nobody is there to answer a question, so nothing is asked; an unknown host key is never accepted.
"""

from __future__ import annotations

import tempfile
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from openclaw.config.remote_host import RemoteHost
from openclaw.jsonrpc.brief import run_briefly

# Of two values for a setting ssh takes the first, so these come before whatever a wrapper says.
SETTINGS = (
    "BatchMode=yes",
    "StrictHostKeyChecking=yes",
    "ConnectTimeout=10",
    # A Mac that falls asleep in the middle is noticed within 45 seconds.
    "ServerAliveInterval=15",
    "ServerAliveCountMax=3",
    "LogLevel=ERROR",
    "ForwardAgent=no",
    "ForwardX11=no",
    "ClearAllForwardings=yes",
    "PermitLocalCommand=no",
    "RemoteCommand=none",
)
# How long a connection that nobody uses is kept for the next file.
_PERSIST_S = 60
# A Unix socket's address holds 104 bytes on macOS; ssh adds 17 of its own while it binds.
_LONGEST_SOCKET = 104 - 17 - 1
_SOCKET = "s"
_EXIT_LIMIT_S = 5.0


@dataclass(frozen=True, slots=True)
class Ssh:
    """How ``host`` is spoken to; ``socket`` is where the shared connection is found, ``None`` for one each."""

    host: RemoteHost
    socket: Path | None = None

    def run(self, command: str) -> list[str]:
        """Run ``command`` there. It goes through the login shell of that user, whichever that is."""
        return [*self._begin("-T"), "--", self._name, command]

    def subsystem(self, name: str) -> list[str]:
        """Speak to a subsystem of the server there."""
        return [*self._begin("-T", "-s"), "--", self._name, name]

    def leave(self) -> list[str]:
        """End the shared connection."""
        return [*self._begin("-O", "exit"), "--", self._name]

    @property
    def _name(self) -> str:
        # ssh takes an IPv6 address without the brackets that host:path needs.
        return self.host.host.strip("[]")

    def _begin(self, *flags: str) -> list[str]:
        host = self.host
        words = ["ssh", *flags]
        reuse = (
            f"ControlMaster=auto ControlPersist={_PERSIST_S}" if self.socket else "ControlMaster=no"
        ).split()
        path = str(self.socket).replace("%", "%%") if self.socket else "none"
        for setting in (*SETTINGS, *reuse, f"ControlPath={path}", *host.options):
            words += ["-o", setting]
        if host.config_file is not None:
            words += ["-F", host.config_file]
        if host.port is not None:
            words += ["-p", str(host.port)]
        if host.user is not None:
            words += ["-l", host.user]
        for identity in host.identities:
            words += ["-i", identity]
        if host.jump is not None:
            words += ["-J", host.jump]
        return words


@asynccontextmanager
async def open_ssh(host: RemoteHost) -> AsyncGenerator[Ssh]:
    """A way to speak to ``host`` over one connection, which is made at the first use and ended with the context."""
    folder = _folder()
    if folder is None:
        yield Ssh(host)
        return
    ssh = Ssh(host, folder / _SOCKET)
    try:
        yield ssh
    finally:
        if (folder / _SOCKET).exists():
            await run_briefly(ssh.leave(), _EXIT_LIMIT_S)
        with suppress(OSError):
            (folder / _SOCKET).unlink(missing_ok=True)
            folder.rmdir()


def _folder() -> Path | None:
    """A new directory of our own (0700) that is short enough; ``None`` where there is none."""
    for place in (tempfile.gettempdir(), "/tmp"):  # noqa: S108 - mkdtemp makes a directory that is ours alone
        with suppress(OSError):
            folder = Path(tempfile.mkdtemp(prefix="oc-", dir=place))
            if len(bytes(folder / _SOCKET)) <= _LONGEST_SOCKET:
                return folder
            folder.rmdir()
    return None
