"""Phones for the tests: the simulated Mac, scripted children for faults, and an inbox in memory."""

from __future__ import annotations

import asyncio
import os
import stat
import sys
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import openclaw
from openclaw.domain.chats import ChatRef
from openclaw.domain.databases import Anchor, AnotherDatabase, KnownDatabase, RestoredDatabase
from openclaw.domain.health import AccountHealth, AccountState
from openclaw.domain.ids import AccountId, RowId
from openclaw.domain.messages import InboundMessage
from openclaw.imessage.phone import Phone, Timing, open_phone
from openclaw.simulator.behaviour import write_settings
from openclaw.simulator.phone import create_database
from openclaw.supervision import Backoff

BOUND = 15.0
QUICK = Timing(backoff=Backoff(first=0.05))
_SOURCE = str(Path(openclaw.__file__).parents[1])


@dataclass(frozen=True)
class Account:
    """The settings of a phone, all with quiet values."""

    cli_path: str
    db_path: str | None = None
    remote_host: str | None = None
    id: AccountId = AccountId("default")
    service: str = "auto"
    region: str = "US"
    send_timeout_ms: int = 10_000
    include_attachments: bool = False
    reaction_notifications: str = "off"
    attachment_roots: tuple[str, ...] = ()
    remote_attachment_roots: tuple[str, ...] = ()
    deaf_restarts_per_hour: int = 10


class MemoryInbox:
    """Keeps what it gets, and lets a test wait for it."""

    def __init__(self, cursor: int | None = None) -> None:
        self.rows: list[InboundMessage] = []
        self.batches: list[int] = []
        self.began: RowId | None = None
        self.moves: list[RestoredDatabase | AnotherDatabase] = []
        self._cursor = None if cursor is None else RowId(cursor)
        self._proven = RowId(cursor or 0)
        self.proved = asyncio.Event()
        self._stirred = asyncio.Event()

    async def cursor(self) -> RowId | None:
        return self._cursor

    async def known(self) -> KnownDatabase | None:
        if self._cursor is None:
            return None
        anchors = {
            row.row_id: Anchor(row.row_id, row.guid, row.chat)
            for row in self.rows
            if row.guid and row.chat is not None
        }
        chats = {row.chat.row_id: row.chat for row in self.rows if row.chat is not None}
        newest = sorted(anchors.values(), key=lambda anchor: -anchor.row_id)[:20]
        return KnownDatabase(self._cursor, tuple(newest), tuple(chats.values()), bool(self.moves))

    async def moved(self, verdict: RestoredDatabase | AnotherDatabase, chats: Sequence[ChatRef]) -> None:
        self.moves.append(verdict)
        self._cursor = self._proven = verdict.start

    async def unkept(self, rows: Sequence[InboundMessage]) -> list[InboundMessage]:
        return [row for row in rows if row.guid and row.guid not in {kept.guid for kept in self.rows}]

    async def assured(self) -> RowId:
        return self._proven

    async def prove(self, row: RowId) -> None:
        self._proven = row
        self.proved.set()

    async def begin(self, cursor: RowId, written_at: datetime | None) -> None:
        self.began = self._cursor = self._proven = cursor

    async def receive(self, batch: Sequence[InboundMessage]) -> None:
        self.rows += batch
        self.batches.append(len(batch))
        self._cursor = RowId(max([self._cursor or 0, *(row.row_id for row in batch)]))
        self._stirred.set()

    async def keep(self, rows: Sequence[InboundMessage]) -> None:
        self.rows += rows
        self._stirred.set()

    async def rows_when(self, enough: Callable[[list[InboundMessage]], bool]) -> list[InboundMessage]:
        """The rows, once ``enough`` says so."""
        async with asyncio.timeout(BOUND):
            while not enough(self.rows):
                self._stirred.clear()
                await self._stirred.wait()
        return self.rows

    async def texts(self, count: int) -> list[str]:
        """The texts, once there are ``count``."""
        return [row.text for row in await self.rows_when(lambda rows: len(rows) >= count)]


class HealthDiary:
    """Every health that was told."""

    def __init__(self) -> None:
        self.entries: list[AccountHealth] = []
        self._stirred = asyncio.Event()

    def note(self, health: AccountHealth) -> None:
        self.entries.append(health)
        self._stirred.set()

    async def when(self, fits: Callable[[AccountHealth], bool], after: int = 0) -> AccountHealth:
        """The first entry from number ``after`` on that ``fits``."""
        async with asyncio.timeout(BOUND):
            while True:
                if found := [entry for entry in self.entries[after:] if fits(entry)]:
                    return found[0]
                self._stirred.clear()
                await self._stirred.wait()

    async def reaches(self, state: AccountState, after: int = 0) -> AccountHealth:
        """The first entry with ``state``."""
        return await self.when(lambda health: health.state is state, after)


