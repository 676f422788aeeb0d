"""What people do to a Mac's messages: somebody writes, reacts, founds a group; the owner types by hand.

Each function opens the database, writes or reads as macOS does, and closes it: any number of processes may do so at
once. It must not know imsg; whoever wants to see what imsg makes of a row asks the look-alike.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Generator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, NamedTuple, TypedDict, Unpack

from openclaw.simulator import application, later, rows, schema, tapbacks
from openclaw.simulator.behaviour import Behaviour
from openclaw.simulator.disk import replace_database, restore, snapshot
from openclaw.simulator.threads import Bubble, read_thread

__all__ = [
    "TAPBACKS",
    "Bubble",
    "Manner",
    "NoSuchChat",
    "Said",
    "Service",
    "backlog",
    "create_database",
    "join",
    "make_group",
    "owner_types",
    "read_thread",
    "replace_database",
    "restore",
    "say",
    "snapshot",
    "tapback",
]

Service = Literal["iMessage", "SMS", "RCS"]

TAPBACKS = tapbacks.KINDS
_FIRST_ANY_MACOS = 26


class NoSuchChat(ValueError):
    """A chat was named that the database does not have."""


class Manner(TypedDict, total=False):
    """How something is said, beside what and by whom; everything is optional."""

    service: Service
    attachments: Sequence[Path | str]
    body_only: bool
    """Leave the `text` column empty, as newer systems do, and keep the text in `attributedBody` alone."""
    at: float
    """Unix time of the row instead of now."""
    guid: str
    reply_to: str
    """The guid of the message that starts the inline thread."""
    joined: bool
    """False leaves the row without its chat until `join` is called."""
    join_after: float
    """Seconds until the row gets its chat by itself."""
    text_after: float
    """Seconds until the row gets its text and its files."""
    own_after: float
    """Seconds until a row that the owner typed is the account's own: before, it seems to be the peer's."""
    mirrored: bool
    """A row that the owner typed is there a second time as inbound, as in a chat with oneself."""


@dataclass(frozen=True, slots=True)
class Said:
    """A row that was written."""

    row_id: int
    guid: str
    chat_id: int
    chat_guid: str


def create_database(path: Path | str, own_handle: str = "+15550100000", *, macos: int = 15) -> Path:
    """Make an empty Messages database of the account ``own_handle``, with its directory (0700), and return its path.

    From ``macos`` 26 on every chat guid starts with `any`. Raises FileExistsError when a database is there.
    """
    target = Path(path)
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    schema.create(target, own_handle, "any" if macos >= _FIRST_ANY_MACOS else "")
    return target


def make_group(path: Path | str, name: str, members: Sequence[str], service: Service = "iMessage") -> int:
    """Found a group called ``name`` ("" for unnamed) and return its chat id."""
    with _writing(path) as pen:
        return rows.group_chat(pen.connection, name, list(members), service)


def say(
    path: Path | str,
    sender: str,
    text: str,
    *,
    chat: int | None = None,
    group: str | None = None,
    **how: Unpack[Manner],
) -> Said:
    """Write what ``sender`` says into the direct chat, the chat with id ``chat`` or the group called ``group``.

    A direct chat is made on first use. Raises NoSuchChat for an unknown chat or group.
    """
    with _writing(path) as pen:
        service = how.get("service", "iMessage")
        where = _chat(pen.connection, chat, group) or rows.direct_chat(pen.connection, sender, service)
        return _write(pen, text, rows.handle(pen.connection, sender, service), where, how)


def backlog(
    path: Path | str,
    sender: str,
    texts: Sequence[str],
    *,
    chat: int | None = None,
    group: str | None = None,
    step: float = 1.0,
    **how: Unpack[Manner],
) -> list[Said]:
    """Write many messages of ``sender`` in one transaction: what comes after a night without a network.

    They are dated ``step`` seconds apart from ``at`` on, or without it so that the last one is of this moment. With an
    ``at`` of long ago it is what iCloud brings back: old dates under new row ids. Otherwise as `say`.
    """
    with _writing(path) as pen:
        service = how.get("service", "iMessage")
        where = _chat(pen.connection, chat, group) or rows.direct_chat(pen.connection, sender, service)
        handle = rows.handle(pen.connection, sender, service)
        start = how.get("at", rows.now() / 1e9 + rows.APPLE_EPOCH_S - step * (len(texts) - 1))
        said: list[Said] = []
        for number, text in enumerate(texts):
            how["at"] = start + step * number
            said.append(_write(pen, text, handle, where, how))
        return said


def tapback(path: Path | str, sender: str, guid: str, kind: str = "love", *, remove: bool = False) -> Said:
    """Write the reaction of ``sender`` to the message ``guid``: a word of TAPBACKS, or any emoji.

    Raises NoSuchChat when no chat holds that message.
    """
    with _writing(path) as pen:
        try:
            written, chat = tapbacks.write(pen.connection, guid, kind, sender=sender, remove=remove)
        except tapbacks.NoSuchMessage as error:
            raise NoSuchChat(str(error)) from None
        return _said(pen.connection, written, chat)


def owner_types(
    path: Path | str,
    text: str,
    *,
    to: str | None = None,
    chat: int | None = None,
    group: str | None = None,
    **how: Unpack[Manner],
) -> Said:
    """Write what the owner of the account types by hand on another device: an own row that nobody's `send` made.

    Raises NoSuchChat for an unknown chat, ValueError when neither ``to`` nor a chat is given.
    """
    with _writing(path) as pen:
        service = how.get("service", "iMessage")
        where = _chat(pen.connection, chat, group)
        if where is None and to is None:
            raise ValueError("say where the owner types: to, chat or group")
        where = where or rows.direct_chat(pen.connection, str(to), service)
        own = _write(pen, text, rows.peer(pen.connection, where), where, how, from_me=True)
        if how.get("mirrored"):
            mirror = how.copy()
            mirror.pop("guid", None)
            _write(pen, text, rows.somebody(pen.connection, where), where, mirror)
        return own


def join(path: Path | str, said: Said) -> None:
    """Give a row that was written with ``joined=False`` its chat."""
    with _writing(path) as pen:
        pen.connection.execute(
            "INSERT INTO chat_message_join SELECT ?, ROWID, date FROM message WHERE ROWID = ?",
            (said.chat_id, said.row_id),
        )


class _Pen(NamedTuple):
    """An open transaction, and how the Mac behaves that it is on."""

    connection: sqlite3.Connection
    behaviour: Behaviour
    late: later.Lateness
    """What comes late of inbound rows, whatever their manner says."""


@contextmanager
def _writing(path: Path | str) -> Generator[_Pen]:
    with closing(schema.open_writing(path)) as connection:
        connection.execute("BEGIN IMMEDIATE")
        with connection:
            later.settle_within(connection)
            behaviour = Behaviour(str(path))
            yield _Pen(connection, behaviour, application.lateness(behaviour, "inbound"))


def _write(pen: _Pen, text: str, handle: int, chat: int, how: Manner, *, from_me: bool = False) -> Said:
    files = tuple(str(Path(each).resolve()) for each in how.get("attachments", ()))
    row = rows.Row(
        text=rows.ATTACHMENT_MARK * len(files) + text,
        handle=handle,
        chat=chat if how.get("joined", True) else None,
        service=how.get("service", "iMessage"),
        from_me=from_me,
        body_only=how.get("body_only", False),
        guid=how.get("guid", ""),
        date=int((how["at"] - rows.APPLE_EPOCH_S) * 1e9) if "at" in how else pen.behaviour.now(),
        files=files,
        thread=how.get("reply_to"),
    )
    written = later.write(pen.connection, row, _lateness(pen, how, from_me=from_me))
    return _said(pen.connection, written, chat)


def _lateness(pen: _Pen, how: Manner, *, from_me: bool) -> later.Lateness:
    forced = later.Lateness() if from_me else pen.late
    return later.Lateness(
        join=(how.get("join_after", 0) * 1000 or forced.join) if how.get("joined", True) else 0,
        text=how.get("text_after", 0) * 1000 or forced.text,
        direction=how.get("own_after", 0) * 1000 if from_me else 0,
    )


def _said(connection: sqlite3.Connection, written: tuple[int, str], chat: int) -> Said:
    guid = connection.execute("SELECT guid FROM chat WHERE ROWID = ?", (chat,)).fetchone()[0]
    return Said(row_id=written[0], guid=written[1], chat_id=chat, chat_guid=str(guid))


def _chat(connection: sqlite3.Connection, chat: int | None, group: str | None) -> int | None:
    if chat is None and group is None:
        return None
    found = connection.execute(
        "SELECT ROWID FROM chat WHERE ROWID = ? OR (display_name = ? AND style = ?)",
        (chat, group, rows.GROUP_STYLE),
    ).fetchone()
    if found is None:
        raise NoSuchChat(f"there is no chat {chat if chat is not None else repr(group)}; make a group first")
    return int(found[0])
