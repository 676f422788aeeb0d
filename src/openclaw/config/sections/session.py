"""``session``: what shares a memory, and when it starts anew."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Literal

from openclaw.config.shape import Positive, Range

TypingMode = Literal["never", "instant", "thinking", "message"]
DmScope = Literal["main", "per-peer", "per-channel-peer", "per-account-channel-peer"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reset:
    """When a session is too old to go on."""

    mode: Literal["daily", "idle"] | None = None
    at_hour: Annotated[int, Range(0, 23)] | None = None
    idle_minutes: Positive | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ResetByType:
    """Another rule by the kind of conversation; ``dm`` is the old name of ``direct``."""

    direct: Reset | None = None
    dm: Reset | None = None
    group: Reset | None = None
    thread: Reset | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SendMatch:
    """Which sessions a send rule is for."""

    channel: str | None = None
    chat_type: Literal["direct", "group", "channel", "dm"] | None = None
    key_prefix: str | None = None
    raw_key_prefix: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SendRule:
    """One send rule."""

    action: Literal["allow", "deny"]
    match: SendMatch = SendMatch()


@dataclass(frozen=True, slots=True, kw_only=True)
class SendPolicy:
    """Whether replies leave at all."""

    default: Literal["allow", "deny"] | None = None
    rules: tuple[SendRule, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ThreadBindings:
    """How long a chat stays bound to a spawned session; 0 means for ever."""

    enabled: bool = True
    idle_hours: Annotated[float, Range(0)] = 24
    max_age_hours: Annotated[float, Range(0)] = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """The whole section."""

    scope: Literal["per-sender", "global"] = "per-sender"
    dm_scope: DmScope = "main"
    identity_links: Mapping[str, tuple[str, ...]] | None = None
    reset: Reset | None = None
    reset_by_type: ResetByType | None = None
    reset_by_channel: Mapping[str, Reset] | None = None
    idle_minutes: Positive | None = None
    reset_triggers: tuple[str, ...] = ("/new", "/reset")
    send_policy: SendPolicy | None = None
    thread_bindings: ThreadBindings = ThreadBindings()
    typing_mode: TypingMode | None = None
    typing_interval_seconds: Positive | None = None
