"""Forgetting a person: what they wrote, what was written to them, and that they were ever let in.

What is open about them is closed first, by the modules that own those states. What cannot be known to be about them,
such as their name in somebody else's words, is left.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Table, and_, delete, or_, select, update

from openclaw.domain.delivery import Cause, DeliveryState
from openclaw.domain.handles import Handle, parse_handle
from openclaw.domain.ids import AccountId, DeliveryId, MessageId, TurnId
from openclaw.domain.messages import MessageState
from openclaw.domain.sessions import SUMMARY
from openclaw.domain.turns import TurnState
from openclaw.store import acp_schema, deliveries, erasure, messages, pairing, people_schema, schema, turns
from openclaw.store.files_schema import attachment
from openclaw.store.rehearsal import rehearsal

WHY = "forgotten on the operator's word"

_DIRECT = "-;"
_CLOSED_MESSAGES = (
    MessageState.OURS,
    MessageState.OWNER_TYPED,
    MessageState.DROPPED,
    MessageState.CHALLENGED,
    MessageState.SHOWN,
    MessageState.ANSWERED,
    MessageState.SILENT,
    MessageState.FAILED,
    MessageState.CANCELLED,
    MessageState.IN_TURN,
)


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody as the ledger knows them: every spelling of their handle, and the keys of their direct chats."""

    handle: Handle
    account: AccountId | None
    spellings: Sequence[str]
    chats: Sequence[str]


@dataclass(frozen=True, slots=True)
class Forgotten:
    """How much was forgotten. ``messages`` are those that they wrote and those in their direct chats."""

    messages: int
    deliveries: int
    turns: int
    transcript: int
    sessions: int
    chats: int
    approvals: int
    requests: int
    files: int

    @property
    def is_nothing(self) -> bool:
        """Whether the ledger knew nothing of them."""
        return not (self.messages or self.deliveries or self.chats or self.approvals or self.requests)


def find(tx: Connection, handle: Handle, account: AccountId | None) -> Person:
    """Who ``handle`` is in the ledger, in one account or in all."""
    senders = {
        str(row)
        for column in ("sender", "quote_sender")
        for row in tx.scalars(_of(schema.message, account, column))
        if _is(row, handle)
    }
    keyed = (schema.message, schema.turn, schema.delivery, schema.chat, people_schema.pairing)
    column = {schema.chat: "key"}
    keys = {
        str(row)
        for table in keyed
        for row in tx.scalars(_of(table, account, column.get(table, "chat_key")))
        if row and row.startswith(_DIRECT) and _is(row.removeprefix(_DIRECT), handle)
    }
    # A phone that told no guid: the chat is known by its number, and who is in it by its identifier.
    alone = select(schema.chat.c.key, schema.chat.c.identifier).where(schema.chat.c.is_group.is_(False))
    keys |= {row.key for row in tx.execute(alone.where(_in(schema.chat, account))) if _is(row[1], handle)}
    return Person(handle, account, sorted(senders | {handle}), sorted(keys))


def under_way(tx: Connection, who: Person) -> bool:
    """Whether something of theirs is being answered or sent at this moment, and cannot be forgotten yet."""
    asked = turns_of(who)
    running = select(schema.turn.c.id).where(schema.turn.c.id.in_(asked), schema.OPEN_TURN)
    moving = select(schema.delivery.c.id).where(_to(who), schema.delivery.c.state.in_(deliveries.UNCERTAIN))
    return tx.scalar(running.limit(1)) is not None or tx.scalar(moving.limit(1)) is not None


def turns_of(who: Person) -> Any:
    """A query for the numbers of the turns in which they were answered, or that were shown what they said."""
    table = schema.message
    wrote, seen = (
        select(column).where(_wrote(who), column.is_not(None))
        for column in (table.c.turn_id, table.c.shown_in)
    )
    return wrote.union(seen, select(schema.turn.c.id).where(_with(schema.turn, who)))


