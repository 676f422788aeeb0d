"""Which machine a wrapper script leads to, guessed from its text. Reading one file is all the I/O there is."""

from __future__ import annotations

import os
import re
from pathlib import Path

from openclaw.config.grammar import remote_host_error

# A wrapper is a few lines; what is longer is a program.
_LONGEST_WRAPPER = 64 * 1024
# `ssh … user@host`, and `ssh … host … imsg` (behaviour facts G.1); options before the host do not matter.
_USER_AT_HOST = re.compile(r"\bssh\b[^\n]*?\s([\w.-]+@[\w.-]+)", re.ASCII)
_HOST_BEFORE_IMSG = re.compile(r"\bssh\b[^\n]*?\s([A-Za-z][\w.-]*)\s+\S*\bimsg\b", re.ASCII)


def detect_remote_host(cli_path: str) -> str | None:
    """``host`` or ``user@host`` that the wrapper at ``cli_path`` speaks to, ``None`` when it shows none."""
    if cli_path == "imsg":
        return None
    try:
        with Path(os.path.expanduser(cli_path)).open("rb") as file:
            text = file.read(_LONGEST_WRAPPER).decode("utf-8")
    except (OSError, ValueError):
        return None
    return host_in_wrapper(text)


def host_in_wrapper(text: str) -> str | None:
    """The host that a wrapper's ``text`` names; a name with a user wins over a bare one."""
    match = _USER_AT_HOST.search(text) or _HOST_BEFORE_IMSG.search(text)
    if match is None or remote_host_error(match[1]) is not None:
        return None
    return match[1]
