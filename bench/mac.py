"""The Mac behind the fake phone: conversations, rows, subscriptions, and what was sent when.

Owns the shared state of all phone children of one gateway and answers their requests as imsg 0.9 does. It must not know
which gateway it serves, nor measure anything itself: it keeps the moments that the children read from their clocks.
"""

from __future__ import annotations

import asyncio
import json
import os
import secrets
import sys
from collections.abc import AsyncGenerator, Iterable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from . import phone
from .told import Chat, Row, chat_object, guid, message_object

_INVALID_PARAMS, _NO_METHOD = -32602, -32601
_LONGEST_LINE = 16 << 20
_FLOOD_PIECE = 100
# imsg reads so many rows at a time and waits, without an event, so long before it reads on (from 0.6).
ROWS_PER_POLL, _POLL_S = 100, 5.0


@dataclass(frozen=True, slots=True)
class Sending:
    """A send: when the child had read the request, and the row that it became."""

    read_ns: int
    row: Row


@dataclass(slots=True)
class _Subscription:
    """What a child listens to: everything or one chat, from which row on."""

    only: int | None
    cursor: int


@dataclass(slots=True, eq=False)
class _Child:
    """One connected ``imsg rpc``."""

    writer: asyncio.StreamWriter
    pid: int
    subscriptions: dict[int, _Subscription] = field(default_factory=dict[int, _Subscription])
    numbers: int = 0


class Mac:
    """What the phone children of one gateway share."""

    def __init__(self) -> None:
        self.sendings: list[Sending] = []
        self.rows: list[Row] = []
        self.chats: dict[int, Chat] = {}
        self.subscribed_ns = 0
        self._name = secrets.token_hex(4).upper()
        self.changed = asyncio.Condition()
        self._children: set[_Child] = set()

    @property
    def pids(self) -> set[int]:
        """The processes that are phones, not gateway."""
        return {child.pid for child in self._children}

    @property
    def watching_pids(self) -> set[int]:
        """Those of them that have a subscription."""
        return {child.pid for child in self._children if child.subscriptions}

    @property
    def is_watched(self) -> bool:
        """Whether a subscription stands."""
        return any(child.subscriptions for child in self._children)

    def add_person(self, number: int) -> Chat:
        """A direct chat with somebody."""
        handle = f"+1555{number:07d}"
        return self.chats.setdefault(number, Chat(number, handle, (handle,)))

    def add_group(self, number: int) -> Chat:
        """A group of two strangers and the account."""
        members = (f"+1666{number:07d}", f"+1667{number:07d}")
        return self.chats.setdefault(number, Chat(number, f"chat{number:018d}", members, is_group=True))

    async def receive(self, chat: Chat, text: str, files: Sequence[Path] = ()) -> Row:
        """A message from the other side, told to every watch; returns when it is on its way to them."""
        row = self._add(chat, chat.participants[0], text, from_me=False)
        row.files = tuple(files)
        self._poll()
        await self._drain()
        return row

    def store(self, chat: Chat, texts: Iterable[str]) -> None:
        """Messages that are there and that nobody is told of: they came while nobody listened."""
        for text in texts:
            self._add(chat, chat.participants[0], text, from_me=False)

    async def flood(self, chat: Chat, texts: Iterable[str]) -> None:
        """Many messages as fast as the gateway takes them; when each was told is not kept."""
        for number, text in enumerate(texts):
            self._add(chat, chat.participants[0], text, from_me=False)
            self._poll(timed=False)
            if number % _FLOOD_PIECE == 0:
                await self._drain()
        await self._drain()

    async def close(self) -> None:
        """Hang up on every phone child."""
        children = list(self._children)
        for child in children:
            child.writer.close()
        await asyncio.gather(*(child.writer.wait_closed() for child in children), return_exceptions=True)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve one phone child until it ends."""
        hello = await reader.readline()
        child = _Child(writer, int(hello.split()[1]))
        self._children.add(child)
        try:
            while line := await reader.readline():
                if line.startswith(b"told "):
                    _, row, moment = line.split()
                    await self._told(int(row), int(moment))
                else:
                    moment, _, request = line.partition(b" ")
                    await self._answer(child, int(moment), request)
        except ConnectionError:
            pass  # a killed gateway takes its phones along
        finally:
            self._children.discard(child)
            writer.close()

    async def _told(self, row: int, moment: int) -> None:
        self.rows[row - 1].told_ns = self.rows[row - 1].told_ns or moment
        await self._notify()

    async def _answer(self, child: _Child, moment: int, line: bytes) -> None:
        if not line.strip():
            return
        request: dict[str, Any] = json.loads(line)
        number: Any = request.get("id")
        params: dict[str, Any] = request.get("params") or {}
        method = self._methods().get(str(request.get("method")))
        if method is None:
            error = {"code": _NO_METHOD, "message": "Method not found", "data": request.get("method")}
            _write(child, "-", {"jsonrpc": "2.0", "id": number, "error": error})
            return
        method(child, number, params, moment)
        await self._notify()

    def _methods(self) -> dict[str, Any]:
        return {
            "chats.list": self._chats_list,
            "messages.history": self._history,
            "watch.subscribe": self._subscribe,
            "watch.unsubscribe": self._unsubscribe,
            "send": self._send,
        }

    def _chats_list(self, child: _Child, number: Any, params: dict[str, Any], _: int) -> None:
        newest = {row.chat.id: row for row in self.rows}
        rows = sorted(newest.values(), key=lambda row: -row.id)[: max(int(params.get("limit", 20)), 1)]
        _result(child, number, {"chats": [chat_object(row) for row in rows]})

    def _history(self, child: _Child, number: Any, params: dict[str, Any], _: int) -> None:
        limit, found = max(int(params.get("limit", 50)), 1), list[Row]()
        for row in reversed(self.rows):
            if row.chat.id == params.get("chat_id"):
                found.append(row)
            if len(found) == limit:
                break
        _result(child, number, {"messages": [message_object(row) for row in found]})

    def _subscribe(self, child: _Child, number: Any, params: dict[str, Any], moment: int) -> None:
        child.numbers += 1
        subscription, since = child.numbers, max(params.get("since_rowid") or len(self.rows), 0)
        _result(child, number, {"subscription": subscription})
        child.subscriptions[subscription] = _Subscription(params.get("chat_id"), since)
        self._tell_more(child, subscription)
        self.subscribed_ns = self.subscribed_ns or moment

    def _unsubscribe(self, child: _Child, number: Any, params: dict[str, Any], _: int) -> None:
        child.subscriptions.pop(params.get("subscription", 0), None)
        _result(child, number, {"ok": True})

    def _send(self, child: _Child, number: Any, params: dict[str, Any], moment: int) -> None:
        chat = self._target(params)
        if chat is None:
            error = {"code": _INVALID_PARAMS, "message": "Invalid params", "data": "unknown chat"}
            _write(child, "-", {"jsonrpc": "2.0", "id": number, "error": error})
            return
        row = self._add(chat, chat.participants[0], str(params.get("text", "")), from_me=True)
        self.sendings.append(Sending(moment, row))
        _result(child, number, {"ok": True, "id": row.id, "guid": guid(row)})
        self._poll()

    def _target(self, params: dict[str, Any]) -> Chat | None:
        wanted = params.get("chat_guid") or params.get("chat_identifier") or params.get("to")
        if params.get("chat_id"):
            return self.chats.get(int(params["chat_id"]))
        return next((chat for chat in self.chats.values() if wanted in (chat.guid, chat.identifier)), None)

    def _add(self, chat: Chat, sender: str, text: str, *, from_me: bool) -> Row:
        created = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        row = Row(len(self.rows) + 1, chat, sender, text, from_me, created, mac=self._name)
        self.rows.append(row)
        return row

    def _poll(self, *, timed: bool = True) -> None:
        """Something was written: every watch reads on."""
        for child in list(self._children):
            for subscription in list(child.subscriptions):
                self._tell_more(child, subscription, timed=timed)

    def _tell_more(self, child: _Child, number: int, *, timed: bool = True) -> None:
        """One poll of a watch. What is beyond a hundred rows waits for the next, as it does with imsg."""
        standing = child.subscriptions.get(number)
        if standing is None:
            return
        found = self.rows[standing.cursor : standing.cursor + ROWS_PER_POLL]
        standing.cursor += len(found)
        for row in found:
            if standing.only in (None, row.chat.id):
                _tell(child, number, row, timed=timed)
        if standing.cursor < len(self.rows):
            asyncio.get_running_loop().call_later(_POLL_S, self._tell_more, child, number)

    async def _drain(self) -> None:
        """Wait until the children have taken what was written: only where no child's own reader waits behind it."""
        for child in list(self._children):
            with suppress(ConnectionError):
                await child.writer.drain()

    async def _notify(self) -> None:
        async with self.changed:
            self.changed.notify_all()


