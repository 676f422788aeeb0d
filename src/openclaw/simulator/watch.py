"""A watch subscription: a cursor over the message table and a thread that reports what lies above it.

Owns the timing (event, delay, poll, fallback) and the cursor. Commits by anybody stand in for the file events of
macOS. A row is reported once, as it is at that moment, unless a misbehaviour of the watch is in force.
"""

from __future__ import annotations

import sqlite3
import threading
from time import monotonic
from typing import NamedTuple

from openclaw.simulator import envelope
from openclaw.simulator.behaviour import BadSettings
from openclaw.simulator.envelope import Wire
from openclaw.simulator.mac import Mac
from openclaw.simulator.reading import Filter, Row

ROWS_PER_POLL = 100
_LOOK_S = 0.02
"""How often we look for a commit: about as quick as a file event, for about one percent of a core."""

_CHATLESS_WAIT_S = 2.0
"""How long a release that drops chatless rows waits for the chat."""


class Options(NamedTuple):
    """What a subscriber asked for. ``cursor`` is exclusive; ``chat`` None means all."""

    cursor: int
    chat: int | None
    wanted: Filter
    debounce_ms: int | None
    buffer_limit: int = 256


class Subscription:
    """One subscription with its thread. `start` it once; `stop` it from any other thread."""

    def __init__(self, number: int, mac: Mac, options: Options) -> None:
        self.number = number
        self._mac = mac
        self._options = options
        self._cursor = options.cursor
        self._stop = threading.Event()
        self._chatless: dict[int, float] = {}
        self._rotation = mac.behaviour.look("wal-rotation")
        self._deaf = False
        self._thread = threading.Thread(target=self._run, name=f"watch-{number}", daemon=True)

    def start(self) -> None:
        """Begin to report; the first poll is at once."""
        self._thread.start()

    def stop(self, wait_s: float = 0.0) -> None:
        """End the reports, waiting up to ``wait_s`` for the thread; one more may come when it is 0."""
        self._stop.set()
        if wait_s and self._thread.is_alive():
            self._thread.join(wait_s)

    def _run(self) -> None:
        try:
            self._follow()
        except sqlite3.Error as error:
            self._report_end(f"{error} (code: {getattr(error, 'sqlite_errorcode', 1)})")
        except BadSettings as error:
            self._report_end(str(error))

    def _report_end(self, message: str) -> None:
        params = {"subscription": self.number, "error": {"message": message}}
        self._mac.output.record(envelope.notification("error", params))

    def _follow(self) -> None:
        while not self._stop.is_set():
            while self._is_held():
                if self._stop.wait(_LOOK_S):
                    return
            seen = self._mac.reader.data_version()
            if not self._tell(self._poll()):
                return
            if self._event_after(seen):
                self._stop.wait(self._debounce_s())

    def _is_held(self) -> bool:
        behaviour = self._mac.behaviour
        return behaviour.lasts("stall") or behaviour.lasts("sleep")

    def _debounce_s(self) -> float:
        settings, version = self._mac.behaviour.settings, self._mac.version
        chosen = (settings.debounce_ms, self._options.debounce_ms, version.debounce_ms)
        return next(each for each in chosen if each is not None) / 1000

    def _fallback_s(self) -> float:
        if self._chatless:
            return _CHATLESS_WAIT_S / 10
        if self._mac.behaviour.settings.poll_ms is not None:
            return self._mac.behaviour.settings.poll_ms / 1000
        return (
            float("inf") if self._mac.version.fallback_poll_s is None else self._mac.version.fallback_poll_s
        )

    def _event_after(self, seen: int) -> bool:
        """Wait for a commit after ``seen`` (True), or for the fallback poll or the end (False)."""
        deadline = monotonic() + self._fallback_s()
        while not self._stop.wait(_LOOK_S):
            self._mac.output.end_if_due()
            if self._is_held():
                continue
            self._mac.settler.settle()
            if self._mac.reader.data_version() != seen and not self._misses_events():
                return True
            if monotonic() >= deadline:
                return False
        return False

    def _misses_events(self) -> bool:
        """Whether the files were rotated away under this subscription; a later one opens the new files."""
        rotation = self._mac.behaviour.look("wal-rotation")
        self._deaf = self._deaf or (rotation is not None and rotation != self._rotation)
        return self._deaf and not self._mac.version.rearms_events

    def _poll(self) -> list[Wire]:
        """Read on from the cursor and return what is to be told."""
        options, reader = self._options, self._mac.reader
        self._mac.composer.look_again()
        rows = reader.after(self._cursor, options.chat, ROWS_PER_POLL, tapbacks=options.wanted.reactions)
        found: list[Wire] = []
        for row in rows:
            if self._stop.is_set() or self._awaits_chat(row):
                break
            if self._mac.version.folds_link_twins and self._mac.twins.is_twin(
                row, self._mac.composer.text(row)
            ):
                continue
            self._cursor = row.id
            if options.wanted.admits(row) and (row.chat or self._mac.version.chatless_rows == "emitted"):
                found.append(self._mac.composer.message(row, options.wanted, watching=True))
        return found

    def _tell(self, found: list[Wire]) -> bool:
        """Report the messages of one poll; False when there were too many and the subscription is over."""
        behaviour = self._mac.behaviour
        if len(found) > 1 and behaviour.take("reorder"):
            found.reverse()
        for told, message in enumerate(found):
            if self._stop.is_set():
                return True
            if self._overflows(told):
                resume = found[told - 1]["id"] if told else message["id"] - 1
                params = {"subscription": self.number, "resume_after_rowid": resume}
                self._mac.output.record(envelope.notification("watch.overflow", params))
                return False
            if self._drops(message):
                continue
            notice = envelope.notification("message", {"subscription": self.number, "message": message})
            for _ in range(2 if behaviour.take("duplicate") else 1):
                self._mac.output.record(notice)
        return True

    def _overflows(self, told: int) -> bool:
        if not self._mac.version.overflows:
            return False
        return told >= self._options.buffer_limit or self._mac.behaviour.take("overflow") is not None

    def _drops(self, message: Wire) -> bool:
        entry = self._mac.behaviour.look("drop")
        return bool(entry and entry["text"] in message["text"] and self._mac.behaviour.take("drop"))

    def _awaits_chat(self, row: Row) -> bool:
        if row.chat or self._mac.version.chatless_rows == "emitted":
            self._chatless.pop(row.id, None)
            return False
        waiting = monotonic() - self._chatless.setdefault(row.id, monotonic()) < _CHATLESS_WAIT_S
        if not waiting:
            del self._chatless[row.id]
        return waiting
