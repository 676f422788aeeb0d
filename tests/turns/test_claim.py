"""What a lane takes next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from tests.making import ACCOUNT, ANN, BOB, NOON, direct_chat, group_chat, inbound

from openclaw.domain.admission import Admitted, Reason
from openclaw.domain.delivery import DeliveryState
from openclaw.domain.ids import AccountId, AgentId, SessionKey
from openclaw.domain.messages import InboundMessage, MessageState
from openclaw.domain.sessions import Peer, PeerKind, Route, TranscriptEntry
from openclaw.domain.turns import QueueMode
from openclaw.outbound.compose import bubble
from openclaw.store import Ledger, Tx, deliveries, messages, queues, session_settings, sessions, turns
from openclaw.turns.claim import Claimed, Commanded, Nothing, Rules, claim
from openclaw.turns.commands.recognise import command_of
from openclaw.turns.queueing import Queue

KEY, MAIN = SessionKey("agent:main:main"), AgentId("main")


def rules(mode: QueueMode = QueueMode.COLLECT, *, can_run: bool = True, stale: str = "") -> Rules:
    return Rules(
        can_run=lambda agent: can_run,
        stale=lambda session, kind: stale,
        say=lambda account, chat, text: [bubble(account, chat, text)],
        queue=Queue(mode),
    )


def wait_with(tx: Tx, rows: Sequence[InboundMessage], *, authorised: bool = True) -> None:
    """Put admitted messages of one session into the ledger."""
    for held in messages.load(tx, messages.receive(tx, rows, NOON)):
        peer = Peer(PeerKind.DIRECT, ANN)
        verdict = Admitted(Reason.DM_ALLOWED, peer, authorised, command_of(held.message.text))
        messages.judge(tx, held, verdict, Route(ACCOUNT, MAIN, KEY, peer, "default"), NOON)


def texts(step: object) -> list[str]:
    assert isinstance(step, Claimed)
    return [message.text for message in step.turn.messages]


async def test_an_empty_lane_has_nothing(ledger: Ledger) -> None:
    """No message, no turn."""
    assert await ledger.write(lambda tx: claim(tx, KEY, rules(), NOON)) == Nothing()


async def test_collect_takes_what_waits_in_one_chat_together(ledger: Ledger) -> None:
    """Design section 7, collect; a turn never mixes two chats."""

    def work(tx: Tx) -> list[list[str]]:
        bob = inbound(3, "three", chat=direct_chat(BOB, 2), sender=BOB)
        wait_with(tx, [inbound(1, "one"), inbound(2, "two"), bob, inbound(4, "four")])
        return [texts(claim(tx, KEY, rules(), NOON)) for _ in range(3)]

    assert await ledger.write(work) == [["one", "two"], ["three"], ["four"]]


async def test_followup_takes_one_message_at_a_time(ledger: Ledger) -> None:
    """Queue mode followup."""

    def work(tx: Tx) -> list[list[str]]:
        wait_with(tx, [inbound(1, "one"), inbound(2, "two")])
        return [texts(claim(tx, KEY, rules(QueueMode.FOLLOWUP), NOON)) for _ in range(2)]

    assert await ledger.write(work) == [["one"], ["two"]]


async def test_messages_of_different_authority_are_not_put_together(ledger: Ledger) -> None:
    """Design section 4: a turn has one or more messages with equal authority."""

    def work(tx: Tx) -> list[list[str]]:
        wait_with(tx, [inbound(1, "one")])
        wait_with(tx, [inbound(2, "two")], authorised=False)
        return [texts(claim(tx, KEY, rules(), NOON)) for _ in range(2)]

    assert await ledger.write(work) == [["one"], ["two"]]


async def test_a_reset_keeps_its_place_among_the_messages(ledger: Ledger) -> None:
    """Design section 7: /new keeps its place in the lane."""

    def work(tx: Tx) -> tuple[list[str], object, list[str]]:
        wait_with(tx, [inbound(1, "before"), inbound(2, "/new"), inbound(3, "after")])
        first = claim(tx, KEY, rules(), NOON)
        assert isinstance(first, Claimed)
        sessions.add(tx, first.session, first.turn.id, (TranscriptEntry("user", "before"),))
        second = claim(tx, KEY, rules(), NOON)
        third = claim(tx, KEY, rules(), NOON)
        assert isinstance(third, Claimed)
        assert third.history == ()
        return texts(first), second, texts(third)

    assert await ledger.write(work) == (["before"], Commanded(ACCOUNT), ["after"])
    queued = await ledger.read(lambda tx: deliveries.in_state(tx, DeliveryState.QUEUED))
    assert [one.message.text for one in queued] == ["A new conversation has begun."]


async def test_a_stale_session_begins_anew(ledger: Ledger) -> None:
    """Behaviour facts A.12: daily and idle resets."""

    def work(tx: Tx) -> tuple[int, int]:
        wait_with(tx, [inbound(1, "one")])
        first = claim(tx, KEY, rules(stale="a new day"), NOON)
        wait_with(tx, [inbound(2, "two")])
        second = claim(tx, KEY, rules(stale="a new day"), NOON)
        assert isinstance(first, Claimed)
        assert isinstance(second, Claimed)
        return first.session.generation, second.session.generation

    assert await ledger.write(work) == (1, 2)


async def test_a_turn_that_is_to_run_again_goes_first(ledger: Ledger) -> None:
    """Recovery is the same path: a queued turn is taken before newer messages."""

    def work(tx: Tx) -> tuple[list[str], int]:
        wait_with(tx, [inbound(1, "one")])
        first = claim(tx, KEY, rules(), NOON)
        assert isinstance(first, Claimed)
        turns.put_back(tx, first.turn.id, NOON, "stopped")
        wait_with(tx, [inbound(2, "two")])
        again = claim(tx, KEY, rules(), NOON)
        assert isinstance(again, Claimed)
        return texts(again), again.turn.attempts

    assert await ledger.write(work) == (["one"], 2)


async def test_nothing_is_taken_while_nobody_can_answer(ledger: Ledger) -> None:
    """Design section 8: messages wait; resets are carried out all the same."""

    def work(tx: Tx) -> list[object]:
        wait_with(tx, [inbound(1, "/reset"), inbound(2, "one")])
        return [claim(tx, KEY, rules(can_run=False), NOON) for _ in range(2)]

    assert await ledger.write(work) == [Commanded(ACCOUNT), Nothing()]
    assert len(await ledger.read(lambda tx: messages.in_state(tx, MessageState.WAITING))) == 1


async def test_a_backlog_of_two_chats_that_share_a_session_becomes_one_turn_each(ledger: Ledger) -> None:
    """Design section 5: more than three late messages of one chat are one turn, however the chats are mixed."""

    def work(tx: Tx) -> list[list[str]]:
        bob = direct_chat(BOB, 2)
        mixed = [
            inbound(n, f"a{n}") if n % 2 else inbound(n, f"b{n}", chat=bob, sender=BOB) for n in range(1, 9)
        ]
        wait_with(tx, mixed)
        everything = [held.id for held in messages.waiting(tx, KEY, 50)]
        messages.put_back(tx, everything, MessageState.WAITING, NOON, Reason.LATE)
        return [texts(claim(tx, KEY, rules(), NOON)) for _ in range(2)]

    assert await ledger.write(work) == [["a1", "a3", "a5", "a7"], ["b2", "b4", "b6", "b8"]]


async def test_what_waits_for_an_account_that_is_off_holds_nobody_up_however_much_it_is(
    ledger: Ledger,
) -> None:
    """An account that was switched off leaves its messages waiting at the head of a shared session."""
    off = AccountId("off")

    def work(tx: Tx) -> list[str]:
        wait_with(tx, [inbound(n, "waits", account=off) for n in range(1, 601)])
        wait_with(tx, [inbound(601, "served")])
        return texts(claim(tx, KEY, replace(rules(), serves=off.__ne__), NOON))

    assert await ledger.write(work) == ["served"]


def hush(tx: Tx, *rows: int, seconds: float = 2) -> None:
    """Let these waiting messages wait until their sender is silent."""
    for held in messages.waiting(tx, KEY, 50):
        if held.message.row_id in rows:
            queues.hush(tx, held, NOON, NOON + timedelta(seconds=seconds))


async def test_a_chat_in_which_somebody_may_still_write_is_passed_over(ledger: Ledger) -> None:
    """messages.inbound: the turn waits for silence; what shares the session with it does not."""

    def work(tx: Tx) -> tuple[list[str], object, list[str]]:
        bob = direct_chat(BOB, 2)
        wait_with(tx, [inbound(1, "one"), inbound(2, "two"), inbound(3, "bob", chat=bob, sender=BOB)])
        hush(tx, 1, 2)
        first, second = (claim(tx, KEY, rules(), NOON) for _ in range(2))
        return texts(first), second, texts(claim(tx, KEY, rules(), NOON + timedelta(seconds=2)))

    assert await ledger.write(work) == (["bob"], Nothing(2.0), ["one", "two"])


async def test_nothing_overtakes_what_waits_in_its_chat(ledger: Ledger) -> None:
    """Order kept: a group answers in the order in which people wrote, whoever is waited for."""

    def work(tx: Tx) -> tuple[object, list[str]]:
        wait_with(
            tx, [inbound(1, "ann", chat=group_chat()), inbound(2, "bob", chat=group_chat(), sender=BOB)]
        )
        hush(tx, 1)
        return claim(tx, KEY, rules(), NOON), texts(claim(tx, KEY, rules(), NOON + timedelta(seconds=3)))

    assert await ledger.write(work) == (Nothing(2.0), ["ann", "bob"])


async def test_a_clock_that_is_set_back_makes_nobody_wait(ledger: Ledger) -> None:
    """Promise 3: a moment of silence must not become a day."""

    def work(tx: Tx) -> list[str]:
        wait_with(tx, [inbound(1, "one")])
        hush(tx, 1)
        return texts(claim(tx, KEY, rules(), NOON - timedelta(hours=5)))

    assert await ledger.write(work) == ["one"]


async def test_a_burst_is_one_turn_where_messages_are_answered_one_by_one(ledger: Ledger) -> None:
    """Behaviour facts D.9: what one sender wrote in one go is one message, in every queue mode."""

    def work(tx: Tx) -> list[list[str]]:
        wait_with(
            tx,
            [
                inbound(1, "a"),
                inbound(2, "b"),
                inbound(3, "c"),
                inbound(4, "d", sender=BOB, chat=direct_chat()),
            ],
        )
        hush(tx, 1, 2)
        later = NOON + timedelta(seconds=3)
        return [texts(claim(tx, KEY, rules(QueueMode.FOLLOWUP), later)) for _ in range(3)]

    assert await ledger.write(work) == [["a", "b"], ["c"], ["d"]]


def condense(tx: Tx, *rows: int) -> None:
    """The queue was full when these came."""
    ids = [held.id for held in messages.waiting(tx, KEY, 500) if held.message.row_id in rows]
    messages.put_back(tx, ids, MessageState.WAITING, NOON, Reason.QUEUE_CONDENSED)


@pytest.mark.parametrize(
    ("mode", "turns"),
    [
        (QueueMode.COLLECT, [["a*", "b*", "c", "d"]]),
        (QueueMode.FOLLOWUP, [["a*", "b*", "c"], ["d"]]),
        (QueueMode.STEER, [["a*", "b*", "c"], ["d"]]),
        (QueueMode.INTERRUPT, [["a*", "b*", "c", "d"]]),
    ],
)
async def test_the_table_of_what_a_full_queue_becomes(
    ledger: Ledger, mode: QueueMode, turns: list[list[str]]
) -> None:
    """messages.queue.drop summarize: what had no room is part of the next turn, in short (promise 3)."""

    def work(tx: Tx) -> list[list[str]]:
        wait_with(tx, [inbound(number, text) for number, text in enumerate("abcd", 1)])
        condense(tx, 1, 2)
        taken: list[list[str]] = []
        while isinstance(step := claim(tx, KEY, rules(mode), NOON), Claimed):
            taken.append([one.text + "*" * one.condensed for one in step.turn.messages])
        return taken

    assert await ledger.write(work) == turns


async def test_a_flood_is_told_in_several_turns_and_none_of_it_is_left_out(ledger: Ledger) -> None:
    """A prompt has a bound, and so the rest is the next turn's."""

    def work(tx: Tx) -> list[int]:
        wait_with(tx, [inbound(number, f"m{number}") for number in range(1, 261)])
        condense(tx, *range(1, 241))
        return [len(texts(claim(tx, KEY, rules(), NOON))) for _ in range(3)]

    assert await ledger.write(work) == [100, 100, 60]


