"""What an agent is told of tapbacks: with its next answer, once, and nothing by which somebody could speak as we do."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.making import ANN, BOB, NOON, direct_chat, group_chat, inbound
from tests.rig import Rig, open_to_all, running
from tests.waiting import until

from openclaw.domain.admission import Reason
from openclaw.domain.bridge import TAPBACKS
from openclaw.domain.chats import ChatRef
from openclaw.domain.ids import MessageGuid
from openclaw.domain.messages import InboundMessage, LedgerMessage, MessageState, Quote
from openclaw.domain.tapbacks import GivenTapback, Tapback
from openclaw.domain.turns import Prompt
from openclaw.store import Ledger, messages
from openclaw.turns.tapbacks import did, notes, standing
from openclaw.turns.untrusted import CLOSING, OPENING

# The guid of the first bubble that the phone of the rig writes.
OURS = "own-1001"
STRANGER = "+15550100009"


def gives(
    row: int, word: str, on: str = OURS, sender: str = ANN, chat: ChatRef | None = None
) -> InboundMessage:
    """A tapback as the watch reports it."""
    put = inbound(row, word, sender=sender, chat=chat or direct_chat())
    return replace(put, is_reaction=True, reply_to_guid=MessageGuid(on))


async def answer(
    rig: Rig, row: int, text: str = "hello", chat: ChatRef | None = None, sender: str = ANN
) -> Prompt:
    """What the agent was shown for a message that it answered."""
    count = len(rig.agent.prompts) + 1
    await rig.hear(inbound(row, text, sender=sender, chat=chat or direct_chat()))
    await rig.phone.texts(count)
    await until(lambda: _is_answered(rig.ledger, row), f"message {row} is answered")
    return rig.agent.prompts[-1]


async def _is_answered(ledger: Ledger, row: int) -> bool:
    found = await ledger.read(lambda tx: messages.latest(tx, 99))
    return any(one.message.row_id == row and one.state is MessageState.ANSWERED for one in found)


async def found(ledger: Ledger, row: int) -> LedgerMessage:
    """What the ledger has of a row."""
    kept = await ledger.read(lambda tx: messages.latest(tx, 99))
    return next(one for one in kept if one.message.row_id == row)


async def test_a_tapback_is_told_with_the_next_answer_and_once(ledger: Ledger) -> None:
    """Issue: inbound tapbacks as notes, not turns; what it was put on is told in its words."""
    async with running(ledger, open_to_all()) as rig:
        await answer(rig, 1)
        await rig.hear(gives(2, "love"))
        assert len(rig.agent.prompts) == 1
        told, later = await answer(rig, 3), await answer(rig, 4)
    note = {"tapback": "loved your message", "text": "You said hello"}
    assert json.dumps(note) in told.about.splitlines()
    assert "tapback" not in later.about
    assert "loved" not in "".join(entry.text for entry in later.history)
    assert (await found(ledger, 2)).state is MessageState.SHOWN


@pytest.mark.parametrize(
    ("wanted", "on", "is_told"),
    [("own", OURS, True), ("own", "guid-1", False), ("all", "guid-1", True), ("off", OURS, False)],
)
async def test_which_tapbacks_are_told_is_configured(
    ledger: Ledger, wanted: str, on: str, is_told: bool
) -> None:
    """channels.imessage.reactionNotifications: off, own or all; what is not told of has its reason."""
    async with running(ledger, open_to_all(reactionNotifications=wanted)) as rig:
        await answer(rig, 1)
        await rig.hear(gives(2, "like", on))
        reason = (await found(ledger, 2)).reason
        told = await answer(rig, 3)
    assert ("Tapbacks" in told.about) is is_told
    assert reason == (Reason.TAPBACK if is_told else Reason.REACTION)


async def test_a_strangers_tapback_is_nothing(ledger: Ledger) -> None:
    """The gates of messages hold; nobody gets a pairing code for a tapback."""
    document = open_to_all(dmPolicy="pairing", allowFrom=[ANN], reactionNotifications="all")
    async with running(ledger, document) as rig:
        await rig.hear(gives(1, "love", "x", STRANGER, direct_chat(STRANGER, 9)))
        await answer(rig, 2)
    assert (await found(ledger, 1)).state is MessageState.DROPPED
    assert [bubble.target for bubble in rig.phone.sent] == [direct_chat()]


async def test_in_a_group_it_says_whose_it_is_and_strangers_say_nothing(ledger: Ledger) -> None:
    """groupAllowFrom decides about tapbacks, too."""
    document = open_to_all(groupPolicy="allowlist", groupAllowFrom=[ANN, BOB], reactionNotifications="all")
    group = group_chat()
    async with running(ledger, document) as rig:
        await answer(rig, 1, chat=group)
        await rig.hear(
            replace(gives(2, "laugh", sender=BOB, chat=group), sender_name="Bob"),
            gives(3, "dislike", sender=STRANGER, chat=group),
        )
        told = await answer(rig, 4, chat=group)
    assert f'{{"from": "{BOB}", "name": "Bob", "tapback": "laughed at your message", "text": ' in told.about
    assert STRANGER not in told.about
    assert (await found(ledger, 3)).reason == Reason.GROUP_SENDER


async def test_what_was_taken_away_before_anybody_heard_of_it_is_not_told(ledger: Ledger) -> None:
    """A removed tapback takes its note away, and one that was told of is told to be gone."""
    async with running(ledger, open_to_all()) as rig:
        await answer(rig, 1)
        await rig.hear(gives(2, "love"), gives(3, "remove-love"))
        nothing = await answer(rig, 4)
        await rig.hear(gives(5, "like"))
        await answer(rig, 6)
        await rig.hear(gives(7, "remove-like"))
        gone = await answer(rig, 8)
    assert "Tapbacks" not in nothing.about
    assert "no longer liked your message" in gone.about


async def test_our_own_tapback_and_one_that_reads_like_a_bubble_change_nothing(ledger: Ledger) -> None:
    """Echo detection goes by words; the word of a tapback is not its sender's."""
    async with running(ledger, open_to_all()) as rig:
        rig.phone.shows_own_rows = False
        rig.agent.behave = rig.agent.saying("love")
        await answer(rig, 1)
        await rig.hear(replace(gives(2, "love", "guid-1"), from_me=True), gives(3, "love"))
        reasons = [(await found(ledger, row)).reason for row in (2, 3)]
    assert reasons == [Reason.REACTION, Reason.TAPBACK]


