"""Changes: who listens is told which parts of the ledger were changed, once for everything since it last looked.

Knows no SQL and no reason of a change; nobody has to ask the database whether something is new.
"""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Generator, Mapping
from contextlib import contextmanager

TOPICS: Mapping[str, str] = {
    "message": "messages",
    "delivery": "deliveries",
    "turn": "turns",
    "session": "sessions",
    "transcript": "sessions",
    "pairing": "pairing",
    "access_grant": "pairing",
    "pause": "pauses",
    "chat": "chats",
    "account": "accounts",
    "notice": "notices",
    "permission": "permissions",
    "attachment": "files",
}
"""What each table is called outside the store. A table that is not here interests nobody by itself."""

EVERYTHING = frozenset(TOPICS.values())
"""Every topic there is."""


class Listener:
    """One who listens. Belongs to the event loop in which it was made."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._topics: set[str] = set()
        self._told = asyncio.Event()

    async def changed(self) -> frozenset[str]:
        """The topics that changed since the last call; waits for the first of them."""
        await self._told.wait()
        self._told.clear()
        topics, self._topics = frozenset(self._topics), set()
        return topics

    def tell(self, topics: Collection[str]) -> None:
        """Something of ``topics`` changed; may be called from any thread."""
        self._loop.call_soon_threadsafe(self._note, topics)

    def _note(self, topics: Collection[str]) -> None:
        self._topics.update(topics)
        self._told.set()


class Changes:
    """All listeners of one ledger."""

    def __init__(self) -> None:
        # Replaced, never altered: the writer's thread goes through it while the loop adds and takes away.
        self._listeners: frozenset[Listener] = frozenset()

    @contextmanager
    def listen(self) -> Generator[Listener]:
        """A listener for as long as the context lasts."""
        listener = Listener()
        self._listeners |= {listener}
        try:
            yield listener
        finally:
            self._listeners -= {listener}

    def announce(self, topics: Collection[str]) -> None:
        """Tell every listener; for what changes outside the ledger, and from the writer's thread after a commit."""
        if topics:
            for listener in self._listeners:
                listener.tell(topics)

    def committed(self, tables: Collection[str]) -> None:
        """Tell every listener what was changed in ``tables``."""
        self.announce({TOPICS[table] for table in tables if table in TOPICS})
