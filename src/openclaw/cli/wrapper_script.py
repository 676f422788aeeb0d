"""The script that stands in for imsg when Messages is signed in on another machine: its text and its file."""

from __future__ import annotations

import shlex
from pathlib import Path

from openclaw.cli.answers import Phone
from openclaw.config.private_file import write_private

# Nobody is there to answer a question, so none is asked and no host key is taken without one. A Mac that is asleep is
# told before the probe gives up, and one that falls asleep ends the line instead of leaving it silent.
_SETTINGS = ("BatchMode=yes", "StrictHostKeyChecking=yes", "ConnectTimeout=8", "ServerAliveInterval=15")
# A session over SSH has the system's PATH alone, in which Homebrew's imsg is not.
_COMMAND = """'PATH="/opt/homebrew/bin:/usr/local/bin:$PATH"' imsg "$@\""""


def wrapper_text(phone: Phone) -> str:
    """What is run in place of imsg to reach ``phone.host``, each word quoted for the shell that reads it."""
    words = ["ssh", "-T"]
    for setting in _SETTINGS:
        words += ["-o", setting]
    if phone.port is not None:
        words += ["-p", str(phone.port)]
    if phone.identity:
        # Without it an agent offers its own keys first, and a server ends after a few of them.
        words += ["-i", phone.identity, "-o", "IdentitiesOnly=yes"]
    return f"#!/bin/sh\nexec {shlex.join([*words, '--', phone.host])} {_COMMAND}\n"


def put_wrapper(phone: Phone) -> Phone:
    """Write the wrapper that leads to ``phone.host`` to ``phone.cli_path``, for its owner alone; returns ``phone``."""
    path = Path(phone.cli_path)
    write_private(path, wrapper_text(phone))
    path.chmod(0o700)
    return phone
