"""A look at the phone that somebody has just described: its imsg is asked, through the SSH wrapper that it will have.

Owns the wrapper's text and file.
"""

from __future__ import annotations

import asyncio
import tempfile
from dataclasses import replace
from pathlib import Path

from openclaw.cli.answers import Phone
from openclaw.cli.questions import Talk
from openclaw.config.private_file import write_private
from openclaw.domain.health import Probe, ProbeCode
from openclaw.imessage.probe import probe_phone

# A session over SSH has the system's PATH alone, in which Homebrew's imsg is not.
_WRAPPER = """#!/bin/sh
exec ssh -T -o BatchMode=yes {host} 'PATH="/opt/homebrew/bin:/usr/local/bin:$PATH"' imsg "$@"
"""


def look_at_phone(talk: Talk, phone: Phone) -> Probe:
    """What imsg says for itself; a person decides whether to go on when it does not work."""
    while True:
        talk.say("\nLooking at imsg …")
        with tempfile.TemporaryDirectory(prefix="openclaw-") as folder:
            tried = put_wrapper(replace(phone, cli_path=f"{folder}/imsg-ssh")) if phone.wrapper else phone
            probe = asyncio.run(probe_phone(tried.cli_path, phone.db_path or None, phone.host or None))
        if probe.code is ProbeCode.WORKS:
            talk.tell(f"imsg {probe.version or 'of an unknown version'} works.")
            return probe
        talk.tell(f"imsg does not work yet ({probe.code}): {probe.detail}\nWhat helps: {probe.fix}")
        if talk.assume or not talk.agree("Look again?", default=True):
            return probe


def put_wrapper(phone: Phone) -> Phone:
    """Write the wrapper that leads to ``phone.host`` to ``phone.cli_path``, for its owner alone; returns ``phone``."""
    path = Path(phone.cli_path)
    # A host name was checked to hold no sign that a shell reads.
    write_private(path, _WRAPPER.format(host=phone.host))
    path.chmod(0o700)
    return phone
