"""Resets: when a conversation begins anew."""

from __future__ import annotations

import time
from collections.abc import Iterator
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
    assert stale_because(session(started), DAILY, now, BERLIN) == reason
    assert stale_because(session(started.astimezone(UTC)), DAILY, now, BERLIN) == reason


def test_talking_through_the_night_still_ends_at_the_boundary() -> None:
    """The start counts, not the last word."""
    assert stale_because(session(at(4, 5), at(5, 3, 59)), DAILY, at(5, 4), BERLIN) == "a new day"


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

    assert stale_because(session(at(4, 5)), both, at(4, 7), BERLIN) == "silence"
    assert stale_because(session(at(4, 3, 30)), both, at(4, 4, 10), BERLIN) == "a new day"
    assert stale_because(session(at(4, 5)), both, at(4, 5, 30), BERLIN) == ""


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
    assert stale_because(session(started.astimezone(UTC)), DAILY, now, BERLIN) == reason


def test_an_hour_that_comes_twice_is_one_boundary() -> None:
    """A session begun in the first 2:10 of the night is not begun again in the second one."""
    early = datetime(2026, 10, 25, 2, 10, tzinfo=BERLIN)
    policy = ResetPolicy(2, None)

    assert stale_because(session(early.astimezone(UTC)), policy, early.replace(fold=1), BERLIN) == ""
    assert (
        stale_because(session(early.astimezone(UTC) - HOUR), policy, early.replace(fold=1), BERLIN)
        == "a new day"
    )


@pytest.mark.parametrize(("started", "reason"), [(at(29, 0, 30), "a new day"), (at(29, 1, 30), "")])
@pytest.mark.parametrize("zone", [BERLIN, None])
def test_a_boundary_before_a_clock_change_is_reckoned_by_the_clock_of_then(
    berlin: None, started: datetime, reason: str, zone: ZoneInfo | None
) -> None:
    """At noon in summer time, one o'clock of that night was still one o'clock in winter time."""
    noon = at(29, 12).astimezone(UTC)

    assert stale_because(session(started.astimezone(UTC)), ResetPolicy(1, None), noon, zone) == reason


def test_an_hour_that_a_night_leaves_out_begins_the_day_all_the_same(berlin: None) -> None:
    """Two o'clock does not exist in that night; the day begins when the clock has gone past it."""
    before, after = at(29, 1, 59).astimezone(UTC), at(29, 3, 1).astimezone(UTC)

    assert stale_because(session(before), ResetPolicy(2, None), after) == "a new day"
    assert stale_because(session(after), ResetPolicy(2, None), after + HOUR) == ""


@pytest.fixture
def berlin(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """This computer stands in Berlin."""
    monkeypatch.setenv("TZ", "Europe/Berlin")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@given(
    st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1)),  # noqa: DTZ001
    st.integers(0, 23),
    st.integers(-12, 14),
)
def test_a_session_never_outlives_its_day(naive: datetime, hour: int, offset: int) -> None:
    """Whatever the zone: new sessions are fresh, and a day later every one has ended."""
    now = naive.replace(tzinfo=timezone(timedelta(hours=offset)))
    policy = ResetPolicy(hour, None)

    assert stale_because(session(now), policy, now, now.tzinfo) == ""
    assert stale_because(session(now), policy, now + timedelta(days=1), now.tzinfo) == "a new day"


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
        # What the rule of a kind leaves open comes from the common one.
        (
            {
                "reset": Reset(at_hour=6, idle_minutes=60),
                "reset_by_type": ResetByType(group=Reset(at_hour=7)),
            },
            GROUP,
            ResetPolicy(7, HOUR),
        ),
        ({"reset": IDLE_60, "reset_by_type": ResetByType(group=Reset())}, GROUP, ResetPolicy(None, HOUR)),
        (
            {"reset": IDLE_60, "reset_by_type": ResetByType(group=Reset(mode="daily"))},
            GROUP,
            ResetPolicy(4, HOUR),
        ),
        # Only a lone idleMinutes of old makes silence the rule; beside others it is a limit more.
        ({"idle_minutes": 60, "reset_by_type": ResetByType(group=Reset())}, DIRECT, ResetPolicy(4, HOUR)),
        ({"idle_minutes": 60, "reset": Reset(at_hour=5)}, DIRECT, ResetPolicy(5, HOUR)),
        ({"idle_minutes": 90, "reset": IDLE_60}, DIRECT, ResetPolicy(None, HOUR)),
        # A rule of the channel stands alone.
        (
            {"idle_minutes": 90, "reset": IDLE_60, "reset_by_channel": {"imessage": Reset(at_hour=9)}},
            DIRECT,
            ResetPolicy(9, None),
        ),
        # A chat of this channel is never a thread.
        ({"reset_by_type": ResetByType(thread=IDLE_30)}, GROUP, ResetPolicy(4, None)),
    ],
)
def test_the_table_of_rules(section: dict[str, object], kind: PeerKind, expected: ResetPolicy) -> None:
    """By channel replaces, by kind goes over the common one; none at all is daily at four (behaviour facts A.12)."""
    assert reset_policy(SessionSection(**section), kind) == expected  # type: ignore[arg-type]
