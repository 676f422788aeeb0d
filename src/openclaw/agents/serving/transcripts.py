"""What was said in the sessions of clients, kept between processes: one file a session, for its owner alone.

The first line says which session it is, each further one is something said. A file is replaced as a whole, so that it
is never half of one. Two processes that go on with one session do not know of each other: the last one's file stays.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from openclaw.config.private_file import write_private
from openclaw.domain.ids import AgentId
from openclaw.domain.sessions import TranscriptEntry
from openclaw.errors import NotFound, TranscriptUnreadable

FOLDER = "acp-sessions"
"""In the state directory."""

MAX_BYTES = 32 * 1024 * 1024
"""No model reads a hundredth of it."""

TITLE_LETTERS = 80

_ID = re.compile(r"[0-9a-f]{32}")


@dataclass(frozen=True, slots=True)
class Kept:
    """One session as its file tells it."""

    id: str
    agent: AgentId
    cwd: str
    started_at: datetime
    entries: Sequence[TranscriptEntry]

    @property
    def title(self) -> str:
        """How a person recognises it: the beginning of what was said first."""
        return " ".join(self.entries[0].text.split())[:TITLE_LETTERS] if self.entries else ""


class Transcripts:
    """The files of one state directory. Every method reads or writes the disk: call it in a thread."""

    def __init__(self, state_dir: Path) -> None:
        self._folder = state_dir / FOLDER

    def write(self, kept: Kept) -> None:
        """Put a session in the place of its earlier file. Raises OSError; what stood there stays."""
        head = {"agent": kept.agent, "cwd": kept.cwd, "startedAt": kept.started_at.isoformat()}
        lines = [head, *({"role": entry.role, "text": entry.text} for entry in kept.entries)]
        write_private(self._path(kept.id), "".join(json.dumps(line) + "\n" for line in lines))

    def read(self, talk: str, agent: AgentId) -> Kept:
        """The session ``talk`` of ``agent``.

        Raises:
            NotFound: there is none.
            TranscriptUnreadable: its file is damaged, or too long to be one.
        """
        if not _ID.fullmatch(talk) or not (path := self._path(talk)).is_file():
            raise NotFound(f"there is no session {talk[:64]!r}")
        kept = _read(path)
        if kept.agent != agent:
            raise NotFound(f"the session {talk} is one of the agent {kept.agent}, not of {agent}")
        return kept

    def newest(self, agent: AgentId, most: int) -> Iterator[tuple[Kept, datetime]]:
        """The sessions of ``agent``, the last used first, each with when that was; unreadable ones are left out."""
        for path in self._paths()[:most]:
            try:
                kept, used = _read(path), _used(path)
            except (TranscriptUnreadable, FileNotFoundError):
                continue
            if kept.agent == agent:
                yield kept, used

    def forget(self, older: timedelta) -> None:
        """Remove the sessions that were last used longer ago."""
        for path in self._paths():
            if _used(path) < datetime.now(UTC) - older:
                path.unlink(missing_ok=True)

    def _path(self, talk: str) -> Path:
        return self._folder / f"{talk}.jsonl"

    def _paths(self) -> list[Path]:
        found = [path for path in self._folder.glob("*.jsonl") if _ID.fullmatch(path.stem)]
        return sorted(found, key=_used, reverse=True)


def _used(path: Path) -> datetime:
    try:
        return datetime.fromtimestamp(path.stat().st_mtime, UTC)
    except FileNotFoundError:
        # Gone since it was listed: another process forgot it.
        return datetime.now(UTC)


def _read(path: Path) -> Kept:
    if path.stat().st_size > MAX_BYTES:
        raise TranscriptUnreadable(f"{path} has more than {MAX_BYTES} bytes; remove it")
    try:
        head, *lines = map(json.loads, path.read_text(encoding="utf-8").splitlines())
        started = datetime.fromisoformat(head["startedAt"])
        entries = tuple(TranscriptEntry(str(line["role"]), str(line["text"])) for line in lines)
        return Kept(path.stem, AgentId(str(head["agent"])), str(head["cwd"]), started, entries)
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise TranscriptUnreadable(f"{path} is damaged; remove it to be rid of the session") from error
