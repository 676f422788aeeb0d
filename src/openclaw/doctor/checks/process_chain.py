"""Whom macOS asks for: the processes above one, and which of them a permission is given to. Pure.

Permissions belong to the "responsible process": the application, or the job of launchd, at the top of the chain, and
not to the program that opens the database (demand F1).
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePosixPath

Chain = tuple["Link", ...]
"""From a process upwards, without the first process of the system."""

_SSH = ("sshd", "sshd-session", "sshd-keygen-wrapper")
_SSH_GRANTEE = "/usr/libexec/sshd-keygen-wrapper"


@dataclass(frozen=True, slots=True)
class Link:
    """One process: ``program`` is the path of its executable, "" when that may not be seen."""

    pid: int
    name: str
    program: str = ""


def grantee(chain: Chain) -> str:
    """What has to be ticked in System Settings for everything that ``chain`` starts."""
    if not chain:
        return "the program that runs imsg"
    if any(link.name in _SSH or PurePosixPath(link.program).name in _SSH for link in chain):
        return _SSH_GRANTEE
    for link in reversed(chain):
        if application := _application(link.program):
            return application
    top = chain[-1]
    return top.program or top.name


def render(chain: Chain) -> str:
    """``python3 (812) < zsh (700) < Terminal (501)``: each was started by the one behind it."""
    return " < ".join(f"{link.name} ({link.pid})" for link in chain) or "nothing can be seen"


def _application(program: str) -> str:
    """The bundle that a program stands in: of nested ones the outermost, which is what Settings shows."""
    head, found, _ = program.partition(".app/")
    return f"{head}.app" if found else ""
