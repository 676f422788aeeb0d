"""Where one model is reached: everything a request needs besides the words. Values only."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from openclaw.config.agents import AgentConfig


class Api(StrEnum):
    """The wire languages that we speak to models, by their names in ``models.providers.*.api``."""

    OPENAI_COMPLETIONS = "openai-completions"
    OPENAI_RESPONSES = "openai-responses"
    ANTHROPIC_MESSAGES = "anthropic-messages"


@dataclass(frozen=True, slots=True)
class ModelEndpoint:
    """One model, ready to be asked. Key and headers stay out of its repr.

    ``timeout_seconds`` bounds the silence of one request, ``context_tokens`` is the whole window, answer included, and
    ``instructions`` replaces the prompt's own where a model is too small to follow those. A model that does not take
    tools is offered none; ``sees`` says that it takes pictures.
    """

    provider: str
    model: str
    api: Api
    base_url: str
    context_tokens: int
    timeout_seconds: float
    api_key: str | None = field(default=None, repr=False)
    headers: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    max_tokens: int | None = None
    instructions: str | None = None
    takes_tools: bool = True
    sees: bool = False

    @property
    def ref(self) -> str:
        """``provider/model``, as the configuration writes it."""
        return f"{self.provider}/{self.model}"

    @property
    def secrets(self) -> tuple[str, ...]:
        """What must not show in any message about this endpoint."""
        return tuple(value for value in (self.api_key, *(value for _, value in self.headers)) if value)


@dataclass(frozen=True, slots=True)
class AgentModels:
    """Which models an agent asks, in order, and how long one run may take (seconds).

    ``context_tokens`` narrows every model's window for this agent; ``silence_seconds`` replaces the provider's bound
    on one request.
    """

    primary: str | None
    fallbacks: tuple[str, ...] = ()
    timeout_seconds: float = 600.0
    context_tokens: int | None = None
    silence_seconds: float | None = None


def agent_models(agent: AgentConfig) -> AgentModels:
    """What the configuration says of an agent's models."""
    return AgentModels(
        primary=agent.model_primary,
        fallbacks=agent.model_fallbacks,
        timeout_seconds=float(agent.timeout_seconds),
        context_tokens=agent.context_tokens,
        silence_seconds=agent.model_timeout_ms / 1000 if agent.model_timeout_ms else None,
    )
