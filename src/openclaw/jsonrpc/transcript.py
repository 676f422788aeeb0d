"""A conversation with a child as a file of JSON lines: written while it happens, read back to check or replay it.

Owns the format. It knows no method and no field of any peer: what must not be written is taken out by the caller's
redaction. The first line is the header, an object of the writer's choice; every other line is
`{"dir": "→" | "←", "line": …}`, where `→` went to the child and `line` is its JSON, or the text of a line that is none.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, TypeGuard

SENT, RECEIVED = "→", "←"

Redact = Callable[[Any], Any]
"""Takes the JSON of a line, or the text of one that is none, and returns what may be written."""


class TranscriptUnreadable(ValueError):
    """A transcript breaks its own format; the message names file and line."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the conversation."""

    direction: str
    line: Any


@dataclass(frozen=True, slots=True)
class Recording:
    """A whole transcript."""

    header: Mapping[str, Any]
    entries: tuple[Entry, ...]


class Transcript:
    """Writes entries as they happen, each flushed at once; made by `open_transcript`."""

    def __init__(self, file: IO[str], redact: Redact) -> None:
        self._file = file
        self._redact = redact

    def sent(self, line: bytes) -> None:
        """Write down a line that went to the child."""
        self._write(SENT, line)

    def received(self, line: bytes) -> None:
        """Write down a line that came from the child."""
        self._write(RECEIVED, line)

    def _write(self, direction: str, line: bytes) -> None:
        text = line.decode("utf-8", "replace").strip()
        if not text:
            return
        try:
            content: Any = json.loads(text)
        except ValueError:
            content = text
        _put(self._file, {"dir": direction, "line": self._redact(content)})


@contextmanager
def open_transcript(path: Path, header: Mapping[str, Any], redact: Redact) -> Generator[Transcript]:
    """Start a new transcript at ``path`` (0600) and close it at the end. Raises FileExistsError when one is there."""
    descriptor = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    with open(descriptor, "w", encoding="utf-8") as file:
        _put(file, header)
        yield Transcript(file, redact)


def _put(file: IO[str], value: Mapping[str, Any]) -> None:
    file.write(json.dumps(value, ensure_ascii=False) + "\n")
    file.flush()


def read_transcript(path: Path) -> Recording:
    """Read a whole transcript. Raises TranscriptUnreadable for a line that does not fit the format."""
    lines = path.read_text(encoding="utf-8").split("\n")
    values = [(number, _value(path, number, line)) for number, line in enumerate(lines, 1) if line.strip()]
    if not values:
        raise TranscriptUnreadable(f"{path} is empty; its first line must be a header")
    entries: list[Entry] = []
    for number, value in values[1:]:
        if not isinstance(value.get("dir"), str) or "line" not in value:
            raise TranscriptUnreadable(f'{path}:{number} has no "dir" and "line"')
        entries.append(Entry(value["dir"], value["line"]))
    return Recording(values[0][1], tuple(entries))


def _value(path: Path, number: int, line: str) -> dict[str, Any]:
    try:
        value: Any = json.loads(line)
    except ValueError as error:
        raise TranscriptUnreadable(f"{path}:{number} is not JSON: {error}") from None
    if not _is_object(value):
        raise TranscriptUnreadable(f"{path}:{number} is not an object")
    return value


def _is_object(value: object) -> TypeGuard[dict[str, Any]]:
    return isinstance(value, dict)
