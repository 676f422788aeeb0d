"""Why the program at ``cliPath`` cannot be started, from the system's refusal and a look at what is there.

The system has one sentence for a missing file and for a script whose interpreter is missing; a look tells them apart.
"""

from __future__ import annotations

import errno
import os
from pathlib import Path

from openclaw.domain.health import ProbeCode
from openclaw.errors import PhoneUnusable
from openclaw.imessage.diagnosis import FIX_NOT_EXECUTABLE, FIX_NOT_FOUND, unusable

_FIX_ELSEWHERE = "Name the program itself in channels.imessage.cliPath"
# What launchd, systemd and cron start has a short PATH.
_FIX_FULL_PATH = (
    "Install imsg (brew install steipete/tap/imsg), and name its full path in channels.imessage.cliPath"
)
_LONGEST_FIRST_LINE = 256
_REFUSALS = (errno.ENOENT, errno.EACCES, errno.ENOEXEC, errno.ENOTDIR, errno.EISDIR)


def unstartable(program: str, said: str, refusal: BaseException | None) -> PhoneUnusable | None:
    """What ``refusal`` to start ``program`` means; ``None`` when it is about something else. ``said`` names both."""
    if not isinstance(refusal, OSError) or refusal.errno not in _REFUSALS:
        return None
    detail, fix = _meaning(program, said, refusal.errno)
    return unusable(ProbeCode.IMSG_NOT_FOUND, detail, fix)


def _meaning(program: str, said: str, refused: int) -> tuple[str, str]:
    path = Path(program)
    if os.sep not in program:
        if refused == errno.ENOENT:
            return f"{program} is in no folder of PATH ({os.environ.get('PATH', '')})", _FIX_FULL_PATH
    elif path.is_dir():
        return f"{program} is a directory and no program", _FIX_ELSEWHERE
    elif refused == errno.ENOENT and path.exists() and (interpreter := _interpreter(path)):
        what = f"the program that its first line names is not there: {interpreter}"
        return f"{program} could not be started: {what}", f"Correct the first line of {program}"
    if refused == errno.ENOEXEC:
        what = "it is neither a program for this machine nor a script whose first line names one"
        fix = "Begin a script with #!/bin/sh, or install the imsg that is made for this machine"
        return f"{program} could not be started: {what}", fix
    return said, FIX_NOT_EXECUTABLE if refused == errno.EACCES else FIX_NOT_FOUND


def _interpreter(script: Path) -> str:
    """What stands behind ``#!`` in the first line of ``script``, "" when nothing does."""
    try:
        with script.open("rb") as file:
            first = file.readline(_LONGEST_FIRST_LINE)
    except OSError:
        return ""
    # A carriage return belongs to the name, which is why there is no such program; shown, it explains itself.
    words = first[2:].decode("utf-8", "replace").strip(" \t\n")
    return words.replace("\r", "\\r") if first.startswith(b"#!") else ""
