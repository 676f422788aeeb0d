"""The two rows that Messages writes for one link, and how imsg tells the second from a message.

Owns the memory of one process; it is shared by all subscriptions.
"""

from __future__ import annotations

import threading

from openclaw.simulator.reading import Row

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
