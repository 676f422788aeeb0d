"""The files of sessions."""

from __future__ import annotations

import stat
from datetime import UTC, datetime, timedelta
from os import utime
from pathlib import Path

import pytest

from openclaw.agents.serving.transcripts import FOLDER, MAX_BYTES, Kept, Transcripts
from openclaw.domain.ids import AgentId
from openclaw.domain.sessions import TranscriptEntry
from openclaw.errors import NotFound, TranscriptUnreadable

MAIN = AgentId("main")
FIRST, SECOND = "a" * 32, "b" * 32
NOW = datetime(2026, 1, 1, tzinfo=UTC)


def _kept(talk: str = FIRST, agent: AgentId = MAIN) -> Kept:
    said = TranscriptEntry("user", "line one\nline\u2028two"), TranscriptEntry("assistant", "yes")
    return Kept(talk, agent, "/p", NOW, said)


def test_what_was_said_is_read_again_as_it_was(tmp_path: Path) -> None:
    """For its owner alone, in the state directory."""
    transcripts = Transcripts(tmp_path)
    transcripts.write(_kept())
    assert transcripts.read(FIRST, MAIN) == _kept()
    path = tmp_path / FOLDER / f"{FIRST}.jsonl"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert _kept().title == "line one line two"


@pytest.mark.parametrize("talk", [SECOND, "../openclaw", "", "A" * 32])
def test_a_session_that_is_not_there_is_not_found(tmp_path: Path, talk: str) -> None:
    """A name is never a way to another file."""
    transcripts = Transcripts(tmp_path)
    transcripts.write(_kept())
    with pytest.raises(NotFound):
        transcripts.read(talk, MAIN)


def test_a_session_of_another_agent_is_not_given_out(tmp_path: Path) -> None:
    """What one agent was told is not another's to know."""
    transcripts = Transcripts(tmp_path)
    transcripts.write(_kept(agent=AgentId("other")))
    with pytest.raises(NotFound):
        transcripts.read(FIRST, MAIN)
    assert list(transcripts.newest(MAIN, 10)) == []


@pytest.mark.parametrize(
    "content", ["", "[]", '{"agent": "main"}', "not JSON", '{"agent":"main","cwd":"/"\n']
)
def test_a_damaged_file_is_told_and_never_an_empty_session(tmp_path: Path, content: str) -> None:
    """Unreadable state is an error (style 20); the list of sessions goes on without it."""
    transcripts = Transcripts(tmp_path)
    transcripts.write(_kept(SECOND))
    (tmp_path / FOLDER / f"{FIRST}.jsonl").write_text(content)
    with pytest.raises(TranscriptUnreadable):
        transcripts.read(FIRST, MAIN)
    assert [kept.id for kept, _ in transcripts.newest(MAIN, 10)] == [SECOND]


def test_a_file_without_end_is_not_read(tmp_path: Path) -> None:
    """What is held in memory is bounded (style 25)."""
    transcripts = Transcripts(tmp_path)
    transcripts.write(_kept())
    with (tmp_path / FOLDER / f"{FIRST}.jsonl").open("r+b") as file:
        file.truncate(MAX_BYTES + 1)
    with pytest.raises(TranscriptUnreadable):
        transcripts.read(FIRST, MAIN)


def test_the_last_used_comes_first_and_what_is_old_is_forgotten(tmp_path: Path) -> None:
    """`store.retentionDays` counts here as well."""
    transcripts = Transcripts(tmp_path)
    for talk, age in ((FIRST, timedelta(days=9)), (SECOND, timedelta())):
        transcripts.write(_kept(talk))
        used = (datetime.now(UTC) - age).timestamp()
        utime(tmp_path / FOLDER / f"{talk}.jsonl", (used, used))
    assert [kept.id for kept, _ in transcripts.newest(MAIN, 10)] == [SECOND, FIRST]
    assert [kept.id for kept, _ in transcripts.newest(MAIN, 1)] == [SECOND]
    transcripts.forget(timedelta(days=7))
    assert [kept.id for kept, _ in transcripts.newest(MAIN, 10)] == [SECOND]
