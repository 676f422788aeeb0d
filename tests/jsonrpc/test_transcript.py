"""Transcripts of a conversation with a child."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from openclaw.jsonrpc.transcript import Entry, TranscriptUnreadable, open_transcript, read_transcript


def hide_text(line: Any) -> Any:
    """A redaction: no texts, and of noise only its length."""
    if isinstance(line, str):
        return f"({len(line)} characters)"
    return {key: "…" if key == "text" else value for key, value in line.items()}


def test_what_was_written_is_read_back_redacted(tmp_path: Path) -> None:
    """Directions, header and noise; the redaction sees every line."""
    path = tmp_path / "t.jsonl"
    with open_transcript(path, {"imsg": "0.5.0", "case": "é"}, hide_text) as transcript:
        transcript.sent(b'{"id":"1","text":"secret"}\n')
        transcript.received(b'{"id":"1","a":"\xe2\x80\xa8"}\n')
        transcript.received(b"some noise\n")
        transcript.received(b"\n")
    recording = read_transcript(path)
    assert recording.header == {"imsg": "0.5.0", "case": "é"}
    assert recording.entries == (
        Entry("→", {"id": "1", "text": "…"}),
        Entry("←", {"id": "1", "a": "\u2028"}),
        Entry("←", "(10 characters)"),
    )
    assert "secret" not in path.read_text()


def test_it_is_private_and_never_overwrites(tmp_path: Path) -> None:
    """Mode 0600; a file that is there is an error."""
    path = tmp_path / "t.jsonl"
    with open_transcript(path, {}, hide_text):
        assert path.stat().st_mode & 0o777 == 0o600
    with pytest.raises(FileExistsError), open_transcript(path, {}, hide_text):
        pass


def test_lines_are_on_disk_as_they_happen(tmp_path: Path) -> None:
    """A crash loses nothing that was recorded."""
    path = tmp_path / "t.jsonl"
    with open_transcript(path, {}, hide_text) as transcript:
        transcript.sent(b'{"id":"1"}')
        assert read_transcript(path).entries == (Entry("→", {"id": "1"}),)


@pytest.mark.parametrize("text", ["", "{\n", "[]\n", '{}\n{"dir":"→"}\n', '{}\n{"line":1}\n', "{}\n5\n"])
def test_a_file_that_breaks_the_format_is_named(text: str, tmp_path: Path) -> None:
    """With its line where there is one."""
    path = tmp_path / "broken.jsonl"
    path.write_text(text)
    with pytest.raises(TranscriptUnreadable, match=r"broken\.jsonl"):
        read_transcript(path)
