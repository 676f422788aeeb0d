"""Resets: when is a session too old to go on? Pure; behaviour facts A.12."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo

from openclaw.config.sections.session import Reset, ResetByType
from openclaw.config.sections.session import Session as SessionSection
from openclaw.domain.sessions import PeerKind, Session

_CHANNEL = "imessage"
_DEFAULT_HOUR = 4


@dataclass(frozen=True, slots=True)
class ResetPolicy:
    """``at_hour`` (local time) begins a new day, ``idle`` of silence a new session; ``None`` switches one off."""

    at_hour: int | None
    idle: timedelta | None


def reset_policy(section: SessionSection, kind: PeerKind) -> ResetPolicy:
    """The rule for one kind of conversation (behaviour facts A.12).

    A rule of the channel stands alone; else what the rule of the kind leaves open is filled from the common one. Daily
    at four without any rule, and by silence alone where only the old ``idleMinutes`` is set.
    """
    alone = (section.reset_by_channel or {}).get(_CHANNEL)
    if alone is not None:
        return _policy(alone, Reset(), "daily", None)
    legacy = section.idle_minutes
    is_legacy = legacy is not None and section.reset is None and section.reset_by_type is None
    narrow = _by_type(section.reset_by_type, kind) or Reset()
    return _policy(narrow, section.reset or Reset(), "idle" if is_legacy else "daily", legacy)


def stale_because(session: Session, policy: ResetPolicy, now: datetime, zone: tzinfo | None = None) -> str:
    """Why ``session`` must begin anew at ``now`` (aware), or "" when it goes on.

    Days begin by the clocks of ``zone``; ``None`` is the zone of this computer, as it is set at that moment.
    """
    if policy.at_hour is not None and session.started_at < _last_boundary(policy.at_hour, now, zone):
        return "a new day"
    if policy.idle is not None and now - session.last_interaction_at > policy.idle:
        return "silence"
    return ""


def _last_boundary(hour: int, now: datetime, zone: tzinfo | None) -> datetime:
    # What the clock on the wall shows is reckoned with first and turned into an instant then: the offset of today is
    # not that of every day. Where an hour comes twice its first time counts, so that such a night has one boundary.
    wall = now.astimezone(zone).replace(tzinfo=None, hour=hour, minute=0, second=0, microsecond=0, fold=0)
    boundary = _instant(wall, zone)
    return boundary if boundary <= now else _instant(wall - timedelta(days=1), zone)


def _instant(wall: datetime, zone: tzinfo | None) -> datetime:
    # Without a zone this is local time by the rules of that day; astimezone() would put an hour that a clock change
    # leaves out before the change instead of behind it.
    return datetime.fromtimestamp(wall.replace(tzinfo=zone).timestamp(), UTC)


def _policy(narrow: Reset, wide: Reset, mode: str, legacy: int | None) -> ResetPolicy:
    idle = narrow.idle_minutes or wide.idle_minutes or legacy
    hours = (each.at_hour for each in (narrow, wide) if each.at_hour is not None)
    return ResetPolicy(
        at_hour=None if (narrow.mode or wide.mode or mode) == "idle" else next(hours, _DEFAULT_HOUR),
        idle=timedelta(minutes=idle) if idle else None,
    )


def _by_type(rules: ResetByType | None, kind: PeerKind) -> Reset | None:
    if rules is None:
        return None
    return rules.group if kind is PeerKind.GROUP else rules.direct or rules.dm
