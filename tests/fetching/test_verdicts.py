"""What follows from a try to fetch a file, as a table."""

from __future__ import annotations

from datetime import timedelta

import pytest

from openclaw.domain.files import FileState
from openclaw.fetching.verdicts import (
    LARGEST_HOUR_BYTES,
    RETRIES_S,
    GiveUp,
    Take,
    TryAgain,
    after_fetching,
    before_fetching,
)
from openclaw.imessage.files import Fault, Fetched, NotFetched


@pytest.mark.parametrize(
    ("told", "limit", "taken", "state"),
    [
        (10, 100, 0, None),
        (0, 100, 0, None),
        (101, 100, 0, FileState.TOO_LARGE),
        (10, 100, LARGEST_HOUR_BYTES, FileState.REFUSED),
    ],
)
def test_some_files_are_not_even_tried(told: int, limit: int, taken: int, state: FileState | None) -> None:
    """Issue: inboundMediaMaxMb, and a bound on what comes in within an hour."""
    found = before_fetching(told, limit, taken)

    assert (found.state if found else None) == state


@pytest.mark.parametrize(
    ("outcome", "expected"),
    [
        (Fetched(10), Take(10)),
        (NotFetched("r", again=True, fault=Fault.MISSING), TryAgain("r", timedelta(seconds=1))),
        (NotFetched("r", again=True, fault=Fault.GROWING), TryAgain("r", timedelta(seconds=1))),
        (NotFetched("r", again=False, fault=Fault.OUTSIDE), GiveUp(FileState.REFUSED, "r")),
        (NotFetched("r", again=False, fault=Fault.NOT_A_FILE), GiveUp(FileState.REFUSED, "r")),
        (NotFetched("r", again=False, fault=Fault.TOO_LARGE), GiveUp(FileState.TOO_LARGE, "r")),
        (NotFetched("r", again=False, fault=Fault.UNREADABLE), GiveUp(FileState.FAILED, "r")),
    ],
)
def test_an_outcome_is_taken_tried_again_or_given_up(
    outcome: Fetched | NotFetched, expected: Take | TryAgain | GiveUp
) -> None:
    """Each with its reason."""
    assert after_fetching(outcome, 10, 1) == expected


def test_a_file_that_is_smaller_than_told_is_believed_in_the_end() -> None:
    """It is still being written, or the phone's number is of another form of it."""
    found = [after_fetching(Fetched(5), 10, attempts) for attempts in range(1, 6)]

    assert [isinstance(one, TryAgain) for one in found] == [True, True, True, True, False]


def test_tries_become_rarer_and_end() -> None:
    """Several within the ten seconds that a turn waits, the last after about an hour."""
    gone = NotFetched("r", again=True, fault=Fault.MISSING)
    waits = [after_fetching(gone, 0, attempts) for attempts in range(1, len(RETRIES_S) + 2)]

    assert waits[-1] == TryAgain("r", None)
    assert 3000 < sum(RETRIES_S) < 4500
    assert sum(RETRIES_S[:4]) == 10