def forget(tx: Connection, who: Person, now: datetime) -> Forgotten:
    """Erase ``who``; what was asked of ``under_way`` before must be false."""
    _close(tx, who, now)
    asked = [TurnId(found) for found in tx.scalars(turns_of(who))]
    own = _own_sessions(tx, who)
    in_turns = schema.transcript.c.turn_id.in_(asked) if asked else schema.transcript.c.id < 0
    said = delete(schema.transcript).where(or_(in_turns, schema.transcript.c.session_key.in_(own)))
    transcript = tx.execute(said).rowcount + _unfold(tx, asked)
    _erase_steps(tx, who, asked, own)
    tx.execute(delete(schema.session_setting).where(schema.session_setting.c.session_key.in_(own)))
    sessions = tx.execute(delete(schema.session).where(schema.session.c.key.in_(own))).rowcount
    bubbles = tx.execute(update(schema.delivery).where(_to(who)).values(erasure.DELIVERY)).rowcount
    _release(tx, who, own)
    for table in (schema.pause, schema.resumed):
        tx.execute(delete(table).where(_with(table, who)))
    _erase_notices(tx, who)
    _erase_permissions(tx, who)
    files = _erase_files(tx, who)
    written = _erase_messages(tx, who)
    ended = tx.execute(update(schema.turn).where(_with(schema.turn, who)).values(erasure.TURN)).rowcount
    chats = delete(schema.chat).where(_in(schema.chat, who.account), schema.chat.c.key.in_(who.chats))
    grants = delete(people_schema.access_grant).where(_named(people_schema.access_grant, who))
    asked_in = or_(_named(people_schema.pairing, who), _with(people_schema.pairing, who))
    requests = update(people_schema.pairing).where(asked_in).values(erasure.PAIRING)
    return Forgotten(
        written,
        bubbles,
        ended,
        transcript,
        sessions,
        chats=tx.execute(chats).rowcount,
        approvals=tx.execute(grants).rowcount,
        requests=tx.execute(requests).rowcount,
        files=files,
    )


def _release(tx: Connection, who: Person, own: Sequence[str]) -> None:
    """Unbind their direct chats, forget what outside agents kept there, and who bound a group.

    A group stays bound; the owner alone binds it anew.
    """
    tx.execute(delete(acp_schema.acp_binding).where(_with(acp_schema.acp_binding, who)))
    table = acp_schema.acp_session
    tx.execute(delete(table).where(table.c.key.in_(own)))
    bound = acp_schema.acp_binding
    theirs = and_(_in(bound, who.account), bound.c.bound_by.in_(who.spellings))
    tx.execute(update(bound).where(theirs).values(bound_by=""))


def _erase_files(tx: Connection, who: Person) -> int:
    """Their files, and those in their chats; what lies on the disk is then nobody's, and removed as such."""
    table, steps = attachment, schema.checkpoint
    theirs = select(schema.message.c.id).where(or_(_wrote(who), _with(schema.message, who)))
    named = select(table.c.id).where(table.c.message_id.in_(theirs))
    tx.execute(delete(steps).where(steps.c.subject == "attachment", steps.c.subject_id.in_(named)))
    return tx.execute(delete(table).where(table.c.message_id.in_(theirs))).rowcount


def _erase_permissions(tx: Connection, who: Person) -> None:
    """What agents asked in their chats, and that they answered agents elsewhere."""
    table = acp_schema.permission
    tx.execute(delete(table).where(_with(table, who)))
    answered = update(table).where(_in(table, who.account), table.c.decided_by.in_(who.spellings))
    tx.execute(answered.values(decided_by=""))


def _unfold(tx: Connection, asked: Sequence[TurnId]) -> int:
    """Erase the summaries of sessions in which they spoke, for they may repeat their words; others' words remain."""
    spoke_in = select(schema.turn.c.session_key).where(schema.turn.c.id.in_(asked))
    table = schema.transcript
    return tx.execute(
        delete(table).where(table.c.role == SUMMARY, table.c.session_key.in_(spoke_in))
    ).rowcount


def rehearse(tx: Connection, who: Person, now: datetime) -> Forgotten:
    """What ``forget`` would do: it is done and taken back, so that no second way of counting can disagree."""
    with rehearsal(tx):
        return forget(tx, who, now)


def _close(tx: Connection, who: Person, now: datetime) -> None:
    """End what is open about them: requests, turns that may be repeated, bubbles and messages that wait."""
    for request in pairing.open_requests(tx, now, who.account):
        if request.handle == who.handle:
            pairing.deny(tx, request)
    table = schema.turn
    badly = select(table.c.id).where(table.c.id.in_(turns_of(who)), turns.ended_badly())
    for found in tx.scalars(badly).all():
        turns.end(tx, TurnId(found), TurnState.CANCELLED, now, WHY)
        held = messages.of_turn(tx, TurnId(found))
        messages.settle(tx, [one.id for one in held], MessageState.CANCELLED, now, WHY)
    states = schema.delivery.c.state.not_in((DeliveryState.CONFIRMED, DeliveryState.DROPPED))
    for found in tx.scalars(select(schema.delivery.c.id).where(_to(who), states)).all():
        deliveries.drop(tx, DeliveryId(found), now)
    table = schema.message
    open_ones = select(table.c.id, table.c.state).where(
        or_(_wrote(who), _with(table, who)), table.c.state.not_in(_CLOSED_MESSAGES)
    )
    rows = tx.execute(open_ones).all()
    waiting = [MessageId(row.id) for row in rows if row.state == MessageState.WAITING]
    messages.settle(tx, waiting, MessageState.CANCELLED, now, WHY)
    rest = [MessageId(row.id) for row in rows if row.state != MessageState.WAITING]
    messages.settle(tx, rest, MessageState.DROPPED, now, WHY)


