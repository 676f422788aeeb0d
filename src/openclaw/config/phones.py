"""Which Messages database an account reads, as far as its settings and this machine's files show it.

Looks at links and at wrapper scripts, and asks no other machine: two wrappers that lead to one place in ways of their
own are not found out here (``imessage/twins.py`` finds them while they run).
"""

from __future__ import annotations

import os
import posixpath
import shutil
from dataclasses import dataclass
from pathlib import Path

from openclaw.config.accounts import AccountConfig
from openclaw.config.wrapper import detect_remote_host

_STANDARD = "Library/Messages/chat.db"
_SCRIPT = b"#!"


@dataclass(frozen=True, slots=True)
class PhoneDatabase:
    """``place`` is where its path means something: this machine (""), a host, or whatever a script leads to."""

    place: str
    path: str


def database_of(account: AccountConfig) -> PhoneDatabase:
    """The database of ``account``; equal ones are the same, different ones need not be different."""
    host = account.remote_host or detect_remote_host(account.cli_path)
    if host:
        return PhoneDatabase(_folded(host), _remote_path(account.db_path, host))
    program = _program(account.cli_path)
    if _is_script(program):
        # It may run imsg as another user, whose home is another one.
        return PhoneDatabase(program, account.db_path or "")
    path = os.path.expanduser(account.db_path or f"~/{_STANDARD}")
    return PhoneDatabase("", os.path.realpath(path))


def _program(cli_path: str) -> str:
    """The file that ``cliPath`` starts, links followed; a name that is nowhere stays a name."""
    path = os.path.expanduser(cli_path)
    return os.path.realpath(shutil.which(path) or path) if "/" in path or shutil.which(path) else path


def _is_script(program: str) -> bool:
    try:
        with Path(program).open("rb") as file:
            return file.read(len(_SCRIPT)) == _SCRIPT
    except OSError:
        # What is not there yet may become anything; a bare name is imsg itself.
        return "/" in program


def _folded(host: str) -> str:
    """Names of machines have no case, names of users have."""
    user, at, machine = host.rpartition("@")
    return f"{user}{at}{machine.lower()}"


def _remote_path(db_path: str | None, host: str) -> str:
    """The path as that machine's user sees it: their own home is ``~`` in either spelling."""
    path = posixpath.normpath(db_path.strip() if db_path else f"~/{_STANDARD}")
    user = host.rpartition("@")[0]
    home = f"/Users/{user}/"
    return f"~/{path.removeprefix(home)}" if user and path.startswith(home) else path
