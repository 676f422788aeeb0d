"""States with their cause, since when, and what comes next."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from openclaw.domain.health import AccountHealth, AccountState
from openclaw.domain.ids import RowId
from openclaw.errors import PhoneUnusable, WireError
from openclaw.imessage.board import HealthBoard
from openclaw.supervision import Lapse

LATER = datetime(2026, 1, 2, tzinfo=UTC)


def board() -> tuple[HealthBoard, list[AccountHealth]]:
    """A board and everything it tells."""
    told: list[AccountHealth] = []
    return HealthBoard(told.append), told


def test_only_changes_are_told_and_since_is_kept() -> None:
    """Nobody is notified twice of one state (demand 3: bridge states)."""
    shown, told = board()

    shown.show(AccountState.CONNECTED)
    shown.show(AccountState.CONNECTED)
    shown.show(AccountState.DEGRADED, "slow")
    shown.show(AccountState.DEGRADED, "slower")

    assert [(health.state, health.cause) for health in told] == [
        (AccountState.CONNECTED, ""),
        (AccountState.DEGRADED, "slow"),
        (AccountState.DEGRADED, "slower"),
    ]
    assert told[1].since == told[2].since


@pytest.mark.parametrize(
    ("code", "state"),
    [
        ("permission-denied", AccountState.NEEDS_PERMISSION),
        ("imsg-not-found", AccountState.MISCONFIGURED),
        ("rpc-unsupported", AccountState.MISCONFIGURED),
        ("database-missing", AccountState.MISCONFIGURED),
        ("not-responding", AccountState.BACKING_OFF),
    ],
)
def test_a_condition_of_the_phone_has_its_own_state_and_fix(code: str, state: AccountState) -> None:
    """Never silent about why (promise 4)."""
    shown, told = board()

    shown.show_lapse(Lapse(PhoneUnusable(code, "it cannot", "Mend it"), 1, LATER), deaf=False)

    assert (told[-1].state, told[-1].cause, told[-1].next_try) == (state, "it cannot. Mend it", LATER)


def test_a_deaf_watch_stays_deaf_until_it_hears_again() -> None:
    """The state outlives the child that was given up."""
    shown, told = board()

    shown.show_lapse(Lapse(WireError("ended"), 1, LATER), deaf=True)

    assert told[-1].state is AccountState.DEAF


def test_the_newest_row_never_goes_back() -> None:
    """Rows of an older subscription may come late."""
    shown, told = board()

    shown.note_row(RowId(7))
    shown.note_row(RowId(5))

    assert [health.newest_row for health in told] == [7]


def test_sending_and_version_are_told() -> None:
    """Reading and sending are reported apart (design 5)."""
    shown, told = board()

    shown.note_version("0.9.0")
    shown.note_sending("worked")

    assert (told[-1].version, told[-1].sending) == ("0.9.0", "worked")


def test_a_warning_stands_instead_of_a_connection_without_blemish_until_it_is_taken_back() -> None:
    """Other states keep their own cause; the operator sees the warning for as long as it holds (design 5)."""
    shown, told = board()

    shown.show(AccountState.CONNECTED)
    shown.warn("Confirm it.")
    shown.warn("Confirm it.")
    shown.show(AccountState.CONNECTED, "catching up: 5 rows so far")
    shown.show(AccountState.DEAF, "silence")
    shown.warn("")
    shown.show(AccountState.CONNECTED)

    assert [(health.state, health.cause) for health in told] == [
        (AccountState.CONNECTED, ""),
        (AccountState.DEGRADED, "Confirm it."),
        (AccountState.DEGRADED, "Confirm it. catching up: 5 rows so far"),
        (AccountState.DEAF, "silence"),
        (AccountState.CONNECTED, ""),
    ]


def test_another_database_counts_its_rows_anew() -> None:
    """The newest row of the old one would look like a lag for ever."""
    shown, _ = board()

    shown.note_row(RowId(900))
    shown.count_from(RowId(3))
    shown.note_row(RowId(2))

    assert shown.health.newest_row == 3