def _tell(child: _Child, subscription: int, row: Row, *, timed: bool = True) -> None:
    params = {"subscription": subscription, "message": message_object(row)}
    _write(child, str(row.id) if timed else "-", {"jsonrpc": "2.0", "method": "message", "params": params})


def _result(child: _Child, number: Any, result: dict[str, Any]) -> None:
    _write(child, "-", {"jsonrpc": "2.0", "id": number, "result": result})


def _write(child: _Child, mark: str, message: dict[str, Any]) -> None:
    # Never waits: a child that is not read from any more could not be read from either, and both would stand still.
    line = json.dumps(message, ensure_ascii=False, separators=(",", ":"))
    child.writer.write(f"{mark} {line}\n".encode())


def install(folder: Path) -> Path:
    """Put the phone into ``folder`` as a program of its own; its path. ``-IS`` leaves out all that it does not need."""
    program = folder / "imsg"
    body = Path(phone.__file__).read_text(encoding="utf-8")
    program.write_text(f"#!{sys.executable} -IS\n{body}", encoding="utf-8")
    os.chmod(program, 0o700)
    return program


@asynccontextmanager
async def open_mac(folder: Path) -> AsyncGenerator[Mac]:
    """A Mac that listens for the phones installed in ``folder``, until the context ends."""
    mac = Mac()
    server = await asyncio.start_unix_server(mac.serve, folder / phone.SOCKET_NAME, limit=_LONGEST_LINE)
    try:
        yield mac
    finally:
        server.close()
        await mac.close()
