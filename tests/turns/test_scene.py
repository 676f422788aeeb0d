"""What surrounds a turn when it begins, and what becomes of it when the turn ends."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.making import ACCOUNT, ANN, BOB, NOON, group_chat, inbound

from openclaw.domain.admission import Admitted, Reason
from openclaw.domain.ids import AgentId, MessageId, SessionKey
from openclaw.domain.messages import MessageState
from openclaw.domain.sessions import Peer, PeerKind, Route, TranscriptEntry
from openclaw.domain.turns import Finished, Turn, TurnState
from openclaw.inbound import context
from openclaw.store import Ledger, Tx, accounts, messages, session_settings, turns
from openclaw.turns.brief import Brief
from openclaw.turns.scene import remembered, set_scene

KEY = SessionKey("agent:main:imessage:group:7")
PEER = Peer(PeerKind.GROUP, "7")
CHAT = group_chat()


def beside(tx: Tx, *rows: int, most: int = 50) -> list[MessageId]:
    """What Bob said to the others."""
    said = [inbound(row, f"aside {row}", chat=CHAT, sender=BOB) for row in rows]
    ids = messages.receive(tx, said, NOON)
    context.keep(tx, ACCOUNT, CHAT.key, ids, most, NOON)
    return ids


def asked(tx: Tx, row: int) -> Turn:
    """A turn of the group over something that Ann asked."""
    told = replace(inbound(row, "claw?", chat=CHAT), participants=(ANN, BOB), chat_name="Family")
    accounts.note_chat(tx, told, is_group=True)
    [held] = messages.load(tx, messages.receive(tx, [told], NOON))
    route = Route(ACCOUNT, AgentId("main"), KEY, PEER, "default")
    messages.judge(tx, held, Admitted(Reason.GROUP_ALLOWED, PEER, True), route, NOON)
    return turns.create(tx, messages.load(tx, [held.id]), NOON)


def shown(tx: Tx, turn: Turn, most: int = 50) -> list[str]:
    scene = set_scene(tx, turn, Brief(context_limit=most), None, NOON)
    return [message.text for message in scene.overheard]


async def test_a_group_is_known_by_subject_members_and_setting(ledger: Ledger) -> None:
    """Behaviour facts D.5: GroupSubject and GroupMembers."""

    def work(tx: Tx) -> object:
        session_settings.change(tx, KEY, activation="always")
        scene = set_scene(tx, asked(tx, 1), Brief(), None, NOON)
        return scene.subject, scene.members, scene.activation

    assert await ledger.write(work) == ("Family", (ANN, BOB), "always")


async def test_what_was_overheard_is_shown_once_answered_and_forgotten(ledger: Ledger) -> None:
    """Behaviour facts D.8: cleared after an answer; the text is not kept longer than it is needed."""

    def work(tx: Tx) -> tuple[list[str], list[str], list[tuple[MessageState, str]]]:
        kept = beside(tx, 1, 2)
        first = asked(tx, 3)
        before = shown(tx, first)
        turns.finish(tx, first.id, Finished("m", 1, 1), NOON)
        after = shown(tx, asked(tx, 4))
        return before, after, [(one.state, one.message.text) for one in messages.load(tx, kept)]

    before, after, rows = await ledger.write(work)
    assert (before, after) == (["aside 1", "aside 2"], [])
    assert rows == [(MessageState.SHOWN, "")] * 2


@pytest.mark.parametrize("end", [TurnState.FAILED, TurnState.CANCELLED, TurnState.INTERRUPTED])
async def test_a_turn_that_was_not_answered_leaves_its_context_to_the_next(
    ledger: Ledger, end: TurnState
) -> None:
    """It is what was said since the last answer; nobody answered."""

    def work(tx: Tx) -> object:
        beside(tx, 1)
        first = asked(tx, 2)
        shown(tx, first)
        beside(tx, 3)
        turns.end(tx, first.id, end, NOON)
        return shown(tx, asked(tx, 4))

    assert await ledger.write(work) == ["aside 1", "aside 3"]


async def test_a_turn_that_runs_again_sees_what_it_saw(ledger: Ledger) -> None:
    """After a crash the same prompt is put together, with what was said since."""

    def work(tx: Tx) -> object:
        beside(tx, 1)
        first = asked(tx, 2)
        shown(tx, first)
        turns.put_back(tx, first.id, NOON, "stopped")
        beside(tx, 3)
        return shown(tx, turns.run_again(tx, first, NOON))

    assert await ledger.write(work) == ["aside 1", "aside 3"]


async def test_what_one_turn_shows_another_does_not(ledger: Ledger) -> None:
    """Two agents of one chat do not share what was overheard."""

    def work(tx: Tx) -> object:
        beside(tx, 1)
        return shown(tx, asked(tx, 2)), shown(tx, asked(tx, 3))

    assert await ledger.write(work) == (["aside 1"], [])


async def test_a_limit_that_was_lowered_holds_at_once(ledger: Ledger) -> None:
    """historyLimit 0 shows nothing of what was kept before it was set."""

    def work(tx: Tx) -> object:
        ids = beside(tx, 1, 2, 3)
        few = shown(tx, asked(tx, 4), most=1)
        none = shown(tx, asked(tx, 5), most=0)
        return few, none, [(one.state, one.reason) for one in messages.load(tx, ids)][:2]

    left = (MessageState.DROPPED, Reason.CONTEXT_LEFT)
    assert await ledger.write(work) == (["aside 3"], [], [left, left])


entries = st.lists(
    st.sampled_from(["user", "assistant"]).map(lambda role: TranscriptEntry(role, role)), max_size=20
)


@given(entries, st.integers(0, 12))
def test_no_more_is_remembered_than_was_asked_for(said: list[TranscriptEntry], limit: int) -> None:
    """dmHistoryLimit counts what the user said; each goes with what was answered."""
    kept = remembered(tuple(said), limit)
    assert sum(entry.role == "user" for entry in kept) <= limit
    assert tuple(said[len(said) - len(kept) :]) == kept
    assert remembered(tuple(said), None) == tuple(said)
