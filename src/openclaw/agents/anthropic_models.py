"""Models that speak Anthropic's messages API. Imported by the loader alone."""

from __future__ import annotations

import httpx2
from anthropic import AsyncAnthropic
from pydantic_ai.models.anthropic import AnthropicModel
from pydantic_ai.providers.anthropic import AnthropicProvider

from openclaw.agents.answering import CONNECT_SECONDS, MAX_RETRIES, ModelAnswerer
from openclaw.agents.endpoint import ModelEndpoint


def open_endpoint(endpoint: ModelEndpoint) -> ModelAnswerer:
    """A model at this endpoint, ready to be asked; the caller closes it."""
    client = AsyncAnthropic(
        api_key=endpoint.api_key or "",
        base_url=endpoint.base_url,
        default_headers=dict(endpoint.headers),
        timeout=httpx2.Timeout(endpoint.timeout_seconds, connect=CONNECT_SECONDS),
        max_retries=MAX_RETRIES,
    )
    model = AnthropicModel(endpoint.model, provider=AnthropicProvider(anthropic_client=client))
    return ModelAnswerer(endpoint, model, client.close)
