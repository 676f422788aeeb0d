"""Messages: one row for each ``chat.db`` row that reached us. The only module that writes ``message.state``.

A received | suspect ──B──> ours | owner typed | dropped | challenged | held | quarantined | paused
             | late | waiting | commanded | context | suspect (looked at again, and judged anew)
C paused ───────> received            (resumed: judged again)
D waiting ──────> in turn (a turn claimed it); paused (its chat was); dropped | waiting (queue full: refused | in short)
E waiting | commanded ──> answered    (a command was answered) | dropped (it was not its sender's to give);
  waiting ──> cancelled (/stop)
F in turn ──────> answered | silent | failed | cancelled
G late ─────────> waiting             (the backlog it came with is in)
H held | late | context ──> received  (the operator released it: judged again, and not set aside again)
I held | late | quarantined | paused | context ──> dropped   (the operator dropped it)
K received | suspect | late | waiting | paused ──> held   (a ledger was restored: nothing goes on by itself)
J failed ───────> in turn             (the operator has its turn run again)
L context ──────> shown               (a turn that had it as context was answered, and needs it no more)
M context ──────> dropped             (newer ones, or its age, pushed it out)
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Connection,
    Select,
    and_,
    bindparam,
    insert,
    select,
    update,
)

from openclaw.domain.admission import Admitted, Overheard, Verdict, verdict_state
from openclaw.domain.ids import AccountId, ChatKey, MessageId, TurnId
from openclaw.domain.messages import InboundMessage, LedgerMessage, MessageState
from openclaw.domain.sessions import PeerKind, Route
from openclaw.store import attachments, checkpoints, databases
from openclaw.store.message_rows import NO_GUID, load_row, quote_columns, values_of
from openclaw.store.schema import IN_CONTEXT
from openclaw.store.schema import message as table

# States whose text somebody still needs: the agent, or the operator who may release it.
_KEEPS_TEXT = frozenset(
    {
        MessageState.RECEIVED,
        MessageState.SUSPECT,
        MessageState.COMMANDED,
        MessageState.WAITING,
        MessageState.LATE,
        MessageState.PAUSED,
        MessageState.HELD,
        MessageState.QUARANTINED,
        MessageState.CONTEXT,
    }
)
# What the index of states leaves out, in its order: nearly all messages end in one of them.
_SETTLED = (MessageState.ANSWERED, MessageState.DROPPED, MessageState.OURS)
_FORGOTTEN: dict[str, Any] = {"text": None, "participants": None, "own_files": None, **quote_columns(None)}

# Nobody will be shown what came with them.
_WITHOUT_FILES = (MessageState.DROPPED, MessageState.CHALLENGED, MessageState.OURS, MessageState.OWNER_TYPED)

# The statements of every message's way are made once: making one, and finding it again among the compiled ones, takes
# several times as long as running it.
_KNOWN = select(table.c.identity).where(
    table.c.account == bindparam("of_account"), table.c.identity.in_(bindparam("identities", expanding=True))
)
_KEEP = insert(table).returning(table.c.id, sort_by_parameter_order=True)
_LOAD = select(table).where(table.c.id.in_(bindparam("ids", expanding=True))).order_by(table.c.id)
_WAITING = (
    select(table)
    .where(table.c.state == MessageState.WAITING, table.c.session_key == bindparam("session"))
    .order_by(table.c.id)
    .limit(bindparam("most"))
)
_IS_WAITING = (
    select(table.c.id)
    .where(
        table.c.state == MessageState.WAITING,
        table.c.session_key == bindparam("session"),
        table.c.account == bindparam("of_account"),
        table.c.chat_key == bindparam("of_chat"),
    )
    .limit(1)
)
_OF_TURN = select(table).where(table.c.turn_id == bindparam("turn")).order_by(table.c.id)
_SHOWN_IN = select(table.c.id).where(table.c.shown_in == bindparam("turn"), IN_CONTEXT).order_by(table.c.id)
# SQLite takes at most 32,766 values in one statement.
_AT_ONCE = 10_000
_CHANGE = update(table).where(table.c.id == bindparam("which"))


def receive(tx: Connection, batch: Sequence[InboundMessage], now: datetime) -> list[MessageId]:
    """Keep the rows of one account that are new, in their order; a row reported again is left as it is."""
    if not batch:
        return []
    account = batch[0].account
    names = _identities(tx, batch)
    known = set(tx.scalars(_KNOWN, {"of_account": account, "identities": names}))
    new: list[dict[str, Any]] = []
    for identity, row in zip(names, batch, strict=True):
        if identity not in known:
            known.add(identity)
            new.append(values_of(identity, row, now))
    if not new:
        return []
    ids = [MessageId(found) for found in tx.scalars(_KEEP, new)]
    attachments.announce(tx, ids, batch)
    return ids


def judge(
    tx: Connection, message: LedgerMessage, verdict: Verdict, route: Route | None, now: datetime
) -> None:
    """Write down what ``verdict`` says of a received message, and forget a text that nobody needs any more.

    ``route`` is where an admitted message goes; a verdict that admits nothing has none. What ``message`` quotes and
    the words of a command are kept as they stand there.
    """
    state = verdict_state(verdict)
    values: dict[str, Any] = {"state": state, "reason": verdict.reason}
    if isinstance(verdict, Overheard):
        values |= quote_columns(message.message.quote)
    if isinstance(verdict, Admitted) and route is not None:
        values |= {
            "session_key": route.session,
            "agent": route.agent,
            "is_group": verdict.peer.kind is PeerKind.GROUP,
            "authorised": verdict.authorised,
            "owner": verdict.owner,
            "approver": verdict.approver,
            "command": verdict.command.word if verdict.command else None,
            **quote_columns(message.message.quote),
        }
    if values.get("command"):
        values["text"] = message.message.text
    if state not in _KEEPS_TEXT:
        values |= _FORGOTTEN
    _set(tx, [message.id], now, **values)


def amend(tx: Connection, message: MessageId, row: InboundMessage) -> None:
    """Write down how the phone shows a doubtful row now; its state, its name and its first sight stay."""
    values = values_of("", row, row.sent_at)
    for kept in ("account", "identity", "row_id", "received_at", "state", "released"):
        del values[kept]
    doubtful = _CHANGE.where(table.c.state == MessageState.SUSPECT)
    if tx.execute(doubtful, {"which": message, **values}).rowcount:
        attachments.announce_anew(tx, message, row)


def load(tx: Connection, ids: Collection[MessageId]) -> list[LedgerMessage]:
    """The messages ``ids``, in the order in which they arrived."""
    wanted = sorted(ids)
    parts = (wanted[start : start + _AT_ONCE] for start in range(0, len(wanted), _AT_ONCE))
    return [load_row(row) for part in parts for row in tx.execute(_LOAD, {"ids": part})]


def in_state(
    tx: Connection,
    *states: MessageState,
    account: AccountId | None = None,
    limit: int = 1000,
    newest_first: bool = False,
) -> list[LedgerMessage]:
    """Messages in one of ``states``, oldest first unless told otherwise, at most ``limit``."""
    query = _in_state(states, of_account=account is not None, newest_first=newest_first)
    return [load_row(row) for row in tx.execute(query, {"of_account": account, "most": limit})]


@lru_cache(maxsize=64)
def _in_state(
    states: tuple[MessageState, ...], *, of_account: bool, newest_first: bool
) -> Select[tuple[Any, ...]]:
    order = table.c.id.desc() if newest_first else table.c.id
    query = select(table).where(in_states(states)).order_by(order).limit(bindparam("most"))
    return query.where(table.c.account == bindparam("of_account")) if of_account else query


def in_states(states: Collection[MessageState]) -> ColumnElement[bool]:
    """The condition that a message is in one of ``states``, worded so that the index of unfinished ones serves it."""
    condition = table.c.state.in_(states)
    if set(states).intersection(_SETTLED):
        return condition
    # SQLite uses that index only for a statement that literally has the index's own condition.
    settled: BindParameter[Any] = bindparam("settled", _SETTLED, expanding=True, literal_execute=True)
    return and_(condition, table.c.state.not_in(settled))


def latest(tx: Connection, limit: int) -> list[LedgerMessage]:
    """The newest messages, newest first, whatever became of them."""
    return [load_row(row) for row in tx.execute(select(table).order_by(table.c.id.desc()).limit(limit))]


def accounts_with(tx: Connection, state: MessageState) -> set[AccountId]:
    """The accounts that have any message in ``state``."""
    found = tx.scalars(select(table.c.account).where(in_states((state,))).distinct())
    return {AccountId(account) for account in found}


def waiting_sessions(tx: Connection) -> list[str]:
    """The sessions that have admitted messages no turn has taken yet."""
    query = select(table.c.session_key).where(table.c.state == MessageState.WAITING).distinct()
    return [key for key in tx.scalars(query) if key]


def waiting(tx: Connection, session_key: str, limit: int) -> list[LedgerMessage]:
    """The admitted messages of one session that no turn has taken yet, oldest first."""
    return [load_row(row) for row in tx.execute(_WAITING, {"session": session_key, "most": limit})]


def is_waiting(tx: Connection, session_key: str, account: AccountId, chat: ChatKey) -> bool:
    """Whether anything said to a session in a chat waits for a turn."""
    asked = {"session": session_key, "of_account": account, "of_chat": chat}
    return tx.scalar(_IS_WAITING, asked) is not None


def of_turn(tx: Connection, turn: TurnId) -> list[LedgerMessage]:
    """The messages that a turn answers, in order."""
    return [load_row(row) for row in tx.execute(_OF_TURN, {"turn": turn})]


def put_in_turn(tx: Connection, ids: Sequence[MessageId], turn: TurnId, now: datetime) -> None:
    """Hand messages to a turn: waiting ones (D), or those of a turn that runs again (J)."""
    _set(tx, ids, now, state=MessageState.IN_TURN, turn_id=turn)


def put_back(
    tx: Connection, ids: Sequence[MessageId], state: MessageState, now: datetime, reason: str = ""
) -> None:
    """Let messages be judged again (C), or late ones be taken (G): ``state`` is ``received`` or ``waiting``."""
    _set(tx, ids, now, state=state, turn_id=None, reason=reason or None)


def release(tx: Connection, ids: Sequence[MessageId], now: datetime, reason: str = "released") -> None:
    """Let messages be judged again, with the mark that nothing may hold them a second time (H).

    ``reason`` is what they were set aside for where that itself is overruled.
    """
    _set(tx, ids, now, state=MessageState.RECEIVED, reason=reason, released=True, shown_in=None)


def overhear(tx: Connection, ids: Sequence[MessageId], now: datetime, reason: str) -> None:
    """Keep messages as context of the next answer in their group; what they quote is not needed for that (B)."""
    forgotten = {**_FORGOTTEN}
    del forgotten["text"]
    _set(tx, ids, now, state=MessageState.CONTEXT, reason=reason, **forgotten)


def show_in(tx: Connection, ids: Sequence[MessageId], turn: TurnId) -> None:
    """Note that the prompt of ``turn`` has these messages as context; they stay so until it has ended."""
    if ids:
        tx.execute(_CHANGE, [{"which": each, "shown_in": turn} for each in ids])


def end_showing(tx: Connection, turn: TurnId, now: datetime, *, answered: bool) -> None:
    """What was context of ``turn`` is needed no more once that was answered (L); else the next turn shows it again."""
    ids = [MessageId(found) for found in tx.scalars(_SHOWN_IN, {"turn": turn})]
    if answered:
        _set(tx, ids, now, state=MessageState.SHOWN, **_FORGOTTEN)
    elif ids:
        tx.execute(_CHANGE, [{"which": each, "shown_in": None} for each in ids])


def settle(
    tx: Connection, ids: Sequence[MessageId], state: MessageState, now: datetime, reason: str = ""
) -> None:
    """Write the end of messages (E, F, I, M)."""
    _set(tx, ids, now, state=state, reason=reason or None)


def carried_out(tx: Connection, message: MessageId, now: datetime, reason: str) -> None:
    """Write the end of a command (E), and forget its words, which may hold a secret."""
    _set(tx, [message], now, state=MessageState.ANSWERED, reason=reason, **_FORGOTTEN)


def _set(tx: Connection, ids: Sequence[MessageId], now: datetime, **values: Any) -> None:
    if values["state"] == MessageState.DROPPED:
        values |= _FORGOTTEN
    if not ids:
        return
    if values["state"] in _WITHOUT_FILES:
        attachments.remove(tx, ids)
    tx.execute(_CHANGE, [{"which": each, **values} for each in ids])
    checkpoints.record(tx, "message", ids, str(values["state"]), now, str(values.get("reason") or ""))


def _identities(tx: Connection, batch: Sequence[InboundMessage]) -> list[str]:
    """What names each row for ever: its guid, or else its number in one of the databases that its account has had."""
    if all(row.guid for row in batch):
        return [row.guid for row in batch]
    epoch = databases.epoch(tx, batch[0].account)
    where = "" if epoch == 1 else f"{epoch}/"
    return [row.guid or f"{NO_GUID}{where}{row.row_id}" for row in batch]
