"""Ten thousand messages in five hundred conversations: on a simulated Mac, and in the ledger of its gateway.

Owns what is said and when; the rows are made by the simulator and by the store's own functions. Runs differ only in
the guids and in the day on which everything ends.
"""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from openclaw.domain.admission import Admitted, Reason
from openclaw.domain.chats import ChatRef
from openclaw.domain.delivery import Cause, OutboundMessage
from openclaw.domain.ids import AccountId, AgentId, ChatRowId, MessageGuid, RowId, SessionKey
from openclaw.domain.messages import InboundMessage, MessageState
from openclaw.domain.sessions import Peer, PeerKind, Route, TranscriptEntry
from openclaw.domain.turns import Finished
from openclaw.simulator import phone, rows, schema
from openclaw.simulator.page import conversations
from openclaw.store import Ledger, Tx, accounts, deliveries, messages, open_ledger, outbox, sessions, turns

CHATS, MESSAGES = 500, 10_000
_GROUPS = 50
# Half of what is said are questions, half answers; one chat is as long as a year of talk makes it.
_USUAL = 9
_BUSIEST = MESSAGES // 2 - (CHATS - 1) * _USUAL
_SPREAD = timedelta(days=30)
_ANSWERED_AFTER = timedelta(seconds=4)
# So many chats have an answer that their person has not looked at.
_UNREAD = 20
_AT_ONCE = 100
_ACCOUNT, _AGENT = AccountId("default"), AgentId("main")
_TALK = (
    "the train to Lyon leaves at eight and the table is booked for six tomorrow near the station where we met last"
    " summer could you send me the list of what is missing for dinner thank you that was quick I will be there soon"
)
_WORDS = _TALK.split()


@dataclass(frozen=True, slots=True)
class Line:
    """One message of the Mac: its row and what it says."""

    row: int
    guid: str
    text: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Exchange:
    """A question of ``sender`` in ``chat``, and our answer."""

    chat: ChatRef
    sender: str
    is_group: bool
    question: Line
    answer: Line


@dataclass(frozen=True, slots=True)
class _Chat:
    ref: ChatRef
    members: tuple[str, ...]


def person(number: int) -> str:
    """The handle of somebody; number 0 has the longest conversation."""
    return f"+1555{100_001 + number:07d}"


def fill_mac(database: Path) -> list[Exchange]:
    """A Mac on which everything was said, and all exchanges in the order in which they happened."""
    phone.create_database(database)
    chance = random.Random(500)
    with closing(schema.open_writing(database)) as connection:
        connection.execute("BEGIN IMMEDIATE")
        with connection:
            chats = [_found(connection, number) for number in range(CHATS)]
            said = [_say(connection, *one, chance) for one in _order(chats, chance)]
    unread = {one.chat.row_id for one in said[-_UNREAD:]}
    for chat in chats:
        if chat.ref.row_id not in unread:
            conversations.mark_read(database, chat.ref.row_id)
    return said


async def fill_ledger(state_dir: Path, said: Sequence[Exchange]) -> None:
    """A ledger in ``state_dir`` that has taken all of it in, answered it, and seen its answers arrive."""
    async with open_ledger(state_dir) as ledger:
        begun = said[0].question.at

        def begin(tx: Tx) -> None:
            accounts.begin(tx, _ACCOUNT, RowId(0), begun)

        await ledger.write(begin)
        for start in range(0, len(said), _AT_ONCE):
            await _keep(ledger, said[start : start + _AT_ONCE])


def _found(connection: sqlite3.Connection, number: int) -> _Chat:
    is_group = 0 < number <= _GROUPS
    members = [person(number)] + [person(CHATS + number + each) for each in range(3)] * is_group
    if is_group:
        row = rows.group_chat(connection, f"Group {number}", members, "iMessage")
    else:
        row = rows.direct_chat(connection, members[0], "iMessage")
    guid = str(connection.execute("SELECT guid FROM chat WHERE ROWID = ?", (row,)).fetchone()[0])
    return _Chat(ChatRef(ChatRowId(row), guid, guid.rpartition(";")[2]), tuple(members))


