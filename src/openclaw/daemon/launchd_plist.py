"""The property list of launchd: written from a plan, and read back to one. Pure; knows nothing of a running launchd."""

from __future__ import annotations

import plistlib
from typing import Any, cast
from xml.parsers.expat import ExpatError

from openclaw.daemon.plan import MARK, Plan

LABEL = "ai.openclaw.gateway"

# launchd starts a program again at most once in so many seconds; it has no growing pauses.
_PAUSE_S = 10
# The gateway gives its children some seconds each to end, and settles what is being sent.
_STOP_LIMIT_S = 60
_UMASK = 0o077


def render_plist(plan: Plan) -> bytes:
    """The file for ``plan`` (launchd.plist(5)). It is started at login and for ever again.

    ``Interactive`` keeps it from being slowed down: somebody waits for each answer.
    """
    entries: dict[str, Any] = {
        "Comment": MARK,
        "Label": LABEL,
        "ProgramArguments": list(plan.program),
        "EnvironmentVariables": dict(plan.environment),
        "WorkingDirectory": plan.directory,
        "StandardOutPath": "/dev/null",
        "StandardErrorPath": plan.errors,
        "Umask": _UMASK,
        "RunAtLoad": True,
        "KeepAlive": True,
        "ThrottleInterval": _PAUSE_S,
        "ExitTimeOut": _STOP_LIMIT_S,
        "ProcessType": "Interactive",
    }
    return plistlib.dumps(entries, sort_keys=False)


def read_plist(data: bytes) -> Plan | None:
    """The plan in a file that ``render_plist`` wrote; ``None`` when it is another's, or was changed beyond reading."""
    try:
        entries: Any = plistlib.loads(data)
    except (plistlib.InvalidFileException, ExpatError, ValueError):
        return None
    if not isinstance(entries, dict) or cast("dict[str, Any]", entries).get("Comment") != MARK:
        return None
    known = cast("dict[str, Any]", entries)
    program, variables = known.get("ProgramArguments"), known.get("EnvironmentVariables")
    directory, errors = known.get("WorkingDirectory"), known.get("StandardErrorPath")
    if not (isinstance(program, list) and isinstance(variables, dict)):
        return None
    if not (isinstance(directory, str) and isinstance(errors, str)):
        return None
    return Plan(
        program=tuple(str(word) for word in cast("list[object]", program)),
        environment={str(key): str(text) for key, text in cast("dict[object, object]", variables).items()},
        directory=directory,
        errors=errors,
    )
