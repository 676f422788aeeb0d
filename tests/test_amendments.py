"""Which messages an agent may touch: those of its conversation, its own ones only while Apple lets them be changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from tests.making import ACCOUNT, ANN, BOB, NOON, direct_chat, inbound

from openclaw.amendments import Amendments
from openclaw.domain.admission import Admitted, Reason
from openclaw.domain.bridge import (
    NO_BRIDGE,
    Bridge,
    Deed,
    DeedResult,
    Done,
    Doubtful,
    Edit,
    NotDone,
    React,
    Unsend,
)
from openclaw.domain.chats import ChatRef
from openclaw.domain.delivery import Cause, OutboundFile, OutboundMessage, into
from openclaw.domain.ids import AccountId, AgentId, DeliveryId, MessageGuid, RowId, SessionKey
from openclaw.domain.messages import MessageState
from openclaw.domain.sessions import Peer, PeerKind, Route
from openclaw.domain.turns import Origin
from openclaw.errors import ToolFailed
from openclaw.outbound.compose import Style, compose
from openclaw.store import Ledger, Tx, accounts, checkpoints, deliveries, messages

HERE = Origin(ACCOUNT, direct_chat(), False)
WHOLE = Bridge(edit=True, unsend=True, react=True)
FILE = OutboundFile("/state/a.png", "a.png", "image/png", 12, "d" * 64)


class Messages:
    """A phone that does what it is asked, or what ``results`` says, and writes it down."""

    def __init__(self, ledger: Ledger) -> None:
        self.did: list[Deed] = []
        self.results: list[DeedResult] = []
        self.now = NOON
        self.amendments = Amendments(ledger, lambda account: WHOLE, self.carry_out, _reword, lambda: self.now)

    async def carry_out(self, account: AccountId, deed: Deed) -> DeedResult:
        self.did.append(deed)
        return self.results.pop(0) if self.results else Done()


def _reword(account: AccountId, chat: ChatRef, text: str) -> Sequence[OutboundMessage]:
    return compose(account, chat, text, Style(limit=40))


def said(
    tx: Tx,
    text: str,
    *,
    chat: ChatRef | None = None,
    cause: Cause = Cause.TURN,
    at: datetime = NOON,
    seen: bool = True,
    file: OutboundFile | None = None,
) -> DeliveryId:
    """A bubble that left, and by default was seen on the phone under its own text as guid."""
    deliveries.queue_on(tx, cause, 1, [into(ACCOUNT, chat or direct_chat(), text, file)], at)
    bubble = next(one for one in deliveries.in_state(tx, *deliveries.DeliveryState) if one.began_at is None)
    deliveries.begin(tx, bubble, at)
    if seen:
        deliveries.confirm(tx, bubble.id, MessageGuid(f"guid of {text or 'file'}"), RowId(bubble.id), at)
    return bubble.id


def heard_from(tx: Tx, row: int, text: str, state: MessageState, sender: str = ANN) -> None:
    """A message of somebody who was let in."""
    [held] = messages.load(tx, messages.receive(tx, [inbound(row, text, sender=sender)], NOON))
    peer = Peer(PeerKind.DIRECT, sender)
    route = Route(ACCOUNT, AgentId("main"), SessionKey("agent:main:main"), peer, "default")
    messages.judge(tx, held, Admitted(Reason.DM_OPEN, peer, True), route, NOON)
    messages.settle(tx, [held.id], state, NOON)


async def test_the_newest_own_message_that_begins_so_is_edited(ledger: Ledger) -> None:
    """What the ledger has of it changes with it: what is quoted or looks like an echo later is the new text."""
    phone = Messages(ledger)
    await ledger.write(lambda tx: [said(tx, "At sx."), said(tx, "See you")])
    told = await phone.amendments.edit(HERE, "at  SX", "**At six.**")
    assert phone.did == [Edit(direct_chat(), MessageGuid("guid of At sx."), "At six.")]
    assert "At six." in told
    found = await ledger.read(lambda tx: deliveries.recent(tx, ACCOUNT, [direct_chat().key], NOON))
    assert [(one.message.text, guid) for one, _, guid in found] == [
        ("At six.", "guid of At sx."),
        ("See you", "guid of See you"),
    ]


@pytest.mark.parametrize(
    ("age", "edits", "unsends"),
    [
        (timedelta(seconds=100), True, True),
        (timedelta(minutes=2), True, False),
        (timedelta(minutes=14), True, False),
        (timedelta(minutes=15), False, False),
    ],
)
async def test_apples_limits_hold(ledger: Ledger, age: timedelta, edits: bool, unsends: bool) -> None:
    """Fifteen minutes for an edit, two for taking back, counted from the sending; decision table."""
    phone = Messages(ledger)
    await ledger.write(lambda tx: said(tx, "At sx."))
    phone.now = NOON + age
    for may, attempt in (
        (edits, lambda: phone.amendments.edit(HERE, "", "x")),
        (unsends, lambda: phone.amendments.unsend(HERE, "")),
    ):
        if may:
            await attempt()
        else:
            with pytest.raises(ToolFailed, match="young enough"):
                await attempt()
    assert len(phone.did) == edits + unsends


@pytest.mark.parametrize("cause", [Cause.CHALLENGE, Cause.COMMAND, Cause.NOTICE, Cause.OPERATOR])
async def test_what_no_agent_said_is_not_an_agents_to_change(ledger: Ledger, cause: Cause) -> None:
    """A code, an answer to a command, a notice and what the operator wrote stay."""
    phone = Messages(ledger)
    await ledger.write(lambda tx: said(tx, "Code: 1234", cause=cause))
    with pytest.raises(ToolFailed):
        await phone.amendments.unsend(HERE, "")
    assert phone.did == []


async def test_other_chats_accounts_and_unseen_bubbles_are_out_of_reach(ledger: Ledger) -> None:
    """Never to the wrong person: the chat is that of the turn, and only a row that was seen is known by name."""
    phone = Messages(ledger)
    await ledger.write(
        lambda tx: [said(tx, "to Bob", chat=direct_chat(BOB, 2)), said(tx, "on its way", seen=False)]
    )
    for origin in (HERE, replace(HERE, account=AccountId("other"), chat=direct_chat(BOB, 2))):
        with pytest.raises(ToolFailed):
            await phone.amendments.unsend(origin, "")
    assert phone.did == []


async def test_a_message_is_taken_back_once_and_the_one_before_it_next(ledger: Ledger) -> None:
    """What is gone is not meant any more."""
    phone = Messages(ledger)
    await ledger.write(lambda tx: [said(tx, "one"), said(tx, "two")])
    await phone.amendments.unsend(HERE, "")
    await phone.amendments.unsend(HERE, "")
    with pytest.raises(ToolFailed):
        await phone.amendments.unsend(HERE, "")
    assert phone.did == [
        Unsend(direct_chat(), MessageGuid("guid of two")),
        Unsend(direct_chat(), MessageGuid("guid of one")),
    ]


async def test_an_edit_is_one_text_and_nothing_internal(ledger: Ledger) -> None:
    """The same last look as at an answer; neither silence nor two bubbles fit into one message."""
    phone = Messages(ledger)
    await ledger.write(lambda tx: [said(tx, "hi"), said(tx, "", file=FILE)])
    for text, why in (
        ("NO_REPLY", "says nothing"),
        ("<think>x</think>", "says nothing"),
        ("word " * 20, "too long"),
    ):
        with pytest.raises(ToolFailed, match=why):
            await phone.amendments.edit(HERE, "hi", text)
    with pytest.raises(ToolFailed, match="only texts"):
        await phone.amendments.edit(HERE, "", "x")
    assert phone.did == []


async def test_a_message_takes_five_edits(ledger: Ledger) -> None:
    """Apple's limit; what failed does not count."""
    phone = Messages(ledger)
    phone.results = [NotDone("busy")]
    await ledger.write(lambda tx: said(tx, "hi"))
    with pytest.raises(ToolFailed, match="busy"):
        await phone.amendments.edit(HERE, "", "hi")
    for _ in range(5):
        await phone.amendments.edit(HERE, "", "hi")
    with pytest.raises(ToolFailed, match="5 times"):
        await phone.amendments.edit(HERE, "", "hi")
    steps = await ledger.read(lambda tx: checkpoints.story(tx, "delivery", 1))
    assert [step.reason for step in steps].count(deliveries.EDITED) == 5