async def test_what_was_set_for_a_session_counts_before_the_configuration(ledger: Ledger) -> None:
    """/queue followup in one conversation leaves the others as they are."""

    def work(tx: Tx) -> tuple[list[str], float]:
        session_settings.change(tx, KEY, queue="queue", queue_debounce_ms=250)
        wait_with(tx, [inbound(1, "one"), inbound(2, "two")])
        step = claim(tx, KEY, rules(), NOON)
        assert isinstance(step, Claimed)
        return texts(step), step.debounce_s

    assert await ledger.write(work) == (["one"], 0.25)


async def test_a_session_does_not_become_younger_by_trying_again(ledger: Ledger) -> None:
    """Behaviour facts A.12: freshness is extended by people, not by what the gateway does."""

    def work(tx: Tx) -> tuple[datetime, datetime]:
        wait_with(tx, [inbound(1, "one")])
        first = claim(tx, KEY, rules(), NOON)
        assert isinstance(first, Claimed)
        turns.put_back(tx, first.turn.id, NOON, "stopped")
        claim(tx, KEY, rules(), NOON + timedelta(hours=1))
        wait_with(tx, [inbound(2, "two")])
        again = sessions.find(tx, KEY)
        claim(tx, KEY, rules(), NOON + timedelta(hours=2))
        spoken = sessions.find(tx, KEY)
        assert again
        assert spoken
        return again.last_interaction_at, spoken.last_interaction_at

    assert await ledger.write(work) == (NOON, NOON + timedelta(hours=2))
