"""A machine that is reached over SSH, and how: what `ssh` would be told on a command line, each part checked."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from openclaw.config.grammar import remote_host_error

_FILE = re.compile(r"[^\0-\x1f\x7f-][^\0-\x1f\x7f]*")
_USER = re.compile(r"[A-Za-z0-9._][A-Za-z0-9._-]*")
_JUMP = re.compile(
    r"(?:[A-Za-z0-9._][\w.-]*@)?(?:[A-Za-z0-9._][\w.-]*|\[[0-9A-Fa-f:.%]+\])(?::\d{1,5})?", re.ASCII
)
_PORT = re.compile(r"\d{1,5}", re.ASCII)
_HIGHEST_PORT = 65535


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoteHost:
    """``host`` as `ssh` takes it, and the rest as its options `-l -p -i -J -F`; ``None`` leaves it to ssh's own files.

    ``options`` are further settings as `-o` takes them, each ``Name=value``.
    """

    host: str
    user: str | None = None
    port: int | None = None
    identities: tuple[str, ...] = ()
    jump: str | None = None
    config_file: str | None = None
    options: tuple[str, ...] = ()

    @property
    def destination(self) -> str:
        """``host`` or ``user@host``, as a person writes it."""
        return f"{self.user}@{self.host}" if self.user else self.host

    def problem(self) -> str | None:
        """What is wrong with it, or ``None``."""
        if remote_host_error(self.destination) is not None:
            return f"{self.destination} is neither host nor user@host"
        if self.user is not None and not _USER.fullmatch(self.user):
            return f"the user {self.user} is no user name"
        if self.port is not None and not 0 < self.port <= _HIGHEST_PORT:
            return f"{self.port} is no port"
        if self.jump is not None and not all(_JUMP.fullmatch(hop) for hop in self.jump.split(",")):
            return f"the jump host {self.jump} is none"
        files = (*self.identities, *([self.config_file] if self.config_file is not None else ()))
        for file in files:
            if not _FILE.fullmatch(file):
                return f"{file!r} is no path of a file"
        return None


def parse_port(text: str) -> int:
    """The port that ``text`` names, 0 when it names none."""
    return int(text) if _PORT.fullmatch(text) else 0


def named(remote_host: str, seen: RemoteHost | None) -> RemoteHost:
    """The machine that the key ``remoteHost`` names, which was checked when the file was read.

    What the wrapper showed (``seen``) goes on to apply when it is the same machine.
    """
    user, _, host = remote_host.strip().rpartition("@")
    if seen is None or seen.host != host or (user and seen.user and seen.user != user):
        return RemoteHost(host=host, user=user or None)
    return replace(seen, user=user or seen.user)