def _own_sessions(tx: Connection, who: Person) -> list[str]:
    """The sessions in which nobody else was ever answered."""
    table = schema.turn
    theirs = {str(key) for key in tx.scalars(select(table.c.session_key).where(_with(table, who)).distinct())}
    table = schema.message
    direct = select(table.c.session_key).where(_with(table, who), table.c.session_key.is_not(None)).distinct()
    theirs |= {str(key) for key in tx.scalars(direct)}
    shared = select(schema.turn.c.session_key).where(
        schema.turn.c.session_key.in_(theirs), ~_with(schema.turn, who)
    )
    return sorted(theirs - {str(key) for key in tx.scalars(shared.distinct())} - {""})


def _erase_messages(tx: Connection, who: Person) -> int:
    table = schema.message
    direct = update(table).where(_with(table, who)).values(erasure.MESSAGE)
    elsewhere = update(table).where(_wrote(who)).values(erasure.WORDS)
    # Others' messages name the members of their group; those that are still to be judged need them.
    named = [table.c.participants.contains(f'"{spelling}"', autoescape=True) for spelling in who.spellings]
    members = update(table).where(_in(table, who.account), table.c.state.in_(_CLOSED_MESSAGES), or_(*named))
    quoting = update(table).where(_in(table, who.account), table.c.quote_sender.in_(who.spellings))
    tx.execute(quoting.values(quote_text=None, quote_sender=None))
    erased = tx.execute(direct).rowcount + tx.execute(elsewhere).rowcount
    tx.execute(members.values(participants=None))
    return erased


def _erase_notices(tx: Connection, who: Person) -> None:
    """What the owner was told of them; a message about them that is still on its way is left."""
    told, table = people_schema.notice, schema.delivery
    tx.execute(delete(told).where(told.c.says.contains(who.handle, autoescape=True)))
    about = table.c.text.contains(who.handle, autoescape=True)
    ours = table.c.cause.in_((Cause.NOTICE, Cause.COMMAND))
    ended = table.c.state.in_((DeliveryState.CONFIRMED, DeliveryState.DROPPED))
    tx.execute(update(table).where(ours, ended, about).values(text="", reason=None))


def _erase_steps(tx: Connection, who: Person, asked: Sequence[TurnId], sessions: Sequence[str]) -> None:
    """Reasons may quote what a phone or a model said, and a reset names its session."""
    table = schema.checkpoint
    sent = select(schema.delivery.c.id).where(_to(who))
    quoting: list[ColumnElement[bool]] = [
        and_(table.c.subject == "delivery", table.c.subject_id.in_(sent)),
        and_(table.c.subject == "turn", table.c.subject_id.in_(asked)),
        *(
            and_(table.c.subject == "session", table.c.reason.startswith(f"{key}: ", autoescape=True))
            for key in sessions
        ),
    ]
    tx.execute(update(table).where(or_(*quoting)).values(reason=None))


def _of(table: Table, account: AccountId | None, column: str) -> Any:
    return select(table.c[column]).where(_in(table, account)).distinct()


def _in(table: Table, account: AccountId | None) -> ColumnElement[bool]:
    return table.c.account.is_not(None) if account is None else table.c.account == account


def _with(table: Table, who: Person) -> ColumnElement[bool]:
    """In one of their direct chats."""
    return and_(_in(table, who.account), table.c.chat_key.in_(who.chats))


def _wrote(who: Person) -> ColumnElement[bool]:
    return and_(_in(schema.message, who.account), schema.message.c.sender.in_(who.spellings))


def _to(who: Person) -> ColumnElement[bool]:
    table = schema.delivery
    return and_(_in(table, who.account), or_(table.c.chat_key.in_(who.chats), table.c.handle == who.handle))


def _named(table: Table, who: Person) -> ColumnElement[bool]:
    return and_(_in(table, who.account), table.c.handle == who.handle)


def _is(spelling: object, handle: Handle) -> bool:
    return isinstance(spelling, str) and handle in (spelling, parse_handle(spelling))
