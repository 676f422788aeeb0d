"""Notices: what needs a person, what the owner reads of it, and by which account, over a real ledger."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

import pytest
from tests.making import ACCOUNT, ANN, BOB, NOON, direct_chat, group_chat, inbound

from openclaw.domain.access import Notified
from openclaw.domain.acp import Decision, PermissionQuestion, ToolKind, outside_agent
from openclaw.domain.chats import ChatRef
from openclaw.domain.delivery import Cause, Delivery, DeliveryState, OutboundMessage
from openclaw.domain.handles import Handle
from openclaw.domain.ids import AccountId, ChatKey, SessionKey
from openclaw.domain.notices import Notice, NoticeKind
from openclaw.outbound.notices import Readers, gather, tell
from openclaw.store import Ledger, Tx, accounts, deliveries, notices, pairing, permissions

OWNER, WORK = Handle("+15550100009"), AccountId("work")
READERS = Readers({ACCOUNT: Notified(OWNER), WORK: Notified(OWNER)}, ACCOUNT)
BOTH = (ACCOUNT, WORK)


def look(
    tx: Tx,
    now: datetime = NOON,
    readers: Readers = READERS,
    able: Collection[AccountId] = BOTH,
    seen: Collection[Notice] = (),
) -> list[Delivery]:
    """One look of the notifier; what it queued."""
    before = {one.id for one in deliveries.in_state(tx, DeliveryState.QUEUED)}
    gather(tx, {NoticeKind.ACCOUNT: list(seen)}, now)
    tell(tx, readers, able, now)
    return [one for one in deliveries.in_state(tx, DeliveryState.QUEUED) if one.id not in before]


def ask(tx: Tx, number: int = 1, account: AccountId = ACCOUNT, at: datetime = NOON) -> Handle:
    """The stranger with that number asks to be let in."""
    handle = Handle(f"+1555010{number:04}")
    pairing.add(tx, account, handle, direct_chat(handle), f"ABCD{number + 2222:04}", at)
    return handle


async def test_a_request_is_told_to_the_owner_in_their_own_chat(ledger: Ledger) -> None:
    """Who asks, where, with which code, and how to answer; demand I6."""

    def work(tx: Tx) -> list[Delivery]:
        accounts.note_chat(tx, inbound(1, "hi", sender=OWNER, chat=direct_chat(OWNER, row=9)), is_group=False)
        ask(tx)
        return look(tx)

    [told] = await ledger.write(work)
    assert told.cause is Cause.NOTICE
    assert told.message.target == direct_chat(OWNER, row=9)
    assert told.message.text == (
        "+15550100001 asks to be let in (account default, code ABCD2223).\nAnswer yes or no, or: approve ABCD2223"
    )


async def test_each_thing_is_told_once_however_often_it_is_looked_at(ledger: Ledger) -> None:
    """Once per event; a second look, an hour of looks, changes nothing."""

    def work(tx: Tx) -> list[int]:
        ask(tx)
        return [len(look(tx, NOON + timedelta(minutes=minute))) for minute in range(59)]

    assert sum(await ledger.write(work)) == 1


async def test_at_most_one_message_a_minute_and_the_rest_is_folded(ledger: Ledger) -> None:
    """Ten strangers are not ten messages."""

    def work(tx: Tx) -> list[list[Delivery]]:
        ask(tx, 1)
        first = look(tx)
        for number in range(2, 8):
            ask(tx, number, WORK)
        during = look(tx, NOON + timedelta(seconds=59))
        after = look(tx, NOON + timedelta(seconds=60))
        return [first, during, after]

    first, during, after = await ledger.write(work)
    assert (len(first), len(during), len(after)) == (1, 0, 1)
    lines = after[0].message.text.splitlines()
    assert [line.split()[0] for line in lines] == [
        "+15550100002",
        "+15550100003",
        "+15550100004",
        "3",
        "Answer",
    ]
    assert lines[3] == "3 more people ask."
    assert lines[4] == "Answer approve or deny with the code."


async def test_a_clock_that_was_set_back_does_not_silence_the_notices(ledger: Ledger) -> None:
    """Else the owner heard nothing until it had caught up."""

    def work(tx: Tx) -> list[Delivery]:
        ask(tx, 1)
        look(tx)
        earlier = NOON - timedelta(minutes=30)
        ask(tx, 2, at=earlier)
        return look(tx, earlier)

    assert len(await ledger.write(work)) == 1


async def test_what_needs_nobody_any_more_is_not_told_and_the_same_again_is_news(ledger: Ledger) -> None:
    """A request that was decided on the page meanwhile; an account that works again and breaks again."""
    broken = Notice(NoticeKind.ACCOUNT, "work", WORK, "Account work has not worked for ten minutes.", NOON)

    def work(tx: Tx) -> list[int]:
        ask(tx)
        nobody = look(tx, readers=Readers())
        pairing.deny(tx, pairing.open_requests(tx, NOON)[0])
        told = [nobody, look(tx)]
        for minute, seen in ((2, [broken]), (4, []), (6, [broken]), (8, [broken])):
            told.append(look(tx, NOON + timedelta(minutes=minute), seen=seen))
        return [len(one) for one in told]

    assert await ledger.write(work) == [0, 0, 1, 0, 1, 0]


@pytest.mark.parametrize(
    ("able", "paused", "speaker"),
    [
        (BOTH, [], WORK),
        ((ACCOUNT,), [], ACCOUNT),
        ((), [], None),
        (BOTH, [(WORK, accounts.EVERY_CHAT)], ACCOUNT),
        (BOTH, [(WORK, ChatKey(f"-;{OWNER}"))], ACCOUNT),
        (BOTH, [(accounts.EVERY_ACCOUNT, accounts.EVERY_CHAT)], None),
    ],
)
async def test_the_account_it_is_about_speaks_else_the_default_else_nobody(
    ledger: Ledger,
    able: Collection[AccountId],
    paused: list[tuple[AccountId, ChatKey]],
    speaker: AccountId | None,
) -> None:
    """A notice into a paused or broken line would wait there; it waits to be told instead."""

    def work(tx: Tx) -> list[Delivery]:
        ask(tx, account=WORK)
        for account, chat in paused:
            accounts.set_pause(tx, account, chat, NOON)
        return look(tx, able=able)

    assert [one.message.account for one in await ledger.write(work)] == ([speaker] if speaker else [])


async def test_a_pause_of_a_brake_is_told_and_one_of_the_operator_is_not(ledger: Ledger) -> None:
    """Who asked for a pause knows of it."""

    def work(tx: Tx) -> list[Delivery]:
        accounts.set_pause(
            tx, ACCOUNT, ChatKey(f"-;{ANN}"), NOON, "fuse: 20 bubbles to this chat within a minute"
        )
        accounts.set_pause(tx, ACCOUNT, ChatKey(f"-;{BOB}"), NOON)
        return look(tx)

    [told] = await ledger.write(work)
    assert told.message.text == (
        f"Stopped: chat {ANN} of account default. fuse: 20 bubbles to this chat within a minute.\n"
        "See: openclaw attention"
    )


@pytest.mark.parametrize(
    ("known", "target"),
    [
        (direct_chat(OWNER, row=9), direct_chat(OWNER, row=9)),
        (None, OWNER),
        (group_chat(), OWNER),
    ],
)
async def test_it_goes_to_the_owner_alone(ledger: Ledger, known: ChatRef | None, target: object) -> None:
    """Demand B1: never into a group, though the owner is in it; to the bare handle where no chat is known."""

    def work(tx: Tx) -> list[Delivery]:
        if known is not None:
            accounts.note_chat(tx, inbound(1, "hi", sender=OWNER, chat=known), is_group=known.has_group_shape)
        ask(tx)
        return look(tx)

    [told] = await ledger.write(work)
    assert told.message.target == target


async def test_by_sms_no_answer_is_asked_for_that_would_be_refused(ledger: Ledger) -> None:
    """Ruling 16: an answer that does not count is not invited."""

    def work(tx: Tx) -> list[Delivery]:
        chat = ChatRef(direct_chat(OWNER, row=9).row_id, f"SMS;-;{OWNER}", OWNER)
        accounts.note_chat(tx, inbound(1, "hi", sender=OWNER, chat=chat), is_group=False)
        ask(tx)
        return look(tx)

    [told] = await ledger.write(work)
    assert told.message.service == "sms"
    assert "Answer" not in told.message.text


@pytest.mark.parametrize(
    ("listed", "by_grant", "granted", "own", "asked"),
    [
        (True, False, False, False, True),
        (False, True, False, False, False),
        (False, True, True, False, True),
        (False, False, True, False, False),
        (False, False, False, True, True),
    ],
    ids=[
        "listed",
        "not let in",
        "approved",
        "approved where approvals do not count",
        "the phone's own person",
    ],
)
async def test_who_is_not_let_in_is_not_asked_for_an_answer(
    ledger: Ledger, listed: bool, by_grant: bool, granted: bool, own: bool, asked: bool
) -> None:
    """Their reply would be met with a pairing code, and use up one of the three requests."""
    readers = Readers({ACCOUNT: Notified(OWNER, listed=listed, by_grant=by_grant)}, ACCOUNT)

    def work(tx: Tx) -> list[Delivery]:
        if granted:
            pairing.grant(tx, ACCOUNT, OWNER, "operator", NOON)
        if own:
            accounts.learn_handles(tx, ACCOUNT, [OWNER], NOON)
        ask(tx)
        return look(tx, readers=readers)

    [told] = await ledger.write(work)
    last = told.message.text.splitlines()[-1]
    assert last == (
        "Answer yes or no, or: approve ABCD2223" if asked else "To decide: openclaw pairing list imessage"
    )


async def test_an_endless_address_does_not_make_an_endless_notice(ledger: Ledger) -> None:
    """Hostile input: a mail address of 100 kB."""

    def work(tx: Tx) -> list[Delivery]:
        pairing.add(tx, ACCOUNT, Handle(f"{'a' * 100_000}@example.com"), direct_chat(), "ABCD2345", NOON)
        return look(tx)

    [told] = await ledger.write(work)
    assert len(told.message.text) < 300


async def test_the_last_word_is_the_notice_only_until_something_else_is_said(ledger: Ledger) -> None:
    """What a bare yes goes by: the newest bubble of that chat, once the phone has shown its row."""

    def work(tx: Tx) -> list[bool]:
        key = ChatKey(f"-;{OWNER}")
        ask(tx)
        [told] = look(tx)
        found = [notices.last_word(tx, ACCOUNT, key) is not None]
        deliveries.begin(tx, told, NOON)
        deliveries.confirm(tx, told.id, inbound(70, "").guid, inbound(70, "").row_id, NOON)
        found.append(notices.last_word(tx, ACCOUNT, key) == (told.cause_id, 70))
        said = OutboundMessage(ACCOUNT, direct_chat(OWNER), "By the way")
        deliveries.queue(tx, Cause.TURN, 1, [said], NOON)
        return [*found, notices.last_word(tx, ACCOUNT, key) is not None]

    assert await ledger.write(work) == [False, True, False]


def plead(tx: Tx, number: int = 1, title: str = "rm -rf build", target: str = "") -> str:
    """An agent asks for permission in a group; the code of the request."""
    question = PermissionQuestion(
        SessionKey("agent:main:acp:1"), outside_agent("codex"), ToolKind.EXECUTE, title, target
    )
    code, place = f"WXYZ{number + 2222:04}", (ACCOUNT, group_chat().key)
    permissions.ask(tx, question, code, place, NOON, NOON + timedelta(minutes=30))
    return code


async def test_an_agents_question_goes_to_the_owner_and_not_where_it_was_asked(ledger: Ledger) -> None:
    """Demand L6: who asks, what, where, and how to answer; never into the group whose turn waits."""

    def work(tx: Tx) -> list[Delivery]:
        accounts.note_chat(tx, inbound(1, "hi", chat=group_chat()), is_group=True)
        plead(tx)
        return look(tx)

    [told] = await ledger.write(work)
    assert told.message.target == OWNER
    assert told.message.text == (
        f"codex asks: run `rm -rf build` ({where(group_chat())}, code WXYZ2223).\n"
        "Answer yes or no, or: approve WXYZ2223"
    )


def where(chat: ChatRef) -> str:
    """How a notice names a chat."""
    return f"chat {chat.key.partition(';')[2]}"


async def test_what_an_agent_asks_cannot_pass_for_our_own_words(ledger: Ledger) -> None:
    """It stands in quotes that it does not leave, and is cut in the middle."""

    def work(tx: Tx) -> list[Delivery]:
        plead(tx, title="ls` is harmless. Answer `yes", target="x" * 160)
        return look(tx)

    [told] = await ledger.write(work)
    first = told.message.text.splitlines()[0]
    assert first.count("`") == 2
    assert len(first) < 300


async def test_people_and_agents_share_a_message_and_many_are_counted(ledger: Ledger) -> None:
    """Three of each kind are named; the code says which is meant."""

    def work(tx: Tx) -> list[Delivery]:
        ask(tx)
        for number in range(5):
            plead(tx, number)
        return look(tx)

    [told] = await ledger.write(work)
    lines = told.message.text.splitlines()
    assert len(lines) == 6
    assert lines[4:] == ["2 more questions of agents wait.", "Answer approve or deny with the code."]


async def test_a_question_that_was_answered_meanwhile_is_told_to_nobody(ledger: Ledger) -> None:
    """On the page, say."""

    def work(tx: Tx) -> list[Delivery]:
        plead(tx)
        look(tx, readers=Readers())
        [one] = permissions.open_requests(tx, NOON)
        permissions.decide(tx, one.id, Decision.DENY, "page")
        return look(tx)

    assert await ledger.write(work) == []


@pytest.mark.parametrize(
    ("answered", "by_an_agent", "comes"), [(True, True, 1), (False, True, 0), (True, False, 0)]
)
async def test_an_agents_next_question_follows_the_answer_at_once(
    ledger: Ledger, answered: bool, by_an_agent: bool, comes: int
) -> None:
    """Its turn waits; but nobody is told more often than they answer, and people who ask wait their minute."""

    def work(tx: Tx) -> int:
        plead(tx, 1)
        look(tx)
        if answered:
            [one] = permissions.open_requests(tx, NOON)
            permissions.decide(tx, one.id, Decision.ONCE, "owner")
            word = OutboundMessage(ACCOUNT, direct_chat(OWNER), "codex may, this once.")
            deliveries.queue(tx, Cause.COMMAND, 1, [word], NOON)
        if by_an_agent:
            plead(tx, 2)
        else:
            ask(tx)
        return len(look(tx, NOON + timedelta(seconds=1)))

    assert await ledger.write(work) == comes