@asynccontextmanager
async def connected(
    account: Account,
    inbox: MemoryInbox | None = None,
    timing: Timing = QUICK,
    start: AccountState = AccountState.CONNECTED,
) -> AsyncGenerator[tuple[Phone, MemoryInbox, HealthDiary]]:
    """A phone that is connected, with its inbox and the diary of its health."""
    box, diary = inbox or MemoryInbox(), HealthDiary()
    async with open_phone(account, box, on_health=diary.note, timing=timing) as phone:
        await diary.reaches(start)
        yield phone, box, diary


def program(path: Path, text: str) -> str:
    """An executable file at ``path`` with ``text``."""
    path.write_text(text)
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return str(path)


def simulated(folder: Path, release: str = "0.9.0", **settings: object) -> tuple[str, str]:
    """The simulated imsg and an empty database for it; ``settings`` are those of its settings file."""
    database = create_database(folder / "mac" / "chat.db")
    behave(str(database), **settings)
    start = f"import sys; sys.path.insert(0, {_SOURCE!r}); from openclaw.simulator.imsg import main; main()"
    # Commands that take no --db belong to the same Mac.
    mac = f'export IMSG_SIMULATOR_DB="{database}"'
    return program(
        folder / "imsg", f'#!/bin/sh\n{mac}\nexec {sys.executable} -c "{start}" --as {release} "$@"\n'
    ), str(database)


def behave(database: str, *misbehaviour: dict[str, object], **settings: object) -> None:
    """Change how the simulated Mac behaves from now on."""
    write_settings(
        database, {"debounceMs": 10, "pollMs": 200, **settings, "misbehaviour": list(misbehaviour)}
    )


_SCRIPT = """#!PYTHON -S
import json, os, sys, time
if "--version" in sys.argv:
    print("VERSION")
    sys.exit(0)
if "--help" in sys.argv:
    print("imsg rpc\\n  --db PATH")
    sys.exit(0)
if "status" in sys.argv:
    print('STATUS')
    sys.exit(0)
ANN = "iMessage;-;+15550100001"
def say(value):
    sys.stdout.write((value if isinstance(value, str) else json.dumps(value)) + "\\n")
    sys.stdout.flush()
def answer(request, result):
    say({"jsonrpc": "2.0", "id": request["id"], "result": result})
def fail(request, code, data):
    say({"id": request["id"], "error": {"code": code, "message": "m", "data": data}})
def tell(number, **more):
    row = {"id": number, "text": str(number), "chat_id": 1, "chat_guid": ANN, **more}
    say({"method": "message", "params": {"subscription": 1, "message": row}})
def requests():
    for line in sys.stdin:
        yield json.loads(line)
def ordinary(request):
    method = request["method"]
    if method == "chats.list":
        answer(request, {"chats": [{"id": 1, "guid": ANN}]})
    elif method == "messages.history":
        answer(request, {"messages": [{"id": 7, "chat_id": 1, "chat_guid": ANN}]})
    elif method == "watch.subscribe":
        answer(request, {"subscription": 1})
    else:
        answer(request, {"ok": True})
with open("STARTS", "a+") as file:
    file.write("x\\n")
    file.flush()
    file.seek(0)
    launch = len(file.readlines())
RPC
"""


def scripted(folder: Path, rpc: str, version: str = "0.9.0", status: str = "{}") -> str:
    """An imsg whose ``rpc`` runs the Python program ``rpc``; ``launch`` is the number of this start, from 1.

    ``requests()`` yields what comes; ``answer``, ``fail``, ``tell``, ``say`` reply; ``ordinary`` answers any request
    as an imsg with one chat would. ``status`` is what it says of what it can do.
    """
    text = _SCRIPT.replace("PYTHON", sys.executable).replace("VERSION", version).replace("STATUS", status)
    return program(
        folder / "imsg", text.replace("STARTS", str(folder / "starts")).replace("RPC\n", rpc + "\n")
    )


def starts(folder: Path) -> int:
    """How many ``rpc`` children have been started."""
    path = folder / "starts"
    return len(path.read_text().splitlines()) if path.exists() else 0


async def appears(path: Path, text: str = "") -> None:
    """Return once there is a file at ``path`` that holds ``text``."""
    # A file is the only way in which a scripted child can tell the test about itself.
    for _ in range(1500):
        if path.exists() and text in path.read_text():
            return
        await asyncio.sleep(0.01)
    raise TimeoutError(f"{path} did not appear")


def environment_children(word: str = "") -> list[int]:
    """The children of this process that still run; with ``word`` only those on whose command line it stands."""
    import psutil

    found: list[int] = []
    for child in psutil.Process(os.getpid()).children(recursive=True):
        with suppress(psutil.NoSuchProcess):
            if child.status() != psutil.STATUS_ZOMBIE and (not word or word in child.cmdline()):
                found.append(child.pid)
    return found
