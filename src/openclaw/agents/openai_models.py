"""Models that speak an OpenAI API: chat completions, at any address, and responses. Imported by the loader alone."""

from __future__ import annotations

import httpx2
from openai import AsyncOpenAI
from pydantic_ai.models import Model
from pydantic_ai.models.openai import OpenAIChatModel, OpenAIResponsesModel
from pydantic_ai.profiles.openai import OpenAIModelProfile
from pydantic_ai.providers import Provider
from pydantic_ai.providers.ollama import OllamaProvider
from pydantic_ai.providers.openai import OpenAIProvider
from pydantic_ai.providers.openai_compatible import OpenAICompatibleProvider
from pydantic_ai.providers.openrouter import OpenRouterProvider

from openclaw.agents.answering import CONNECT_SECONDS, MAX_RETRIES, ModelAnswerer
from openclaw.agents.endpoint import Api, ModelEndpoint

NO_KEY = "none"
"""The SDK insists on a key, and a server that asks for none ignores it."""


def open_endpoint(endpoint: ModelEndpoint) -> ModelAnswerer:
    """A model at this endpoint, ready to be asked; the caller closes it."""
    client = AsyncOpenAI(
        api_key=endpoint.api_key or NO_KEY,
        base_url=endpoint.base_url,
        default_headers=dict(endpoint.headers),
        timeout=httpx2.Timeout(endpoint.timeout_seconds, connect=CONNECT_SECONDS),
        max_retries=MAX_RETRIES,
    )
    return ModelAnswerer(endpoint, _model(endpoint, client), client.close)


def _model(endpoint: ModelEndpoint, client: AsyncOpenAI) -> Model:
    provider = _provider(endpoint, client)
    if endpoint.api is Api.OPENAI_RESPONSES:
        return OpenAIResponsesModel(endpoint.model, provider=provider)
    profile = OpenAIModelProfile(
        # Otherwise the library takes a stream that just stops for one that is complete.
        openai_chat_streaming_requires_finish_reason=True,
        # The newer name of the limit is known to OpenAI itself and to few of those who imitate it.
        openai_chat_supports_max_completion_tokens=endpoint.provider == "openai",
    )
    return OpenAIChatModel(endpoint.model, provider=provider, profile=profile)


def _provider(endpoint: ModelEndpoint, client: AsyncOpenAI) -> Provider[AsyncOpenAI]:
    match endpoint.provider:
        case "openai":
            return OpenAIProvider(openai_client=client)
        case "openrouter":
            return OpenRouterProvider(openai_client=client)
        case "ollama":
            return OllamaProvider(openai_client=client)
        case name:
            return OpenAICompatibleProvider(name, openai_client=client)
