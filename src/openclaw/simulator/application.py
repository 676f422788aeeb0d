"""Messages.app as far as a send concerns it: the rows it writes for an order, when, and with what flaws.

Owns the orders and the misbehaviours of own rows. It must not know requests.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import Any, Literal, NamedTuple

from openclaw.simulator import later, rows, schema
from openclaw.simulator.behaviour import Behaviour
from openclaw.simulator.later import Lateness


class Direct(NamedTuple):
    """A send to a person."""

    handle: str
    service: str


class InChat(NamedTuple):
    """A send into a chat that is there."""

    chat: int
    service: str
    names: frozenset[str]
    """What a ghost row could be filed under."""


class Order(NamedTuple):
    """What is to be sent where, after all validation."""

    target: Direct | InChat
    text: str
    file: str | None
    thread: str | None = None
    """The message that the text hangs below."""


def write(behaviour: Behaviour, database: str, order: Order) -> None:
    """Write the own rows of one send: the text first, then the file, as two messages.

    Raises NotSimulated and sqlite3.Error.
    """
    with closing(schema.open_writing(database)) as connection:
        connection.execute("BEGIN IMMEDIATE")
        with connection:
            if isinstance(order.target, InChat) and behaviour.take("ghost-row"):
                _write_ghost(connection, order.target, behaviour.now())
            else:
                _write_rows(behaviour, connection, order)


def lateness(behaviour: Behaviour, whose: Literal["own", "inbound"]) -> Lateness:
    """Return what comes late of the next row, by the misbehaviours that are in force for ``whose`` rows."""
    return Lateness(
        join=_delay(behaviour, "late-join", whose),
        text=_delay(behaviour, "late-text", whose),
        direction=_delay(behaviour, "flip", whose) if whose == "own" else 0,
    )


def _delay(behaviour: Behaviour, kind: str, whose: str) -> float:
    entry = behaviour.look(kind)
    if entry is None or entry.get("whose", "all") not in ("all", whose) or not behaviour.take(kind):
        return 0
    return entry["delayMs"]


def _write_rows(behaviour: Behaviour, connection: sqlite3.Connection, order: Order) -> None:
    match order.target:
        case Direct(handle, service):
            chat = rows.direct_chat(connection, handle, service)
        case InChat(chat, service):
            pass
    own = rows.Row(
        text="",
        handle=rows.peer(connection, chat),
        chat=chat,
        service=service,
        from_me=True,
        date=behaviour.now() if behaviour.look("clock-jump") else 0,
    )
    if order.text:
        body_only = behaviour.settings.own_text == "body"
        _write_row(
            behaviour, connection, own._replace(text=order.text, body_only=body_only, thread=order.thread)
        )
    if order.file:
        _write_row(behaviour, connection, own._replace(text=rows.ATTACHMENT_MARK, files=(order.file,)))


def _write_row(behaviour: Behaviour, connection: sqlite3.Connection, row: rows.Row) -> None:
    row = row._replace(guid=rows.new_guid())
    late = behaviour.take("late-own-row")
    if late:
        later.plan(connection, late["delayMs"], {"do": "row", "row": row})
    else:
        later.write(connection, row, lateness(behaviour, "own"))
    if _is_self_chat(connection, row.handle) and behaviour.take("mirror"):
        rows.message(connection, row._replace(from_me=False, guid=""))
    reflected = behaviour.take("reflect")
    if reflected:
        later.plan(connection, reflected["delayMs"], _reflection(connection, row, reflected))


def _is_self_chat(connection: sqlite3.Connection, handle: int) -> bool:
    found = connection.execute("SELECT id FROM handle WHERE ROWID = ?", (handle,)).fetchone()
    return found is not None and found[0] == schema.own_property(connection, schema.OWN_HANDLE)


def _reflection(connection: sqlite3.Connection, row: rows.Row, entry: dict[str, Any]) -> dict[str, Any]:
    peer = row.handle or rows.somebody(connection, row.chat or 0)
    reference = (0, f"p:0/{row.guid}") if entry["reply"] else None
    return {"do": "row", "row": row._replace(from_me=False, guid="", handle=peer, tapback=reference)}


def _write_ghost(connection: sqlite3.Connection, target: InChat, date: int) -> None:
    guid = next(name for name in target.names if ";" in name)
    handle = rows.handle(connection, guid, "SMS")
    ghost = rows.Row(text="", handle=handle, chat=None, service="SMS", from_me=True, date=date)
    rows.message(connection, ghost)
