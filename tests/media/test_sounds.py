"""Voice memos, with and without a converter."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.media import samples

from openclaw.media import sounds
from openclaw.media.results import Prepared, Refused

# Writes down what it is asked to do, and puts something into the last file that it is told.
FFMPEG = """#!/bin/sh
echo "$@" > "{told}"
for last; do :; done
[ -n "{output}" ] && echo sound > "${{last#file:}}"
exit {code}
"""


def converter(folder: Path, code: int = 0, output: str = "yes") -> Path:
    """A program called ffmpeg; where it writes down its arguments."""
    told, program = folder / "told", folder / "ffmpeg"
    program.write_text(FFMPEG.format(told=told, code=code, output=output))
    program.chmod(0o755)
    return told


def test_a_voice_memo_becomes_a_wav(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What it is is told to the converter, which must not guess: a playlist would lead it to other files."""
    told = converter(tmp_path)
    monkeypatch.setenv("PATH", f"{tmp_path}:/bin:/usr/bin")
    source = tmp_path / "memo.caf"

    result = sounds.prepare(source, "audio/x-caf", tmp_path)

    assert result == Prepared("audio/x-caf", "audio", form="recording.wav", form_mime="audio/wav")
    assert "-protocol_whitelist file -f caf -i file:" in told.read_text()


def test_a_broken_recording_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also where the converter says that all is well and nothing is there."""
    monkeypatch.setenv("PATH", f"{tmp_path}:/bin:/usr/bin")
    for code, output in ((1, "yes"), (0, "")):
        converter(tmp_path, code, output)
        assert isinstance(sounds.prepare(tmp_path / "memo.amr", "audio/amr", tmp_path), Refused)
        assert not (tmp_path / "recording.wav").exists()


def test_without_a_converter_it_is_kept_and_said_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Issue: else kept as a file and said so; a WAV needs none."""
    monkeypatch.setenv("PATH", str(tmp_path))
    (tmp_path / "a.wav").write_bytes(samples.wav())

    memo = sounds.prepare(tmp_path / "memo.caf", "audio/x-caf", tmp_path)

    assert isinstance(memo, Prepared)
    assert "no converter" in memo.note
    assert sounds.prepare(tmp_path / "a.wav", "audio/wav", tmp_path) == Prepared("audio/wav", "audio")
