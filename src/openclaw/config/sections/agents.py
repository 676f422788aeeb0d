"""``agents``: who answers, with which model, under which name. Resolved in ``openclaw.config.agents``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Literal

from openclaw.config.grammar import normalise_id, not_blank_error, time_zone_error
from openclaw.config.sections.imessage import Coalesce, Megabytes, NotBlank
from openclaw.config.sections.session import TypingMode
from openclaw.config.sections.tools import Tools
from openclaw.config.shape import Check, Positive

TimeZone = Annotated[str, Check(time_zone_error, "write it like Europe/Berlin, or UTC")]
EnvelopeZone = Literal["utc", "local", "user"] | TimeZone
OnOff = Literal["on", "off"]
AcpMode = Literal["persistent", "oneshot"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelChoice:
    """A model with what to try when it fails."""

    primary: NotBlank | None = None
    fallbacks: tuple[NotBlank, ...] = ()
    timeout_ms: Positive | None = None


ModelRef = NotBlank | ModelChoice
"""``"provider/model"``, an alias of the catalog, or a choice with fallbacks."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CatalogEntry:
    """What is said of one model of ``agents.defaults.models``."""

    alias: str | None = None
    params: Mapping[str, object] | None = None
    streaming: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BlockStreamingChunk:
    """How a streamed reply is cut into blocks."""

    min_chars: Positive | None = None
    max_chars: Positive | None = None
    break_preference: Literal["paragraph", "newline", "sentence"] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentDefaults:
    """What every agent has unless it says otherwise."""

    model: ModelRef | None = None
    image_model: ModelRef | None = None
    models: Mapping[str, CatalogEntry] | None = None
    workspace: NotBlank | None = None
    system_prompt_override: str | None = None
    context_tokens: Positive | None = None
    timeout_seconds: Positive | None = None
    max_concurrent: Positive = 4
    media_max_mb: Megabytes | None = None
    user_timezone: TimeZone | None = None
    envelope_timezone: EnvelopeZone | None = None
    envelope_timestamp: OnOff = "on"
    envelope_elapsed: OnOff = "on"
    typing_mode: TypingMode | None = None
    typing_interval_seconds: Positive = 6
    block_streaming_default: Literal["off", "on"] | None = None
    block_streaming_break: Literal["text_end", "message_end"] | None = None
    block_streaming_chunk: BlockStreamingChunk | None = None
    block_streaming_coalesce: Coalesce | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """How an agent calls itself."""

    name: str | None = None
    theme: str | None = None
    emoji: str | None = None
    avatar: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentGroupChat:
    """An agent's manners in groups; ``mention_patterns`` set to an empty list means none, not the global ones."""

    mention_patterns: tuple[str, ...] | None = None
    history_limit: Positive | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AcpRuntime:
    """Which ACP program answers for the agent."""

    agent: NotBlank | None = None
    backend: str | None = None
    mode: AcpMode | None = None
    cwd: NotBlank | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Runtime:
    """What runs the agent's turns."""

    type: Literal["embedded", "acp"] = "embedded"
    acp: AcpRuntime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentEntry:
    """One entry of ``agents.list``."""

    id: Annotated[str, Check(not_blank_error)]
    default: bool = False
    name: str | None = None
    workspace: NotBlank | None = None
    model: ModelRef | None = None
    identity: Identity = Identity()
    group_chat: AgentGroupChat = AgentGroupChat()
    system_prompt_override: str | None = None
    context_tokens: Positive | None = None
    tools: Tools | None = None
    runtime: Runtime = Runtime()


@dataclass(frozen=True, slots=True, kw_only=True)
class Agents:
    """The whole section."""

    defaults: AgentDefaults = AgentDefaults()
    list: tuple[AgentEntry, ...] = ()

    def conflicts(self) -> list[tuple[str, str, str]]:
        """Refuse two agents of one id."""
        seen: dict[str, int] = {}
        broken: list[tuple[str, str, str]] = []
        for position, agent in enumerate(self.list):
            first = seen.setdefault(normalise_id(agent.id), position)
            if first != position:
                broken.append(
                    (f"list[{position}].id", f"must differ from that of list[{first}]", "rename one")
                )
        return broken
