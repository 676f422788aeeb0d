"""``models``: where models are had from, and with which key."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Literal

from openclaw.config.secrets import Secret
from openclaw.config.sections.imessage import NotBlank
from openclaw.config.shape import Positive, Range

Api = Literal[
    "openai-completions",
    "openai-responses",
    "openai-codex-responses",
    "anthropic-messages",
    "google-generative-ai",
    "github-copilot",
    "bedrock-converse-stream",
    "ollama",
    "azure-openai-responses",
]
Tokens = Annotated[float, Range(1)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """What a model costs, in dollars for a million tokens."""

    input: Annotated[float, Range(0)] | None = None
    output: Annotated[float, Range(0)] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelCompat:
    """What a model cannot do although its API could."""

    supports_tools: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """One model of a provider."""

    id: NotBlank
    name: str | None = None
    api: Api | None = None
    base_url: NotBlank | None = None
    reasoning: bool | None = None
    input: tuple[Literal["text", "image", "video", "audio"], ...] | None = None
    context_window: Tokens | None = None
    context_tokens: Positive | None = None
    max_tokens: Tokens | None = None
    headers: Mapping[str, str] | None = None
    cost: Cost | None = None
    compat: ModelCompat | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Provider:
    """One entry of ``models.providers``."""

    base_url: NotBlank | None = None
    api_key: Secret | None = None
    api: Api | None = None
    headers: Mapping[str, Secret] | None = None
    context_window: Tokens | None = None
    context_tokens: Positive | None = None
    max_tokens: Tokens | None = None
    timeout_seconds: Positive | None = None
    models: tuple[Model, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Models:
    """The whole section."""

    providers: Mapping[str, Provider] | None = None
