"""Models that speak an OpenAI API: chat completions, at any address, and responses. Imported by the loader alone.

The SDK rewrites every message it is given for each of the dozens of types a message may have, to no effect on plain
text: 0.2 ms of CPU a message, in each turn anew. What the library has mapped therefore goes around it, as the part of
the body that the SDK adds unseen.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any, TypeVar

import httpx2
from openai import AsyncOpenAI
from openai.types.chat import ChatCompletionChunk
from pydantic import ValidationError
from pydantic_ai.messages import ModelMessage
from pydantic_ai.models import Model, ModelRequestParameters, StreamedResponse
from pydantic_ai.models.openai import OpenAIChatModel, OpenAIResponsesModel, OpenAIResponsesModelSettings
from pydantic_ai.profiles.openai import OpenAIModelProfile
from pydantic_ai.providers import Provider
from pydantic_ai.providers.ollama import OllamaProvider
from pydantic_ai.providers.openai import OpenAIProvider
from pydantic_ai.providers.openai_compatible import OpenAICompatibleProvider
from pydantic_ai.providers.openrouter import OpenRouterProvider
from pydantic_ai.settings import ModelSettings
from pydantic_ai.tools import RunContext

from openclaw.agents.answering import CONNECT_SECONDS, MAX_RETRIES, ModelAnswerer
from openclaw.agents.endpoint import Api, ModelEndpoint

T = TypeVar("T")

NO_KEY = "none"
"""The SDK insists on a key, and a server that asks for none ignores it."""


class ChatClient(AsyncOpenAI):
    """The SDK's client, with a short way from a chunk's JSON to its type: a third of the time of a long answer."""

    def _process_response_data(self, *, data: object, cast_to: type[T], response: httpx2.Response) -> T:
        if cast_to is ChatCompletionChunk:
            try:
                return cast_to.model_validate(data)
            except ValidationError:
                # Many servers only imitate the API; the SDK's own way takes whatever they send.
                pass
        return super()._process_response_data(data=data, cast_to=cast_to, response=response)


class ChatModel(OpenAIChatModel):
    """Chat completions whose messages reach the wire as the library maps them, past the SDK's rewriting."""

    @asynccontextmanager
    async def request_stream(
        self,
        messages: list[ModelMessage],
        model_settings: ModelSettings | None,
        model_request_parameters: ModelRequestParameters,
        run_context: RunContext[Any] | None = None,
    ) -> AsyncGenerator[StreamedResponse]:
        """The answer as it comes. The library goes on with no messages, and the body holds those mapped here."""
        mapped = await self._map_messages(messages, model_request_parameters, model_settings=model_settings)
        settings = _with_body(model_settings, {"messages": mapped})
        unsaid = replace(model_request_parameters, instruction_parts=None)
        async with super().request_stream([], settings, unsaid, run_context) as stream:
            yield stream


class ResponsesModel(OpenAIResponsesModel):
    """Responses whose input reaches the wire as the library maps it, past the SDK's rewriting."""

    @asynccontextmanager
    async def request_stream(
        self,
        messages: list[ModelMessage],
        model_settings: ModelSettings | None,
        model_request_parameters: ModelRequestParameters,
        run_context: RunContext[Any] | None = None,
    ) -> AsyncGenerator[StreamedResponse]:
        """The answer as it comes; the newest message alone takes the long way, and is replaced in the body."""
        own = OpenAIResponsesModelSettings(**(model_settings or {}))
        _, mapped = await self._map_messages(messages, own, model_request_parameters)
        settings = _with_body(model_settings, {"input": mapped})
        async with super().request_stream(
            messages[-1:], settings, model_request_parameters, run_context
        ) as stream:
            yield stream


def open_endpoint(endpoint: ModelEndpoint) -> ModelAnswerer:
    """A model at this endpoint, ready to be asked; the caller closes it."""
    client = ChatClient(
        api_key=endpoint.api_key or NO_KEY,
        base_url=endpoint.base_url,
        default_headers=dict(endpoint.headers),
        timeout=httpx2.Timeout(endpoint.timeout_seconds, connect=CONNECT_SECONDS),
        max_retries=MAX_RETRIES,
    )
    return ModelAnswerer(endpoint, _model(endpoint, client), client.close)


def _with_body(settings: ModelSettings | None, fields: Mapping[str, object]) -> ModelSettings:
    changed = ModelSettings(**(settings or {}))
    changed["extra_body"] = fields
    return changed


def _model(endpoint: ModelEndpoint, client: AsyncOpenAI) -> Model:
    provider = _provider(endpoint, client)
    if endpoint.api is Api.OPENAI_RESPONSES:
        return ResponsesModel(endpoint.model, provider=provider)
    profile = OpenAIModelProfile(
        # Otherwise the library takes a stream that just stops for one that is complete.
        openai_chat_streaming_requires_finish_reason=True,
        # The newer name of the limit is known to OpenAI itself and to few of those who imitate it.
        openai_chat_supports_max_completion_tokens=endpoint.provider == "openai",
    )
    return ChatModel(endpoint.model, provider=provider, profile=profile)


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