async def test_what_nobody_knows_is_told_as_that(ledger: Ledger) -> None:
    """The ledger keeps what it had."""
    phone = Messages(ledger)
    phone.results = [Doubtful("no answer")]
    bubble = await ledger.write(lambda tx: said(tx, "hi"))
    with pytest.raises(ToolFailed, match="may or may not"):
        await phone.amendments.edit(HERE, "", "ho")
    found = await ledger.read(lambda tx: deliveries.find(tx, bubble))
    assert found is not None
    assert found.message.text == "hi"


async def test_nothing_happens_in_a_chat_that_is_paused(ledger: Ledger) -> None:
    """A brake holds whatever people would see."""
    phone = Messages(ledger)

    def work(tx: Tx) -> None:
        said(tx, "hi")
        heard_from(tx, 1, "hello", MessageState.IN_TURN)
        accounts.set_pause(tx, ACCOUNT, direct_chat().key, NOON, "loop")

    await ledger.write(work)
    with pytest.raises(ToolFailed, match="just now"):
        await phone.amendments.unsend(HERE, "")
    with pytest.raises(ToolFailed, match="just now"):
        await phone.amendments.react(HERE, "", "love", remove=False)
    assert phone.did == []


async def test_a_tapback_goes_to_what_is_answered_or_to_what_is_named(ledger: Ledger) -> None:
    """Of a message that was refused nobody was shown anything."""
    phone = Messages(ledger)

    def work(tx: Tx) -> None:
        heard_from(tx, 1, "we won", MessageState.ANSWERED)
        heard_from(tx, 2, "great", MessageState.IN_TURN)
        heard_from(tx, 3, "one more", MessageState.WAITING)
        heard_from(tx, 4, "secret", MessageState.DROPPED)

    await ledger.write(work)
    await phone.amendments.react(HERE, "", "👍", remove=False)
    await phone.amendments.react(HERE, "We won", "love", remove=True)
    for words, tapback in (("secret", "love"), ("", "👀")):
        with pytest.raises(ToolFailed):
            await phone.amendments.react(HERE, words, tapback, remove=False)
    assert phone.did == [
        React(direct_chat(), MessageGuid("guid-2"), "like"),
        React(direct_chat(), MessageGuid("guid-1"), "love", remove=True),
    ]


def test_an_sms_has_no_abilities(ledger: Ledger) -> None:
    """Green bubbles cannot be edited, whatever the phone can."""
    amendments = Messages(ledger).amendments
    assert amendments.abilities(HERE) == WHOLE
    assert amendments.abilities(replace(HERE, chat=direct_chat(service="SMS"))) == NO_BRIDGE
