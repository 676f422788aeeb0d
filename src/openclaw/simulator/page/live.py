"""What changes on the phone, told to every open window as it happens.

Owns the one look at the database that all windows share: whichever of them holds the lock looks for everybody. Nobody
looks while no window is open. It must not know HTTP beyond the text of a server-sent event.
"""

from __future__ import annotations

import asyncio
import json
import sqlite3
from collections import deque
from collections.abc import AsyncGenerator, Callable, Generator, Iterable
from contextlib import closing, contextmanager
from dataclasses import asdict
from pathlib import Path
from time import monotonic, time
from typing import NamedTuple

from openclaw.simulator import behaviour, schema
from openclaw.simulator.page import bubbles, people, trouble
from openclaw.simulator.page.conversations import Conversation, conversations
from openclaw.simulator.page.settings import settings_stamp

# A look costs some microseconds; twenty a second feel immediate.
_LOOK_S = 0.05
# Whether somebody is being answered changes more slowly than bubbles come.
_TYPING_LOOK_S = 0.25
# Proxies and browsers give up a stream that is silent for half a minute.
_HEARTBEAT_S = 15.0
# A window that missed more than this reads everything anew.
_EVENTS_KEPT = 256
_MOST_NEW_BUBBLES = 200
# Only where something was said lately can an answer be under way.
_TYPING_WINDOW_S, _MOST_TYPING_CHATS = 1800.0, 20

RESYNC = "event: resync\ndata: {}\n\n"
"""The window must read everything it shows anew."""

_HEARTBEAT = ": still here\n\n"


class _Seen(NamedTuple):
    """What the windows were told last."""

    version: int
    join: int
    chats: dict[int, Conversation]
    settings: tuple[int, int]


class Changes:
    """The changes of one database as events, for any number of windows."""

    def __init__(self, database: Path, typing: Callable[[int], bool], ended: Callable[[], bool]) -> None:
        self._database = database
        self._typing = typing
        self._ended = ended
        self._looking = asyncio.Lock()
        self._windows = 0
        self._connection: sqlite3.Connection | None = None
        self._seen: _Seen | None = None
        self._answering: list[int] = []
        self._typing_due = 0.0
        self._events: deque[str] = deque(maxlen=_EVENTS_KEPT)
        self._told = 0
        """Events ever told; the newest of the kept ones has this number."""

    async def events(self) -> AsyncGenerator[str]:
        """Yield event texts until the reader closes this or the host says it ends; the first asks for a full read."""
        with self._open_window() as connection:
            number = await self._begin(connection)
            yield RESYNC
            if self._answering:
                yield _event("typing", {"chats": self._answering})
            heartbeat = monotonic() + _HEARTBEAT_S
            while not self._ended():
                await self._look(number)
                fresh = self._after(number)
                number = self._told
                for text in fresh:
                    yield text
                if monotonic() >= heartbeat:
                    heartbeat = monotonic() + _HEARTBEAT_S
                    yield _HEARTBEAT

    @contextmanager
    def _open_window(self) -> Generator[sqlite3.Connection]:
        if self._connection is None:
            self._connection = schema.open_reading(self._database)
        self._windows += 1
        try:
            yield self._connection
        finally:
            self._windows -= 1
            if not self._windows and self._connection:
                self._connection.close()
                self._connection, self._seen, self._answering = None, None, []

    async def _begin(self, connection: sqlite3.Connection) -> int:
        async with self._looking:
            if self._seen is None:
                self._seen = await asyncio.to_thread(self._read, connection)
            return self._told

    def _after(self, number: int) -> list[str]:
        missed = self._told - number
        return [RESYNC] if missed > len(self._events) else list(self._events)[len(self._events) - missed :]

    async def _look(self, number: int) -> None:
        """Wait for one look at the database, or for what another window's look has found after ``number``."""
        async with self._looking:
            if self._told != number or self._connection is None or self._seen is None:
                return
            await asyncio.sleep(_LOOK_S)
            if self._changed(self._connection, self._seen):
                before, self._seen = self._seen, await asyncio.to_thread(self._read, self._connection)
                for text in await asyncio.to_thread(self._news, self._connection, before, self._seen):
                    self._tell(text)
            self._look_for_typing(self._seen)

    def _tell(self, text: str) -> None:
        self._events.append(text)
        self._told += 1

    def _changed(self, connection: sqlite3.Connection, seen: _Seen) -> bool:
        return _version(connection) != seen.version or settings_stamp(self._database) != seen.settings

    def _read(self, connection: sqlite3.Connection) -> _Seen:
        # The version first: what is committed meanwhile is found by the next look.
        version, settings = _version(connection), settings_stamp(self._database)
        join = bubbles.last_join(connection)
        return _Seen(version, join, {each.id: each for each in conversations(connection)}, settings)

    def _news(self, connection: sqlite3.Connection, before: _Seen, now: _Seen) -> list[str]:
        if len(now.chats) < len(before.chats) or now.join < before.join:
            return [RESYNC]
        told: list[str] = []
        if now.settings != before.settings:
            told.append(_event("settings", settings_now(self._database)))
        chats = [each for each in now.chats.values() if before.chats.get(each.id) != each]
        fresh = (
            bubbles.joined(connection, before.join, _MOST_NEW_BUBBLES + 1) if now.join > before.join else ()
        )
        if len(fresh) > _MOST_NEW_BUBBLES:
            return [*told, RESYNC]
        if chats or fresh:
            told.append(_event("change", {"chats": _plain(chats), "bubbles": _plain(fresh)}))
        return told

    def _look_for_typing(self, seen: _Seen) -> None:
        if monotonic() < self._typing_due:
            return
        self._typing_due = monotonic() + _TYPING_LOOK_S
        since = time() - _TYPING_WINDOW_S
        recent = sorted(
            (each.last.at, each.id) for each in seen.chats.values() if each.last and each.last.at > since
        )
        answering = [chat for _, chat in recent[-_MOST_TYPING_CHATS:] if self._typing(chat)]
        if answering != self._answering:
            self._answering = answering
            self._tell(_event("typing", {"chats": answering}))


def settings_now(database: Path) -> dict[str, object]:
    """The names of the people and how the switches stand, or why the settings cannot be used."""
    try:
        return {"people": people.address_book(database), "trouble": trouble.modes(database), "problem": ""}
    except behaviour.BadSettings as error:
        return {"people": {}, "trouble": {}, "problem": str(error)}


def require_simulated(database: Path) -> None:
    """Raise NotSimulated while there is still an answer to put the error into."""
    schema.require(database)
    with closing(schema.open_reading(database)) as connection:
        schema.own_property(connection, schema.OWN_HANDLE)


def _version(connection: sqlite3.Connection) -> int:
    return int(connection.execute("PRAGMA data_version").fetchone()[0])


def _plain(values: Iterable[Conversation | bubbles.Bubble]) -> list[dict[str, object]]:
    return [asdict(each) for each in values]


def _event(name: str, data: dict[str, object]) -> str:
    # JSON has no raw line break, so one data line holds it whatever people wrote.
    return f"event: {name}\ndata: {json.dumps(data, ensure_ascii=False)}\n\n"
