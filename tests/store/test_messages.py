"""Messages of the ledger: kept once, judged, forgotten, finished."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from tests.making import ACCOUNT, ANN, NOON, group_chat, inbound
from tests.store.keeping import SESSION, keep, keep_admitted, state_of

from openclaw.domain.admission import Challenged, Dropped, Held, OwnerTyped, Quarantined, Reason, Verdict
from openclaw.domain.commands import Command
from openclaw.domain.handles import Handle
from openclaw.domain.ids import AccountId, MessageGuid, MessageId, RowId
from openclaw.domain.messages import Attachment, MessageState
from openclaw.store import Ledger, Tx, accounts, databases, figures, messages, turns
from openclaw.store.checkpoints import story


async def test_a_row_comes_back_as_the_phone_reported_it(ledger: Ledger) -> None:
    """The gates judge what was kept, so everything that they ask must be there."""
    row = replace(
        inbound(5, "hi", chat=group_chat()),
        participants=(ANN, "bob@example.com"),
        destination="me@example.com",
        is_reaction=True,
    )

    [held] = await ledger.write(lambda tx: keep(tx, row))

    assert held.message == row
    assert (held.state, held.received_at, held.files, held.turn) == (MessageState.RECEIVED, NOON, 0, None)


@pytest.mark.parametrize("from_me", [True, False, None])
async def test_an_unknown_direction_stays_unknown(ledger: Ledger, from_me: bool | None) -> None:
    """A missing is_from_me is neither yes nor no (design section 4, rule 1)."""
    [held] = await ledger.write(lambda tx: keep(tx, inbound(5, "hi", from_me=from_me)))

    assert held.message.from_me is from_me


async def test_a_row_without_its_chat_is_kept_without_one(ledger: Ledger) -> None:
    """A missing join is no reason to lose a row, nor to invent a chat (demand B2)."""
    [held] = await ledger.write(lambda tx: keep(tx, replace(inbound(5, "hi"), chat=None)))

    assert held.message.chat is None


async def test_files_are_counted(ledger: Ledger) -> None:
    """How many files came with a message stays known."""
    photo = Attachment("a.heic", "/x/a.heic", "image/heic", 10, missing=False)

    [held] = await ledger.write(lambda tx: keep(tx, replace(inbound(5, ""), attachments=(photo, photo))))

    assert held.files == 2


async def test_a_guid_is_kept_once_for_ever(ledger: Ledger) -> None:
    """One dispatch per row, enforced by the database (demand D3), also when its row number changed."""
    first = inbound(5, "hi")
    again = replace(first, row_id=RowId(99), text="hi again")

    kept = await ledger.write(
        lambda tx: [keep(tx, first, first), keep(tx, again), keep(tx, inbound(6, "hi"))]
    )

    assert [[held.message.text for held in batch] for batch in kept] == [["hi"], [], ["hi"]]


async def test_a_row_without_guid_is_known_by_its_number(ledger: Ledger) -> None:
    """Databases without guids name rows by number (design section 4, message)."""
    nameless = replace(inbound(5, "hi"), guid=MessageGuid(""))
    other = replace(nameless, row_id=RowId(6))

    kept = await ledger.write(
        lambda tx: [len(keep(tx, nameless)), len(keep(tx, nameless)), len(keep(tx, other))]
    )
    [held, _] = await ledger.read(lambda tx: messages.in_state(tx, MessageState.RECEIVED))

    assert kept == [1, 0, 1]
    assert held.message.guid == ""


async def test_two_accounts_may_see_one_guid(ledger: Ledger) -> None:
    """Uniqueness is per account: two phones of one installation can be in one conversation."""
    other = inbound(5, "hi", account=AccountId("work"))

    kept = await ledger.write(lambda tx: [len(keep(tx, inbound(5, "hi"))), len(keep(tx, other))])

    assert kept == [1, 1]


async def test_an_empty_batch_is_nothing(ledger: Ledger) -> None:
    """A poll without news is no error."""
    assert await ledger.write(lambda tx: messages.receive(tx, [], NOON)) == []


@pytest.mark.parametrize(
    ("verdict", "keeps"),
    [
        (Dropped(Reason.DM_NOT_ALLOWED), False),
        (Challenged(Reason.PAIRING_STARTED, Handle(ANN), fresh=True), False),
        (OwnerTyped(), False),
        (Held(Reason.SUSPECT_ECHO), True),
        (Quarantined(Reason.NO_CHAT), True),
    ],
)
async def test_text_is_kept_only_while_somebody_needs_it(
    ledger: Ledger, verdict: Verdict, keeps: bool
) -> None:
    """What was refused leaves guid, handles, reason and a hash, but no words (design section 4)."""

    def judge(tx: Tx) -> MessageId:
        [held] = keep(tx, replace(inbound(5, "secret"), participants=(ANN,)))
        messages.judge(tx, held, verdict, None, NOON)
        return held.id

    kept = await ledger.write(judge)
    [held] = await ledger.read(lambda tx: messages.load(tx, [kept]))

    assert held.message.text == ("secret" if keeps else "")
    assert held.message.participants == ((ANN,) if keeps else ())
    assert held.reason == verdict.reason


async def test_what_the_operator_drops_is_forgotten(ledger: Ledger) -> None:
    """A held text is only kept for the operator; once dropped nobody needs it (diagram, H)."""

    def drop(tx: Tx) -> MessageId:
        [held] = keep(tx, inbound(5, "secret"))
        messages.judge(tx, held, Held(Reason.SUSPECT_ECHO), None, NOON)
        messages.settle(tx, [held.id], MessageState.DROPPED, NOON, "by the operator")
        return held.id

    dropped = await ledger.write(drop)
    [held] = await ledger.read(lambda tx: messages.load(tx, [dropped]))

    assert (held.message.text, held.state, held.reason) == ("", MessageState.DROPPED, "by the operator")


async def test_an_admitted_message_knows_where_it_goes(ledger: Ledger) -> None:
    """Route, authority and command are written with the verdict, so that no later step decides them again."""
    command = Command("/new", "", in_lane=True)

    [held] = await ledger.write(lambda tx: keep_admitted(tx, inbound(5, "/new"), command=command))

    assert (held.session, held.agent, held.command) == (SESSION, "main", "/new")
    assert (held.authorised, held.is_group, held.state) == (True, False, MessageState.WAITING)


async def test_the_journey_of_a_message_is_in_its_checkpoints(ledger: Ledger) -> None:
    """Waiting, in turn, put back, in turn again, answered: diagram D, G, D, F, one checkpoint each."""

    def live(tx: Tx) -> MessageId:
        held = keep_admitted(tx, inbound(5, "hi"))
        turn = turns.create(tx, held, NOON)
        messages.put_back(tx, [held[0].id], MessageState.WAITING, NOON, "the gateway stopped")
        assert messages.of_turn(tx, turn.id) == []
        messages.put_in_turn(tx, [held[0].id], turn.id, NOON)
        messages.settle(tx, [held[0].id], MessageState.ANSWERED, NOON)
        return held[0].id

    message = await ledger.write(live)
    told = await ledger.read(lambda tx: story(tx, "message", message))

    assert [step.step for step in told] == ["waiting", "in turn", "waiting", "in turn", "answered"]
    assert [step.reason for step in told][::2] == ["dm-allowed", "the gateway stopped", ""]


async def test_waiting_messages_come_oldest_first(ledger: Ledger) -> None:
    """A lane takes what arrived first, and no more than it asked for."""
    await ledger.write(lambda tx: keep_admitted(tx, inbound(7, "b"), inbound(3, "a"), inbound(9, "c")))

    first = await ledger.read(lambda tx: messages.waiting(tx, SESSION, 2))
    sessions = await ledger.read(messages.waiting_sessions)

    assert [held.message.text for held in first] == ["b", "a"]
    assert sessions == [SESSION]


async def test_lists_for_the_operator(ledger: Ledger) -> None:
    """By state, by account, newest first, and in numbers."""

    def arrange(tx: Tx) -> None:
        keep_admitted(tx, inbound(1, "a"))
        keep(tx, inbound(2, "b"), now=NOON + timedelta(seconds=1))
        keep(tx, inbound(3, "c", account=AccountId("work")))

    await ledger.write(arrange)

    def look(tx: Tx) -> tuple[object, ...]:
        received = messages.in_state(tx, MessageState.RECEIVED, account=ACCOUNT)
        return (
            [held.message.text for held in received],
            [held.message.text for held in messages.latest(tx, 2)],
            figures.messages_by_state(tx, MessageState.RECEIVED, MessageState.WAITING, MessageState.HELD),
            len(messages.in_state(tx, MessageState.RECEIVED, limit=1)),
        )

    assert await ledger.read(look) == (["b"], ["c", "b"], {"received": 2, "waiting": 1}, 1)


async def test_an_account_on_which_a_person_types_is_known(ledger: Ledger) -> None:
    """Own rows that we did not send mean a personal Apple ID (design section 5, settling)."""

    def type_something(tx: Tx) -> tuple[set[AccountId], set[AccountId]]:
        before = messages.accounts_with(tx, MessageState.OWNER_TYPED)
        [held] = keep(tx, inbound(1, "typed", from_me=True))
        messages.judge(tx, held, OwnerTyped(), None, NOON)
        assert state_of(tx, held.id) == MessageState.OWNER_TYPED
        return before, messages.accounts_with(tx, MessageState.OWNER_TYPED)

    assert await ledger.write(type_something) == (set(), {ACCOUNT})


async def test_a_row_without_a_guid_is_named_by_its_database_too(ledger: Ledger) -> None:
    """Row numbers mean something inside one database only: the fifth row of another one is another message."""

    def work(tx: Tx) -> list[str]:
        bare = replace(inbound(5, "hello"), guid=MessageGuid(""))
        accounts.begin(tx, ACCOUNT, RowId(0), NOON)
        messages.receive(tx, [bare], NOON)
        assert messages.receive(tx, [bare], NOON) == []
        databases.replaced(tx, ACCOUNT, RowId(0), [], NOON)
        messages.receive(tx, [replace(bare, text="other")], NOON)
        return [held.message.text for held in messages.latest(tx, 5)]

    assert await ledger.write(work) == ["other", "hello"]
