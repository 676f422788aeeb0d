"""Resets: when is a session too old to go on? Pure; behaviour facts A.12."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

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
    """The rule for one kind of conversation: the channel's, the kind's, the common one, or daily at four."""
    by_channel = (section.reset_by_channel or {}).get(_CHANNEL)
    rule = by_channel or _by_type(section.reset_by_type, kind) or section.reset
    if rule is None:
        if section.idle_minutes:
            return ResetPolicy(None, timedelta(minutes=section.idle_minutes))
        return ResetPolicy(_DEFAULT_HOUR, None)
    idle = rule.idle_minutes or section.idle_minutes
    return ResetPolicy(
        at_hour=None if rule.mode == "idle" else (_DEFAULT_HOUR if rule.at_hour is None else rule.at_hour),
        idle=timedelta(minutes=idle) if idle else None,
    )


def stale_because(session: Session, policy: ResetPolicy, now: datetime) -> str:
    """Why ``session`` must begin anew at ``now`` (aware, in the local zone), or "" when it goes on."""
    if policy.at_hour is not None:
        # The first of the two when the hour comes twice: a night with a clock change has one boundary, not two.
        boundary = now.replace(hour=policy.at_hour, minute=0, second=0, microsecond=0, fold=0)
        if boundary > now:
            boundary -= timedelta(days=1)
        if session.started_at < boundary:
            return "a new day"
    if policy.idle is not None and now - session.last_interaction_at > policy.idle:
        return "silence"
    return ""


def _by_type(rules: ResetByType | None, kind: PeerKind) -> Reset | None:
    if rules is None:
        return None
    return rules.group if kind is PeerKind.GROUP else rules.direct or rules.dm
