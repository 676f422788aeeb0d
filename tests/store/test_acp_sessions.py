"""Sessions of outside agents: every edge of the diagram, and the names by which they are found."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from tests.making import NOON

from openclaw.domain.acp import AcpOptions, AcpSession, AcpState, outside_agent
from openclaw.domain.ids import SessionKey
from openclaw.store import Ledger, Tx, acp_sessions

LATER = NOON + timedelta(minutes=5)
ONE = AcpSession(
    SessionKey("agent:codex:acp:1"), outside_agent("codex"), "codex", "persistent", "/srv/one", "tests"
)
TWO = AcpSession(SessionKey("agent:claude:acp:2"), outside_agent("claude"), "claude", "oneshot", "/srv/two")


async def test_a_session_is_kept_as_it_was_begun(ledger: Ledger) -> None:
    """A: with everything that was set for it."""
    options = AcpOptions("code", "gpt-5", "high", "ask", 90, "/srv/mine", {"web": "on"})
    made = await ledger.write(lambda tx: acp_sessions.begin(tx, replace(ONE, options=options), NOON))

    assert made == replace(ONE, options=options, created_at=NOON, active_at=NOON)
    assert await ledger.read(lambda tx: acp_sessions.find(tx, ONE.key)) == made
    assert await ledger.read(lambda tx: acp_sessions.find(tx, TWO.key)) is None


async def test_a_session_of_the_same_key_takes_the_place_of_the_old_one(ledger: Ledger) -> None:
    """A after E: the agent's own name for it is not inherited."""

    def work(tx: Tx) -> AcpSession | None:
        acp_sessions.begin(tx, ONE, NOON)
        acp_sessions.named_outside(tx, ONE.key, "abc", 1, NOON)
        acp_sessions.begin(tx, replace(ONE, cwd="/srv/other"), LATER)
        return acp_sessions.find(tx, ONE.key)

    assert await ledger.write(work) == replace(ONE, cwd="/srv/other", created_at=LATER, active_at=LATER)


async def test_how_it_is_doing(ledger: Ledger) -> None:
    """B, C, D, and B again after an error."""
    seen: list[tuple[AcpState, str]] = []

    def work(tx: Tx) -> None:
        acp_sessions.begin(tx, ONE, NOON)
        for state, error in (
            (AcpState.RUNNING, ""),
            (AcpState.ERROR, "it broke"),
            (AcpState.RUNNING, ""),
            (AcpState.IDLE, ""),
        ):
            acp_sessions.settle(tx, ONE.key, state, error, LATER)
            found = acp_sessions.find(tx, ONE.key)
            assert found is not None
            assert found.active_at == LATER
            seen.append((found.state, found.last_error))

    await ledger.write(work)
    assert seen == [
        (AcpState.RUNNING, ""),
        (AcpState.ERROR, "it broke"),
        (AcpState.RUNNING, ""),
        (AcpState.IDLE, ""),
    ]


async def test_nothing_runs_after_a_start(ledger: Ledger) -> None:
    """C by the end of the gateway; an error stays one."""

    def work(tx: Tx) -> list[AcpState]:
        for session, state in ((ONE, AcpState.RUNNING), (TWO, AcpState.ERROR)):
            acp_sessions.begin(tx, replace(session, state=state), NOON)
        acp_sessions.recover(tx)
        return [one.state for one in acp_sessions.newest(tx)]

    assert sorted(await ledger.write(work)) == [AcpState.ERROR, AcpState.IDLE]


async def test_what_is_closed_is_gone(ledger: Ledger) -> None:
    """E: and only that."""

    def work(tx: Tx) -> tuple[int, list[AcpSession]]:
        acp_sessions.begin(tx, ONE, NOON)
        acp_sessions.begin(tx, TWO, NOON)
        acp_sessions.remove(tx, [ONE.key])
        return acp_sessions.count(tx), acp_sessions.newest(tx)

    count, left = await ledger.write(work)
    assert (count, [one.key for one in left]) == (1, [TWO.key])


async def test_another_folder_forgets_the_agents_own_name(ledger: Ledger) -> None:
    """Its own session belongs to the old folder."""

    def work(tx: Tx) -> list[tuple[str, str, int]]:
        acp_sessions.begin(tx, ONE, NOON)
        acp_sessions.named_outside(tx, ONE.key, "Abc-1", 3, LATER)
        before = acp_sessions.find(tx, ONE.key)
        acp_sessions.set_cwd(tx, ONE.key, "/srv/new")
        after = acp_sessions.find(tx, ONE.key)
        return [(one.cwd, one.outside_id, one.generation) for one in (before, after) if one]

    assert await ledger.write(work) == [("/srv/one", "Abc-1", 3), ("/srv/new", "", 3)]


@pytest.mark.parametrize(
    ("token", "found"),
    [
        ("agent:codex:acp:1", [ONE.key]),
        ("AGENT:Codex:acp:1", [ONE.key]),
        ("Abc-1", [ONE.key]),
        ("abc-1", []),
        ("Tests", [ONE.key]),
        ("agent:codex:acp", []),
        ("", []),
    ],
)
async def test_by_which_names_it_is_found(ledger: Ledger, token: str, found: list[SessionKey]) -> None:
    """Key and label in any case, the agent's own name as it stands; an empty label is no name."""

    def work(tx: Tx) -> list[SessionKey]:
        acp_sessions.begin(tx, ONE, NOON)
        acp_sessions.begin(tx, TWO, NOON)
        acp_sessions.named_outside(tx, ONE.key, "Abc-1", 1, NOON)
        return [one.key for one in acp_sessions.named(tx, token)]

    assert await ledger.write(work) == found


async def test_the_last_used_come_first(ledger: Ledger) -> None:
    """And no more than are asked for."""

    def work(tx: Tx) -> list[SessionKey]:
        acp_sessions.begin(tx, ONE, LATER)
        acp_sessions.begin(tx, TWO, NOON)
        return [one.key for one in (*acp_sessions.newest(tx), *acp_sessions.newest(tx, 1))]

    assert await ledger.write(work) == [ONE.key, TWO.key, ONE.key]
