from __future__ import annotations

import stat
import sys
from pathlib import Path

from openclaw.simulator import phone

from .conftest import Installation


def test_a_recording_is_written_for_its_owner_only(installation: Installation, tmp_path: Path):
    """`channels record` shows the shape of the conversation with imsg (brief)."""
    program = installation.home / "imsg"
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m openclaw.simulator.imsg "$@"\n')
    program.chmod(0o700)
    database = phone.create_database(installation.home / "chat.db", "+15550100000")
    installation.configure({"channels": {"imessage": {"cliPath": str(program), "dbPath": str(database)}}})
    out = tmp_path / "recording.jsonl"
    ran = installation.run("channels", "record", "--seconds", "1", str(out))
    assert ran.code == 0
    assert "Recorded imsg" in ran.out
    assert stat.S_IMODE(out.stat().st_mode) == 0o600
    assert "chats.list" in out.read_text()
    again = installation.run("channels", "record", "--seconds", "1", str(out))
    assert again.code == 1
    assert "is there already" in again.err


def test_a_recording_of_an_unknown_account_names_the_known_ones(installation: Installation):
    """A message names the fix (style 21)."""
    installation.configure({"channels": {"imessage": {}}})
    ran = installation.run("channels", "record", "--account", "work", "out.jsonl")
    assert ran.code == 1
    assert "configured: default" in ran.err
