"""A phone in a terminal: what is typed is said, what arrives is shown.

Owns the conversation loop over plain lines, so that it works in a pipe as well. It must not know the command line.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from openclaw.simulator import phone, schema
from openclaw.simulator.phone import Bubble, Service

LOOK_S = 0.02
"""How often a waiting phone looks for a commit of somebody else."""


@dataclass(frozen=True, slots=True)
class Person:
    """Whose phone this is, and which conversation is open on it: the direct one unless a group or chat is named."""

    handle: str
    group: str | None = None
    chat_id: int | None = None
    service: Service = "iMessage"

    @property
    def thread(self) -> int | str:
        """What `phone.read_thread` calls the open conversation."""
        return self.chat_id if self.chat_id is not None else self.group or self.handle


def shown(bubble: Bubble) -> str:
    """Return one bubble as a line; the account's own words stand behind an arrow."""
    files = "".join(f" [{Path(name).name}]" for name in bubble.attachments)
    return f"{'◀' if bubble.from_me else bubble.sender + ':'} {bubble.text}{files}"


def follow(path: Path, thread: int | str, since: int, stop: threading.Event) -> Iterator[Bubble]:
    """Yield the bubbles after row id ``since`` as they come, until ``stop`` is set."""
    with closing(schema.open_reading(path)) as connection:
        seen = -1
        while not stop.is_set():
            now = _data_version(connection)
            if now != seen:
                seen = now
                for bubble in phone.read_thread(path, thread, since):
                    since = bubble.row_id
                    yield bubble
            else:
                stop.wait(LOOK_S)


def _data_version(connection: sqlite3.Connection) -> int:
    return int(connection.execute("PRAGMA data_version").fetchone()[0])


def converse(
    path: Path, person: Person, lines: Iterable[str], show: Callable[[str], None], wait_s: float
) -> bool:
    """Say every line and show what others say meanwhile, by calling ``show`` from a thread of its own.

    When the lines have ended, wait up to ``wait_s`` seconds for an answer to the last one. Returns whether one came
    (True when nothing was said). Raises what `phone.say` raises.
    """
    stop, answers = threading.Event(), _Answers()
    before = phone.read_thread(path, person.thread)

    def watch() -> None:
        for bubble in follow(path, person.thread, before[-1].row_id if before else 0, stop):
            if bubble.from_me or bubble.sender != person.handle:
                show(shown(bubble))
            if bubble.from_me:
                answers.came(bubble.row_id)

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    try:
        for line in lines:
            if text := line.rstrip("\r\n"):
                said = phone.say(
                    path, person.handle, text, chat=person.chat_id, group=person.group, service=person.service
                )
                answers.expect_after(said.row_id)
        return answers.wait(wait_s)
    finally:
        stop.set()
        watcher.join()


class _Answers:
    """Whether the account has said something after the last line typed."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._last_said = self._last_answer = 0

    def expect_after(self, row_id: int) -> None:
        self._last_said = row_id

    def came(self, row_id: int) -> None:
        with self._changed:
            self._last_answer = row_id
            self._changed.notify_all()

    def wait(self, seconds: float) -> bool:
        with self._changed:
            return self._changed.wait_for(lambda: self._last_answer >= self._last_said, seconds)
