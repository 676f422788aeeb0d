"""Models that speak Anthropic's messages API. Imported by the loader alone.

The library looks through all messages for tools, citations and caches that a text has not, and the SDK copies each; so
what the library has mapped goes around both, as the part of the body that the SDK adds unseen.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any

import httpx2
from anthropic import AsyncAnthropic
from pydantic_ai.messages import ModelMessage
from pydantic_ai.models import ModelRequestParameters, StreamedResponse
from pydantic_ai.models.anthropic import AnthropicModel, AnthropicModelSettings
from pydantic_ai.providers.anthropic import AnthropicProvider
from pydantic_ai.settings import ModelSettings
from pydantic_ai.tools import RunContext

from openclaw.agents.answering import CONNECT_SECONDS, MAX_RETRIES, ModelAnswerer, with_body
from openclaw.agents.endpoint import ModelEndpoint


class MessagesModel(AnthropicModel):
    """Messages that reach the wire as the library maps them, without further passes over the history."""

    @asynccontextmanager
    async def request_stream(
        self,
        messages: list[ModelMessage],
        model_settings: ModelSettings | None,
        model_request_parameters: ModelRequestParameters,
        run_context: RunContext[Any] | None = None,
    ) -> AsyncGenerator[StreamedResponse]:
        """The answer as it comes; the newest message alone takes the long way, and is replaced in the body."""
        own = AnthropicModelSettings(**(model_settings or {}))
        _, mapped = await self._map_message(messages, model_request_parameters, own)
        settings = with_body(model_settings, {"messages": mapped})
        async with super().request_stream(
            messages[-1:], settings, model_request_parameters, run_context
        ) as stream:
            yield stream


def open_endpoint(endpoint: ModelEndpoint) -> ModelAnswerer:
    """A model at this endpoint, ready to be asked; the caller closes it."""
    client = AsyncAnthropic(
        api_key=endpoint.api_key or "",
        base_url=endpoint.base_url,
        default_headers=dict(endpoint.headers),
        timeout=httpx2.Timeout(endpoint.timeout_seconds, connect=CONNECT_SECONDS),
        max_retries=MAX_RETRIES,
    )
    model = MessagesModel(endpoint.model, provider=AnthropicProvider(anthropic_client=client))
    return ModelAnswerer(endpoint, model, client.close)
