"""``acp``: outside agents that speak the Agent Client Protocol."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from openclaw.config.sections.imessage import Executable, NotBlank
from openclaw.config.shape import NotNegative, Positive


@dataclass(frozen=True, slots=True, kw_only=True)
class Dispatch:
    """Whether ordinary messages reach ACP sessions."""

    enabled: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Stream:
    """How a harness's output becomes messages."""

    coalesce_idle_ms: NotNegative = 350
    max_chunk_chars: Positive = 1800
    repeat_suppression: bool = True
    delivery_mode: Literal["live", "final_only"] = "final_only"
    hidden_boundary_separator: Literal["none", "space", "newline", "paragraph"] | None = None
    max_output_chars: Positive = 24_000
    max_session_update_chars: Positive = 320
    tag_visibility: Mapping[str, bool] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AcpSessions:
    """How long an idle harness is kept; no limit when unset."""

    ttl_minutes: Positive | None = None
    install_command: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AcpAgent:
    """How to start one harness."""

    command: Executable | None = None
    args: tuple[str, ...] = ()
    env: Mapping[str, str] | None = None
    cwd: NotBlank | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Acp:
    """The whole section."""

    enabled: bool = True
    dispatch: Dispatch = Dispatch()
    backend: str = "acpx"
    default_agent: str | None = None
    allowed_agents: tuple[str, ...] = ()
    max_concurrent_sessions: Positive | None = None
    stream: Stream = Stream()
    runtime: AcpSessions = AcpSessions()
    agents: Mapping[str, AcpAgent] | None = None
    note_after_seconds: NotNegative = 60