def _order(chats: Sequence[_Chat], chance: random.Random) -> list[tuple[_Chat, datetime]]:
    turn_of = [chats[0]] * _BUSIEST + [chat for chat in chats[1:] for _ in range(_USUAL)]
    chance.shuffle(turn_of)
    first, step = datetime.now(UTC) - _SPREAD, _SPREAD / (len(turn_of) + 1)
    return [(chat, first + step * index) for index, chat in enumerate(turn_of)]


def _say(connection: sqlite3.Connection, chat: _Chat, at: datetime, chance: random.Random) -> Exchange:
    is_group = len(chat.members) > 1
    sender = chance.choice(chat.members)
    handle = rows.handle(connection, sender, "iMessage")
    lines = list[Line]()
    for from_me, moment in ((False, at), (True, at + _ANSWERED_AFTER)):
        text = " ".join(chance.choices(_WORDS, k=chance.choice((4, 9, 16, 40)))).capitalize() + "."
        row = rows.Row(
            text=text,
            handle=0 if is_group and from_me else handle,
            chat=chat.ref.row_id,
            service="iMessage",
            from_me=from_me,
            date=int((moment.timestamp() - rows.APPLE_EPOCH_S) * 1e9),
        )
        lines.append(Line(*rows.message(connection, row), text, moment))
    return Exchange(chat.ref, sender, is_group, *lines)


async def _keep(ledger: Ledger, said: Sequence[Exchange]) -> None:
    def work(tx: Tx) -> None:
        for one in said:
            _answer(tx, one)

    await ledger.write(work)


def _answer(tx: Tx, one: Exchange) -> None:
    at, later = one.question.at, one.answer.at
    row = _row(one, one.question, from_me=False)
    accounts.note_chat(tx, row, is_group=one.is_group)
    held = messages.load(tx, messages.receive(tx, [row], at))
    peer = Peer(PeerKind.GROUP, str(one.chat.row_id)) if one.is_group else Peer(PeerKind.DIRECT, one.sender)
    key = SessionKey(f"agent:{_AGENT}:imessage:{peer.kind}:{peer.id}")
    route = Route(_ACCOUNT, _AGENT, key, peer, "default")
    reason = Reason.GROUP_ALLOWED if one.is_group else Reason.DM_OPEN
    messages.judge(tx, held[0], Admitted(reason, peer, authorised=False), route, at)
    session = sessions.find(tx, key) or sessions.start(tx, key, _AGENT, at)
    turn = turns.create(tx, messages.waiting(tx, key, 1), at)
    entries = (TranscriptEntry("user", one.question.text), TranscriptEntry("assistant", one.answer.text))
    sessions.add(tx, session, turn.id, entries)
    sessions.touch(tx, key, at)
    turns.finish(tx, turn.id, Finished("bench/instant", 10, 5), later)
    messages.settle(tx, [held[0].id], MessageState.ANSWERED, later)
    deliveries.queue(tx, Cause.TURN, turn.id, [OutboundMessage(_ACCOUNT, one.chat, one.answer.text)], later)
    bubble = outbox.first(tx, _ACCOUNT)
    assert bubble is not None
    deliveries.begin(tx, bubble, later)
    own = messages.receive(tx, [_row(one, one.answer, from_me=True)], later)
    messages.settle(tx, own, MessageState.OURS, later, Reason.OWN_GUID)
    deliveries.confirm(tx, bubble.id, MessageGuid(one.answer.guid), RowId(one.answer.row), later)
    accounts.advance(tx, _ACCOUNT, RowId(one.answer.row))


def _row(one: Exchange, line: Line, *, from_me: bool) -> InboundMessage:
    return InboundMessage(
        account=_ACCOUNT,
        row_id=RowId(line.row),
        guid=MessageGuid(line.guid),
        chat=one.chat,
        sender=one.sender,
        from_me=from_me,
        text=line.text,
        sent_at=line.at,
    )
