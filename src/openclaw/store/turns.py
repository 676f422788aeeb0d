"""Turns: each run of an agent. The only module that writes ``turn.state``.

A (claimed) ──> running           attempts is committed before the run
B running ────> finished          with its transcript and its deliveries, in one transaction
C running ────> queued            it failed, or the gateway stopped, before any effect; it runs again
D queued ─────> running
E running ────> failed            the third attempt failed
F running ────> cancelled         /stop
G running ────> interrupted       the gateway stopped after an effect had begun; nobody repeats that unasked
H failed | interrupted ──> queued              the operator had it run again: three new attempts
I queued | failed | interrupted ──> cancelled  the operator gave it up, or /stop came between two attempts
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, Connection, Row, bindparam, func, insert, select, update

from openclaw.domain.admission import Reason
from openclaw.domain.chats import ChatRef
from openclaw.domain.ids import AccountId, AgentId, ChatKey, ChatRowId, SessionKey, TurnId
from openclaw.domain.messages import LedgerMessage
from openclaw.domain.turns import Finished, Turn, TurnMessage, TurnRecord, TurnState
from openclaw.store import checkpoints, messages
from openclaw.store.clock import from_ms, to_ms
from openclaw.store.schema import OPEN_TURN
from openclaw.store.schema import turn as table

BADLY_ENDED = (TurnState.FAILED, TurnState.INTERRUPTED)
"""States of turns that a person may want to run again."""

# Made once: making a statement takes several times as long as running it.
_CREATE = insert(table).returning(table.c.id)
_FIND = select(table).where(table.c.id == bindparam("which"))
_SINCE = (
    select(table.c.id, table.c.started_at)
    .where(
        table.c.account == bindparam("of_account"),
        table.c.chat_key == bindparam("of_chat"),
        table.c.started_at > bindparam("start"),
    )
    .order_by(table.c.started_at, table.c.id)
)
_OPEN = select(table.c.id).where(OPEN_TURN, table.c.session_key == bindparam("session")).limit(1)
_CHANGE = update(table).where(table.c.id == bindparam("which"))
_UNDER_WAY = (
    select(table.c.id)
    .where(
        OPEN_TURN,
        table.c.session_key == bindparam("session"),
        table.c.account == bindparam("of_account"),
        table.c.chat_key == bindparam("of_chat"),
    )
    .limit(1)
)


def create(tx: Connection, claimed: list[LedgerMessage], now: datetime) -> Turn:
    """A running turn over ``claimed``: messages of one session and one chat (A)."""
    first = claimed[0]
    chat = first.message.chat
    if chat is None:
        raise ValueError(f"message {first.id} has no chat and cannot be answered")
    turn_id = tx.execute(
        _CREATE,
        {
            "account": first.message.account,
            "agent": first.agent,
            "session_key": first.session,
            "chat_key": chat.key,
            "chat_row_id": chat.row_id,
            "chat_guid": chat.guid,
            "chat_identifier": chat.identifier,
            "is_group": first.is_group,
            "state": TurnState.RUNNING,
            "attempts": 1,
            "effects": False,
            "started_at": to_ms(now),
        },
    ).scalar_one()
    messages.put_in_turn(tx, [message.id for message in claimed], turn_id, now)
    checkpoints.record(tx, "turn", [turn_id], TurnState.RUNNING, now)
    return Turn(
        id=TurnId(turn_id),
        account=first.message.account,
        agent=AgentId(first.agent),
        session=SessionKey(first.session),
        chat=chat,
        is_group=first.is_group,
        messages=tuple(as_told(held) for held in claimed),
        attempts=1,
        effects=False,
    )


def load(tx: Connection, turn: TurnId) -> Turn:
    """A turn with its messages."""
    return _load(tx, tx.execute(_FIND, {"which": turn}).one())


def since(
    tx: Connection, account: AccountId, chat: ChatKey, start: datetime
) -> list[tuple[TurnId, datetime]]:
    """The turns of a chat that were created after ``start``, oldest first, each with when that was."""
    rows = tx.execute(_SINCE, {"of_account": account, "of_chat": chat, "start": to_ms(start)})
    return [(TurnId(row.id), from_ms(row.started_at)) for row in rows]


def queued(tx: Connection, session: SessionKey) -> list[Turn]:
    """The turns of a session that are to run again, oldest first."""
    query = (
        select(table)
        .where(OPEN_TURN, table.c.session_key == session, table.c.state == TurnState.QUEUED)
        .order_by(table.c.id)
    )
    return [_load(tx, row) for row in tx.execute(query).all()]


def queued_sessions(tx: Connection) -> list[str]:
    """The sessions that have a turn to run again."""
    query = select(table.c.session_key).where(OPEN_TURN, table.c.state == TurnState.QUEUED)
    return list(tx.scalars(query.distinct()))


def is_open(tx: Connection, session: SessionKey) -> bool:
    """Whether a turn of the session runs, or is to run again."""
    return tx.scalar(_OPEN, {"session": session}) is not None


def is_under_way(tx: Connection, session: SessionKey, account: AccountId, chat: ChatKey) -> bool:
    """Whether anything that was said to a session in a chat is being answered, or waits to be."""
    asked = {"session": session, "of_account": account, "of_chat": chat}
    return tx.scalar(_UNDER_WAY, asked) is not None or messages.is_waiting(tx, session, account, chat)


def running(tx: Connection) -> list[Turn]:
    """The turns that run, or ran when the gateway stopped."""
    query = select(table).where(OPEN_TURN, table.c.state == TurnState.RUNNING)
    return [_load(tx, row) for row in tx.execute(query).all()]


def run_again(tx: Connection, turn: Turn, now: datetime) -> Turn:
    """Begin the next attempt of a queued turn (D)."""
    _set(tx, turn.id, now, TurnState.RUNNING, attempts=turn.attempts + 1)
    return load(tx, turn.id)


def mark_effects(tx: Connection, turn: TurnId) -> None:
    """Note that the turn begins to do what must not be done twice; committed before it is done."""
    tx.execute(update(table).where(table.c.id == turn).values(effects=True))


def put_back(tx: Connection, turn: TurnId, now: datetime, error: str) -> None:
    """Let a turn without effects run again (C)."""
    _set(tx, turn, now, TurnState.QUEUED, error=error)


def retry(tx: Connection, turn: Turn, now: datetime) -> None:
    """Let a turn that ended badly run again, as if for the first time, with the messages it had (H)."""
    reason = "run again by the operator"
    _set(tx, turn.id, now, TurnState.QUEUED, error=reason, attempts=0, effects=False, ended_at=None)
    messages.put_in_turn(tx, [message.id for message in turn.messages], turn.id, now)


def find_record(tx: Connection, turn: int) -> TurnRecord | None:
    """The turn with that number, and what became of it."""
    row = tx.execute(select(table).where(table.c.id == turn)).one_or_none()
    return _load_record(tx, row) if row else None


def records(tx: Connection, states: Collection[TurnState], limit: int) -> list[TurnRecord]:
    """Turns in one of ``states``, or in any, newest first."""
    query = select(table).order_by(table.c.id.desc()).limit(limit)
    if set(states) == set(BADLY_ENDED):
        query = query.where(ended_badly())
    elif states:
        query = query.where(table.c.state.in_(states))
    return [_load_record(tx, row) for row in tx.execute(query).all()]


def count_badly_ended(tx: Connection) -> int:
    """How many turns a person may want to run again."""
    return tx.scalar(select(func.count()).select_from(table).where(ended_badly())) or 0


def ended_badly() -> ColumnElement[bool]:
    """The condition that a turn ended badly, worded so that the index of such turns serves it."""
    # SQLite uses that index only for a statement that literally has the index's own condition.
    states: BindParameter[Any] = bindparam("ended_badly", BADLY_ENDED, expanding=True, literal_execute=True)
    return table.c.state.in_(states)


def of_sessions(tx: Connection, keys: Collection[SessionKey]) -> dict[SessionKey, TurnRecord]:
    """The turn that runs, or is to run again, in each of ``keys`` that has one."""
    query = select(table).where(OPEN_TURN, table.c.session_key.in_(keys))
    rows = tx.execute(query.order_by(table.c.id.desc())).all()
    return {SessionKey(row.session_key): _load_record(tx, row) for row in rows}


def finish(tx: Connection, turn: TurnId, finished: Finished, now: datetime) -> None:
    """Write a good end (B)."""
    messages.end_showing(tx, turn, now, answered=True)
    _set(
        tx,
        turn,
        now,
        TurnState.FINISHED,
        model=finished.model,
        input_tokens=finished.input_tokens,
        output_tokens=finished.output_tokens,
        error=None,
        ended_at=to_ms(now),
    )


def end(tx: Connection, turn: TurnId, state: TurnState, now: datetime, error: str = "") -> None:
    """Write another end: failed (E), cancelled (F, I) or interrupted (G); ``error`` is for the operator."""
    messages.end_showing(tx, turn, now, answered=False)
    _set(tx, turn, now, state, error=error or None, ended_at=to_ms(now))


def _set(tx: Connection, turn: TurnId, now: datetime, state: TurnState, **values: Any) -> None:
    tx.execute(_CHANGE, {"which": turn, "state": state, **values})
    checkpoints.record(tx, "turn", [turn], state, now, values.get("error") or "")


def _load_record(tx: Connection, row: Row[Any]) -> TurnRecord:
    return TurnRecord(
        turn=_load(tx, row),
        state=TurnState(row.state),
        error=row.error or "",
        model=row.model or "",
        input_tokens=row.input_tokens,
        output_tokens=row.output_tokens,
        started_at=from_ms(row.started_at),
        ended_at=from_ms(row.ended_at) if row.ended_at is not None else None,
    )


def _load(tx: Connection, row: Row[Any]) -> Turn:
    return Turn(
        id=TurnId(row.id),
        account=AccountId(row.account),
        agent=AgentId(row.agent),
        session=SessionKey(row.session_key),
        chat=ChatRef(ChatRowId(row.chat_row_id), row.chat_guid, row.chat_identifier),
        is_group=row.is_group,
        messages=tuple(as_told(held) for held in messages.of_turn(tx, row.id)),
        attempts=row.attempts,
        effects=row.effects,
    )


def as_told(held: LedgerMessage) -> TurnMessage:
    """A message as a turn sees it."""
    message = held.message
    late, condensed = (held.reason == str(why) for why in (Reason.LATE, Reason.QUEUE_CONDENSED))
    return TurnMessage(
        held.id,
        message.sender,
        message.text,
        message.sent_at,
        late=late,
        condensed=condensed,
        authorised=held.authorised,
        command=held.command,
        name=message.sender_name,
        quote=message.quote,
        files=held.files,
        guid=message.guid,
    )
