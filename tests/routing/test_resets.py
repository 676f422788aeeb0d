"""Resets: when a conversation begins anew."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.store.keeping import SESSION

from openclaw.config.sections.session import Reset, ResetByType
from openclaw.config.sections.session import Session as SessionSection
from openclaw.domain.ids import AgentId
from openclaw.domain.sessions import PeerKind, Session
from openclaw.routing.resets import ResetPolicy, reset_policy, stale_because

BERLIN = ZoneInfo("Europe/Berlin")
DAILY = ResetPolicy(4, None)
HOUR = timedelta(hours=1)


def session(started: datetime, last: datetime | None = None) -> Session:
    """A session of some age."""
    return Session(SESSION, AgentId("main"), 1, started, last or started)


def at(day: int, hour: int, minute: int = 0, month: int = 3) -> datetime:
    """A wall-clock time in Berlin, 2026."""
    return datetime(2026, month, day, hour, minute, tzinfo=BERLIN)


@pytest.mark.parametrize(
    ("started", "now", "reason"),
    [
        (at(4, 5), at(4, 23), ""),
        (at(4, 5), at(5, 3, 59), ""),
        (at(4, 5), at(5, 4), "a new day"),
        (at(4, 3, 59), at(4, 4), "a new day"),
        (at(4, 4), at(4, 4), ""),
        (at(1, 12), at(4, 12), "a new day"),
    ],
)
def test_a_day_ends_at_its_hour_of_local_time(started: datetime, now: datetime, reason: str) -> None:
    """Daily compares the start with the latest local boundary (behaviour facts A.12)."""
    assert stale_because(session(started), DAILY, now) == reason
    assert stale_because(session(started.astimezone(UTC)), DAILY, now) == reason


def test_talking_through_the_night_still_ends_at_the_boundary() -> None:
    """The start counts, not the last word."""
    assert stale_because(session(at(4, 5), at(5, 3, 59)), DAILY, at(5, 4)) == "a new day"


@pytest.mark.parametrize(("minutes", "reason"), [(60, ""), (61, "silence")])
def test_silence_is_counted_from_the_last_word(minutes: int, reason: str) -> None:
    """Idle compares the last interaction (behaviour facts A.12)."""
    spoken = at(1, 12)

    assert (
        stale_because(session(at(1, 5), spoken), ResetPolicy(None, HOUR), spoken + timedelta(minutes=minutes))
        == reason
    )


def test_whichever_ends_first_decides() -> None:
    """In daily mode an idle limit applies as well (behaviour facts A.12)."""
    both = ResetPolicy(4, HOUR)

    assert stale_because(session(at(4, 5)), both, at(4, 7)) == "silence"
    assert stale_because(session(at(4, 3, 30)), both, at(4, 4, 10)) == "a new day"
    assert stale_because(session(at(4, 5)), both, at(4, 5, 30)) == ""


def test_with_both_off_a_session_never_ends() -> None:
    """Idle mode without minutes has nothing to count."""
    assert stale_because(session(datetime(2001, 1, 1, tzinfo=UTC)), ResetPolicy(None, None), at(4, 12)) == ""


@pytest.mark.parametrize(
    ("started", "now", "reason"),
    [
        (at(28, 5), at(29, 3, 30), ""),
        (at(28, 5), at(29, 4), "a new day"),
        (at(29, 1, 30), at(29, 3, 59), ""),
        (at(24, 5, month=10), at(25, 3, 59, month=10), ""),
        (at(24, 5, month=10), at(25, 4, month=10), "a new day"),
        (at(25, 4, 30, month=10), at(25, 23, month=10), ""),
    ],
)
def test_a_night_with_a_clock_change_has_its_boundary_at_the_same_hour(
    started: datetime, now: datetime, reason: str
) -> None:
    """Local wall clock decides, on days of 23 and of 25 hours too."""
    assert stale_because(session(started.astimezone(UTC)), DAILY, now) == reason


def test_an_hour_that_comes_twice_is_one_boundary() -> None:
    """A session begun in the first 2:10 of the night is not begun again in the second one."""
    early = datetime(2026, 10, 25, 2, 10, tzinfo=BERLIN)
    policy = ResetPolicy(2, None)

    assert stale_because(session(early.astimezone(UTC)), policy, early.replace(fold=1)) == ""
    assert stale_because(session(early.astimezone(UTC) - HOUR), policy, early.replace(fold=1)) == "a new day"


@given(
    st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1)),  # noqa: DTZ001
    st.integers(0, 23),
    st.integers(-12, 14),
)
def test_a_session_never_outlives_its_day(naive: datetime, hour: int, offset: int) -> None:
    """Whatever the zone: new sessions are fresh, and a day later every one has ended."""
    now = naive.replace(tzinfo=timezone(timedelta(hours=offset)))
    policy = ResetPolicy(hour, None)

    assert stale_because(session(now), policy, now) == ""
    assert stale_because(session(now), policy, now + timedelta(days=1)) == "a new day"


DIRECT, GROUP = PeerKind.DIRECT, PeerKind.GROUP
IDLE_30, IDLE_60 = Reset(mode="idle", idle_minutes=30), Reset(mode="idle", idle_minutes=60)


@pytest.mark.parametrize(
    ("section", "kind", "expected"),
    [
        ({}, DIRECT, ResetPolicy(4, None)),
        ({"idle_minutes": 90}, DIRECT, ResetPolicy(None, timedelta(minutes=90))),
        ({"reset": Reset()}, DIRECT, ResetPolicy(4, None)),
        ({"reset": Reset(at_hour=0)}, DIRECT, ResetPolicy(0, None)),
        (
            {"reset": Reset(mode="daily", at_hour=6, idle_minutes=30)},
            GROUP,
            ResetPolicy(6, timedelta(minutes=30)),
        ),
        ({"reset": IDLE_60}, GROUP, ResetPolicy(None, HOUR)),
        ({"reset": Reset(mode="idle")}, DIRECT, ResetPolicy(None, None)),
        ({"reset": IDLE_60, "reset_by_type": ResetByType(group=IDLE_30)}, GROUP, ResetPolicy(None, HOUR / 2)),
        ({"reset": IDLE_60, "reset_by_type": ResetByType(group=IDLE_30)}, DIRECT, ResetPolicy(None, HOUR)),
        ({"reset_by_type": ResetByType(dm=IDLE_30)}, DIRECT, ResetPolicy(None, HOUR / 2)),
        ({"reset_by_type": ResetByType(dm=IDLE_30, direct=IDLE_60)}, DIRECT, ResetPolicy(None, HOUR)),
        (
            {
                "reset": IDLE_60,
                "reset_by_type": ResetByType(direct=IDLE_60),
                "reset_by_channel": {"imessage": IDLE_30},
            },
            DIRECT,
            ResetPolicy(None, HOUR / 2),
        ),
        ({"reset": IDLE_60, "reset_by_channel": {"telegram": IDLE_30}}, DIRECT, ResetPolicy(None, HOUR)),
    ],
)
def test_the_rule_is_the_channels_else_the_kinds_else_the_common_one(
    section: dict[str, object], kind: PeerKind, expected: ResetPolicy
) -> None:
    """By channel replaces by type replaces the base; none at all is daily at four (behaviour facts A.12)."""
    assert reset_policy(SessionSection(**section), kind) == expected  # type: ignore[arg-type]
