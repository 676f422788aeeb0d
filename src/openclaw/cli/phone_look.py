"""A look at the phone that somebody has just described: its imsg is asked, through the wrapper that it will have."""

from __future__ import annotations

import asyncio
import tempfile
from dataclasses import replace

from openclaw.cli.answers import Phone
from openclaw.cli.questions import Talk
from openclaw.cli.wrapper_script import put_wrapper
from openclaw.domain.health import Probe, ProbeCode
from openclaw.imessage.probe import probe_phone


def look_at_phone(talk: Talk, phone: Phone) -> Probe:
    """What imsg says for itself; a person decides whether to go on when it does not work."""
    while True:
        talk.say("\nLooking at imsg …")
        with tempfile.TemporaryDirectory(prefix="openclaw-") as folder:
            tried = put_wrapper(replace(phone, cli_path=f"{folder}/imsg-ssh")) if phone.wrapper else phone
            probe = asyncio.run(probe_phone(tried.cli_path, phone.db_path or None, phone.host or None))
        if probe.code is ProbeCode.WORKS:
            _tell_what_works(talk, phone, probe)
            return probe
        talk.tell(f"imsg does not work yet ({probe.code}): {probe.detail}\nWhat helps: {probe.fix}")
        if talk.assume or not talk.agree("Look again?", default=True):
            return probe


def _tell_what_works(talk: Talk, phone: Phone, probe: Probe) -> None:
    there = f" on {phone.host}" if phone.host else ""
    talk.tell(f"imsg {probe.version or 'of an unknown version'} works{there}.")
    if probe.files:
        talk.tell(f"Files {probe.files}.")
