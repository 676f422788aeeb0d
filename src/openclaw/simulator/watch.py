"""A watch subscription: a cursor over the message table and a thread that reports what lies above it.

Owns the timing (event, delay, poll, fallback) and the cursor. Commits by anybody stand in for the file events of
macOS. A row is reported once, as it is at that moment.
"""

from __future__ import annotations

import sqlite3
import threading
from time import monotonic
from typing import NamedTuple

from openclaw.simulator import envelope
from openclaw.simulator.behaviour import BadSettings, Behaviour
from openclaw.simulator.composing import Composer
from openclaw.simulator.output import Output
from openclaw.simulator.reading import Filter, Reader, Row
from openclaw.simulator.versions import Version

ROWS_PER_POLL = 100
_LOOK_S = 0.02
"""How often we look for a commit: about as quick as a file event, for about one percent of a core."""

_CHATLESS_WAIT_S = 2.0
"""How long a release that drops chatless rows waits for the chat."""

_LINK_BALLOON = "com.apple.messages.URLBalloonProvider"
_TWIN_NS, _TWIN_MEMORY_NS = 90 * 10**9, 600 * 10**9


class LinkTwins:
    """Recognises the second row that Messages writes for one link. One memory serves all subscriptions."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._seen: dict[tuple[int, bool, str, str], tuple[int, int]] = {}

    def is_twin(self, row: Row, text: str) -> bool:
        """Return whether ``row`` repeats a link seen before, and remember it when it does not."""
        if row.balloon != _LINK_BALLOON or not text:
            return False
        key = (row.chat, row.from_me, row.handle or "", text)
        with self._lock:
            oldest = row.date - _TWIN_MEMORY_NS
            self._seen = {each: seen for each, seen in self._seen.items() if seen[1] >= oldest}
            last = self._seen.get(key)
            if last and (row.id <= last[0] or row.date - last[1] <= _TWIN_NS):
                return True
            self._seen[key] = (row.id, row.date)
            return False


class Mac(NamedTuple):
    """What every subscription and request of one process shares."""

    version: Version
    behaviour: Behaviour
    reader: Reader
    composer: Composer
    output: Output
    twins: LinkTwins


class Options(NamedTuple):
    """What a subscriber asked for. ``cursor`` is exclusive; ``chat`` None means all."""

    cursor: int
    chat: int | None
    wanted: Filter
    debounce_ms: int | None


class Subscription:
    """One subscription with its thread. `start` it once; `stop` it from any other thread."""

    def __init__(self, number: int, mac: Mac, options: Options) -> None:
        self.number = number
        self._mac = mac
        self._options = options
        self._cursor = options.cursor
        self._stop = threading.Event()
        self._chatless: dict[int, float] = {}
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
            seen = self._mac.reader.data_version()
            self._poll()
            if self._event_after(seen):
                self._stop.wait(self._debounce_s())

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
            if self._mac.reader.data_version() != seen:
                return True
            if monotonic() >= deadline:
                return False
        return False

    def _poll(self) -> None:
        options, reader = self._options, self._mac.reader
        rows = reader.after(self._cursor, options.chat, ROWS_PER_POLL, tapbacks=options.wanted.reactions)
        for row in rows:
            if self._stop.is_set() or self._awaits_chat(row):
                return
            if self._mac.version.folds_link_twins and self._mac.twins.is_twin(
                row, self._mac.composer.text(row)
            ):
                continue
            self._cursor = row.id
            if options.wanted.admits(row) and (row.chat or self._mac.version.chatless_rows == "emitted"):
                message = self._mac.composer.message(row, options.wanted, watching=True)
                params = {"subscription": self.number, "message": message}
                self._mac.output.record(envelope.notification("message", params))

    def _awaits_chat(self, row: Row) -> bool:
        if row.chat or self._mac.version.chatless_rows == "emitted":
            self._chatless.pop(row.id, None)
            return False
        waiting = monotonic() - self._chatless.setdefault(row.id, monotonic()) < _CHATLESS_WAIT_S
        if not waiting:
            del self._chatless[row.id]
        return waiting