async def test_who_puts_tapbacks_on_everything_is_told_of_in_short(ledger: Ledger) -> None:
    """A bound, and the newest of them; the rest has its reason."""
    async with running(ledger, open_to_all()) as rig:
        await answer(rig, 1)
        await rig.hear(*(gives(row, chr(0x1F300 + row)) for row in range(2, 60)))
        told = await answer(rig, 60)
    assert told.about.count('"tapback"') == 20
    assert (await found(ledger, 2)).reason == Reason.CONTEXT_LEFT


kinds = st.sampled_from([*TAPBACKS, "🎉", ""]) | st.text(max_size=40)
given_ones = st.builds(
    lambda kind, removed, sender, on, quote: GivenTapback(
        Tapback(kind, removed), sender, sender, MessageGuid(on), NOON, quote
    ),
    kinds,
    st.booleans(),
    st.sampled_from([ANN, BOB]) | st.text(max_size=30),
    st.sampled_from(["g1", "g2"]),
    st.none() | st.builds(Quote, st.text(min_size=1, max_size=400), st.text(max_size=30), st.booleans()),
)


@given(st.lists(given_ones, max_size=30), st.booleans())
def test_a_note_is_one_short_line_in_which_nobody_speaks_as_we_do(
    given: list[GivenTapback], is_group: bool
) -> None:
    """turns/untrusted.py: no brackets of ours, no token of a template, no new line, and a bound."""
    for note in notes(given, is_group=is_group):
        line = json.dumps(note, ensure_ascii=False)
        assert len(line.splitlines()) == 1
        assert OPENING not in line
        assert CLOSING not in line
        assert "<|" not in line
        assert all(len(str(value)) <= 300 for value in note.values())


@given(st.lists(given_ones, max_size=30))
def test_no_pair_of_tapback_and_removal_is_left(given: list[GivenTapback]) -> None:
    """Each place has at most one note, and given twice is given once."""
    left = standing(given)
    places = [(one.sender, one.on, one.tapback.kind) for one in left]
    assert len(places) == len(set(places))
    assert all(one in given for one in left)


@pytest.mark.parametrize(
    ("tapback", "words"),
    [
        (Tapback("love"), "loved"),
        (Tapback("question", removed=True), "no longer questioned"),
        (Tapback("🎉"), "reacted with 🎉 to"),
        (Tapback(""), "reacted to"),
        (Tapback("x" * 99), f"reacted with {'x' * 15}… to"),
    ],
)
def test_what_somebody_did_is_said_in_words(tapback: Tapback, words: str) -> None:
    """Decision table: the six, an emoji, one that the phone does not tell, and one that is too long to be an emoji."""
    assert did(tapback) == words
