"""Conversations bound to outside agents: every edge of the diagram, and how long it lasts."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from tests.making import ACCOUNT, ANN, BOB, NOON, direct_chat, group_chat

from openclaw.domain.acp import AcpBinding, outside_agent
from openclaw.domain.ids import AccountId, SessionKey
from openclaw.store import Ledger, Tx, acp_bindings
from openclaw.store.acp_bindings import Lifetime

FOR_EVER = Lifetime()
HOUR = timedelta(hours=1)
ONE = AcpBinding(
    ACCOUNT, group_chat(7).key, SessionKey("agent:codex:acp:1"), outside_agent("codex"), ANN, NOON, NOON
)


async def test_a_conversation_is_bound_by_account_and_chat(ledger: Ledger) -> None:
    """A: the same chat of another account is another conversation."""

    def work(tx: Tx) -> list[AcpBinding | None]:
        acp_bindings.bind(tx, ONE)
        places = ((ACCOUNT, ONE.chat), (AccountId("work"), ONE.chat), (ACCOUNT, direct_chat().key))
        return [acp_bindings.find(tx, account, chat, FOR_EVER, NOON) for account, chat in places]

    assert await ledger.write(work) == [ONE, None, None]


async def test_binding_anew_takes_the_place_of_the_old_binding(ledger: Ledger) -> None:
    """A again: one conversation has one binding."""
    anew = replace(ONE, session=SessionKey("agent:claude:acp:2"), agent=outside_agent("claude"), by=BOB)

    def work(tx: Tx) -> list[AcpBinding]:
        acp_bindings.bind(tx, ONE)
        acp_bindings.bind(tx, anew)
        return acp_bindings.every(tx)

    assert await ledger.write(work) == [anew]


async def test_what_is_said_there_begins_its_idle_time_again(ledger: Ledger) -> None:
    """B: and nothing else of it changes."""

    def work(tx: Tx) -> list[AcpBinding]:
        acp_bindings.bind(tx, ONE)
        acp_bindings.bind(tx, replace(ONE, chat=group_chat(8).key))
        acp_bindings.touch(tx, ACCOUNT, ONE.chat, NOON + HOUR)
        return acp_bindings.every(tx)

    assert await ledger.write(work) == [
        replace(ONE, active_at=NOON + HOUR),
        replace(ONE, chat=group_chat(8).key),
    ]


async def test_releasing_one_conversation(ledger: Ledger) -> None:
    """C by a person; a second time there is nothing to release."""

    def work(tx: Tx) -> tuple[bool, bool]:
        acp_bindings.bind(tx, ONE)
        return acp_bindings.release(tx, ACCOUNT, ONE.chat), acp_bindings.release(tx, ACCOUNT, ONE.chat)

    assert await ledger.write(work) == (True, False)


async def test_closing_a_session_releases_all_of_its_conversations(ledger: Ledger) -> None:
    """C by its session's end; those of others stay."""
    other = replace(ONE, chat=group_chat(9).key, session=SessionKey("agent:claude:acp:2"))

    def work(tx: Tx) -> tuple[int, list[AcpBinding]]:
        for one in (ONE, replace(ONE, chat=group_chat(8).key), other):
            acp_bindings.bind(tx, one)
        return len(acp_bindings.release_session(tx, ONE.session)), acp_bindings.every(tx)

    assert await ledger.write(work) == (2, [other])


LIVES = [
    (FOR_EVER, NOON + timedelta(days=10_000), False, ""),
    (Lifetime(idle=HOUR), NOON + HOUR + HOUR - timedelta(milliseconds=1), False, ""),
    (Lifetime(idle=HOUR), NOON + HOUR + HOUR, True, "nothing was said"),
    (Lifetime(most=2 * HOUR), NOON + 2 * HOUR - timedelta(milliseconds=1), False, ""),
    (Lifetime(most=2 * HOUR), NOON + 2 * HOUR, True, "as long as it may be"),
    (Lifetime(idle=HOUR, most=24 * HOUR), NOON + 2 * HOUR, True, "nothing was said"),
    (Lifetime(idle=24 * HOUR, most=2 * HOUR), NOON + 2 * HOUR, True, "as long as it may be"),
]


@pytest.mark.parametrize(("lifetime", "at", "over", "why"), LIVES)
async def test_how_long_it_lasts(
    ledger: Ledger, lifetime: Lifetime, at: datetime, over: bool, why: str
) -> None:
    """C by itself: what is over counts no more, whether or not it was released already, and leaves a trail."""
    kept = replace(ONE, active_at=NOON + HOUR)

    def work(tx: Tx) -> tuple[AcpBinding | None, list[AcpBinding], list[AcpBinding]]:
        acp_bindings.bind(tx, kept)
        found = acp_bindings.find(tx, ACCOUNT, ONE.chat, lifetime, at)
        return found, acp_bindings.expire(tx, lifetime, at), acp_bindings.every(tx)

    found, released, left = await ledger.write(work)
    assert (found is None) is over
    assert (released, left) == (([kept], []) if over else ([], [kept]))
    trail = await ledger.read(lambda tx: acp_bindings.expired(tx, ACCOUNT, ONE.chat))
    assert (trail is not None and why in trail.reason) is over
