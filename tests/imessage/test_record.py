"""Recording a real conversation."""

from __future__ import annotations

import asyncio
import stat
from pathlib import Path

import pytest
from tests.imessage.phones import appears, behave, simulated

from openclaw.errors import PhoneUnusable
from openclaw.imessage.command import imsg_command
from openclaw.imessage.record import record_phone
from openclaw.jsonrpc.transcript import read_transcript
from openclaw.simulator.phone import say

ANN = "+15550177777"


async def test_a_recording_has_both_directions_and_no_people(tmp_path: Path) -> None:
    """Chats, history and what comes while it listens, as JSON lines in a private file."""
    cli, db = simulated(tmp_path, "0.9.0")
    say(db, ANN, "the first secret")
    path = tmp_path / "recording.jsonl"

    recording = asyncio.ensure_future(record_phone(imsg_command(cli, db, None), path, 1.5))
    await appears(path, "watch.subscribe")
    say(db, ANN, "the other secret")
    recorded = await recording

    written = path.read_text()
    assert ANN not in written
    assert "secret" not in written
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert (recorded.version, recorded.notifications) == ("0.9.0", 1)
    transcript = read_transcript(path)
    assert transcript.header["version"] == "0.9.0"
    assert {entry.line.get("method") for entry in transcript.entries if entry.direction == "→"} == {
        "chats.list",
        "messages.history",
        "watch.subscribe",
        "watch.unsubscribe",
    }
    assert "message" in [entry.line.get("method") for entry in transcript.entries if entry.direction == "←"]


async def test_a_phone_that_cannot_serve_is_an_error(tmp_path: Path) -> None:
    """Told in the words of the probe; what was said is in the file all the same."""
    cli, db = simulated(tmp_path)
    behave(db, {"kind": "permission-denied"})

    with pytest.raises(PhoneUnusable):
        await record_phone(imsg_command(cli, db, None), tmp_path / "recording.jsonl", 1.0)

    assert len(read_transcript(tmp_path / "recording.jsonl").entries) == 2
