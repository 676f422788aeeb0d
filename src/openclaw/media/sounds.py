"""A voice memo as something that models and other programs take: WAV, made by a converter if this machine has one.

Runs in the child alone; the converter inherits its bounds.
"""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

from openclaw.media.results import Prepared, Refused

FORM_NAME = "recording.wav"
LONGEST_S = 600
"""Of one recording; ten minutes in this form are 19 MB."""

# Taken as they are nearly everywhere.
_FINE = frozenset({"audio/wav", "audio/mpeg"})
# What ffmpeg is told a file is: left to itself it would also follow playlists to other files.
_DEMUXERS = {
    "audio/x-caf": "caf",
    "audio/amr": "amr",
    "audio/mp4": "mov",
    "audio/ogg": "ogg",
    "audio/flac": "flac",
    "audio/aiff": "aiff",
}


def prepare(source: Path, mime: str, into: Path) -> Prepared | Refused:
    """Convert the recording in ``source`` into the folder ``into``, or say that nothing here can."""
    if mime in _FINE:
        return Prepared(mime, "audio")
    target = into / FORM_NAME
    command = _command(source, mime, target)
    if command is None:
        return Prepared(mime, "audio", note="no converter for recordings is installed (ffmpeg)")
    ended = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, check=False)
    if ended.returncode or not target.exists():
        target.unlink(missing_ok=True)
        return Refused("the recording cannot be read; it may be broken")
    return Prepared(mime, "audio", form=FORM_NAME, form_mime="audio/wav")


def _command(source: Path, mime: str, target: Path) -> Sequence[str] | None:
    demuxer = _DEMUXERS.get(mime)
    if (ffmpeg := shutil.which("ffmpeg")) and demuxer:
        reading = ("-protocol_whitelist", "file", "-f", demuxer, "-i", f"file:{source}")
        writing = ("-vn", "-t", str(LONGEST_S), "-ac", "1", "-ar", "16000", "-f", "wav", f"file:{target}")
        return (ffmpeg, "-nostdin", "-v", "error", "-y", *reading, *writing)
    if afconvert := shutil.which("afconvert"):
        return (afconvert, "-f", "WAVE", "-d", "LEI16@16000", "-c", "1", str(source), str(target))
    return None
