"""Sessions and what was said in them."""

from __future__ import annotations

from datetime import timedelta

from tests.making import NOON
from tests.store.keeping import SESSION

from openclaw.domain.ids import AgentId, SessionKey, TurnId
from openclaw.domain.sessions import SUMMARY, TranscriptEntry
from openclaw.store import Ledger, Tx, sessions

MAIN = AgentId("main")
LATER = NOON + timedelta(minutes=5)
HELLO = (TranscriptEntry("user", "hello"), TranscriptEntry("assistant", "hi"))


async def test_a_session_begins_once_and_is_found_again(ledger: Ledger) -> None:
    """Its start is its first interaction."""
    begun = await ledger.write(lambda tx: sessions.start(tx, SESSION, MAIN, NOON))

    assert await ledger.read(lambda tx: sessions.find(tx, SESSION)) == begun
    assert (begun.generation, begun.started_at, begun.last_interaction_at) == (1, NOON, NOON)
    assert await ledger.read(lambda tx: sessions.find(tx, SessionKey("agent:main:other"))) is None


async def test_after_a_reset_nothing_said_before_reaches_the_agent(ledger: Ledger) -> None:
    """A transcript belongs to one generation; the old one stays in the ledger (diagram of sessions)."""

    def reset(tx: Tx) -> tuple[object, ...]:
        first = sessions.start(tx, SESSION, MAIN, NOON)
        sessions.add(tx, first, TurnId(1), HELLO)
        second = sessions.reset(tx, first, LATER, "command")
        fresh = sessions.history(tx, second)
        sessions.add(tx, second, TurnId(2), HELLO[:1])
        assert sessions.find(tx, SESSION) == second
        return (
            sessions.history(tx, first),
            fresh,
            sessions.history(tx, second),
            second.generation,
            second.started_at,
        )

    assert await ledger.write(reset) == (HELLO, (), HELLO[:1], 2, LATER)


async def test_history_is_in_order_and_bounded(ledger: Ledger) -> None:
    """A prompt takes the newest entries, oldest first, whatever a session has gathered over years."""

    def talk(tx: Tx) -> tuple[TranscriptEntry, ...]:
        session = sessions.start(tx, SESSION, MAIN, NOON)
        for n in range(300):
            turn = (TranscriptEntry("user", f"q{n}"), TranscriptEntry("assistant", f"a{n}"))
            sessions.add(tx, session, TurnId(n), turn)
        return sessions.history(tx, session)

    told = await ledger.write(talk)

    assert len(told) == 400
    assert [entry.text for entry in (told[0], told[-2], told[-1])] == ["q100", "q299", "a299"]


async def test_a_turn_in_which_nothing_was_said_adds_nothing(ledger: Ledger) -> None:
    """No row without words."""

    def say_nothing(tx: Tx) -> tuple[TranscriptEntry, ...]:
        session = sessions.start(tx, SESSION, MAIN, NOON)
        sessions.add(tx, session, TurnId(1), ())
        return sessions.history(tx, session)

    assert await ledger.write(say_nothing) == ()


async def test_a_person_who_speaks_keeps_the_session_fresh(ledger: Ledger) -> None:
    """Idle time counts from the last interaction (behaviour facts A.12); the list begins with the latest."""

    def speak(tx: Tx) -> tuple[object, ...]:
        sessions.start(tx, SESSION, MAIN, NOON)
        sessions.start(tx, SessionKey("agent:main:b"), MAIN, NOON)
        sessions.touch(tx, SESSION, LATER)
        latest = sessions.every(tx)
        return (
            [one.key for one in latest],
            latest[0].last_interaction_at,
            latest[0].started_at,
            sessions.count(tx),
        )

    assert await ledger.write(speak) == ([SESSION, "agent:main:b"], LATER, NOON, 2)


async def test_a_summary_stands_for_what_it_was_made_of(ledger: Ledger) -> None:
    """The newest entries stay; what is folded stays in the ledger and comes back into no prompt."""

    def fold(tx: Tx) -> tuple[object, ...]:
        session = sessions.start(tx, SESSION, MAIN, NOON)
        for turn in range(1, 4):
            sessions.add(tx, session, TurnId(turn), HELLO)
        folded = sessions.fold(tx, session, TurnId(9), "they greeted", keep=2)
        after = sessions.history(tx, session)
        again = sessions.fold(tx, session, TurnId(10), "and again", keep=2)
        fresh = sessions.reset(tx, session, LATER, "command")
        carried = sessions.carry_summary(tx, session, fresh)
        return (
            folded,
            after,
            again,
            len(sessions.transcript_of(tx, session)),
            carried,
            sessions.history(tx, fresh),
        )

    summary = TranscriptEntry(SUMMARY, "they greeted")
    assert await ledger.write(fold) == (4, (summary, *HELLO), 0, 7, True, (summary,))
