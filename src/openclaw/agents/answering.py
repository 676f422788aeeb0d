"""One prompt, one model, one answer as events: the adapter over pydantic-ai. Imported with the model libraries.

It owns the shape of the conversation as the library wants it, and the boundary at which its errors become ours. It
knows neither sessions nor fallbacks. The library's own agent loop is not used: it takes three times as long as the
request itself, and tools, when there are some, need our word on every call before it is made.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping

from pydantic_ai.direct import model_request_stream
from pydantic_ai.exceptions import UnexpectedModelBehavior
from pydantic_ai.messages import (
    ModelMessage,
    ModelRequest,
    ModelResponse,
    PartDeltaEvent,
    PartStartEvent,
    TextPart,
    TextPartDelta,
    UserPromptPart,
)
from pydantic_ai.models import Model, StreamedResponse
from pydantic_ai.settings import ModelSettings, ThinkingLevel

from openclaw.agents.endpoint import ModelEndpoint
from openclaw.agents.failures import describe_failure
from openclaw.agents.loader import Emit
from openclaw.domain.sessions import SUMMARY
from openclaw.domain.turns import Finished, Prompt, TextDelta
from openclaw.errors import AgentFailed

CONNECT_SECONDS = 10.0
"""A server that does not take a connection in this time will not take the next one either."""

MAX_RETRIES = 1
"""The SDKs retry what is worth it (429, 5xx, lost connections); more than once is what fallback models are for."""

THINKING_TOKENS = 16_384
"""What the most thoughtful level may take, as the library budgets it."""

_BEFORE = "Sum up what we said before this."
_EFFORTS: Mapping[str, ThinkingLevel] = {
    "off": False,
    "minimal": "minimal",
    "low": "low",
    "medium": "medium",
    "high": "high",
}


class ModelAnswerer:
    """A model behind an open client. ``close`` is the client's; call ``aclose`` when done with it."""

    def __init__(self, endpoint: ModelEndpoint, model: Model, close: Callable[[], Awaitable[None]]) -> None:
        self._endpoint = endpoint
        self._model = model
        self._close = close
        self._settings = ModelSettings(max_tokens=endpoint.max_tokens) if endpoint.max_tokens else None

    async def answer(self, prompt: Prompt, emit: Emit) -> None:
        """Answer the prompt, each event passed to ``emit`` in order, ending with ``Finished``.

        Raises:
            AgentFailed: whatever went wrong; the text is for the operator and holds no secret.
        """
        messages = as_messages(prompt, self._endpoint.instructions or prompt.instructions)
        failure = ""
        try:
            settings = _thinking(self._settings, prompt.thinking, self._endpoint.max_tokens)
            async with model_request_stream(self._model, messages, model_settings=settings) as stream:
                await _report_text(stream, emit)
            response = stream.get()
            _require_whole(response)
            usage = response.usage
            await emit(Finished(self._endpoint.ref, usage.input_tokens, usage.output_tokens))
        # A listed boundary: three libraries raise here, and what they may raise is nowhere listed in full.
        except Exception as error:
            failure = describe_failure(error, self._endpoint)
        if failure:
            # Raised out here because the original, which may quote the key, must not hang on as its context.
            raise AgentFailed(failure)

    async def aclose(self) -> None:
        """Close the client's connections."""
        await self._close()


def as_messages(prompt: Prompt, instructions: str) -> list[ModelMessage]:
    """The transcript and the prompt as the library's messages."""
    messages: list[ModelMessage] = []
    for entry in prompt.history:
        if entry.role == SUMMARY:
            # As an exchange of its own, so that the two sides keep taking turns.
            messages.append(ModelRequest(parts=[UserPromptPart(_BEFORE)]))
        if entry.role == "user":
            messages.append(ModelRequest(parts=[UserPromptPart(entry.text)]))
        else:
            messages.append(ModelResponse(parts=[TextPart(entry.text)]))
    return [
        *messages,
        ModelRequest(parts=[UserPromptPart(prompt.user_turn)], instructions=instructions or None),
    ]


def _thinking(settings: ModelSettings | None, level: str, limit: int | None) -> ModelSettings | None:
    """``settings`` with how hard to think; the library leaves it out for models that cannot be told."""
    effort = _EFFORTS.get(level)
    if effort is None:
        return settings
    changed = ModelSettings(**(settings or {}))
    changed["thinking"] = effort
    if effort and limit:
        # What is thought counts as answered, and Anthropic refuses a limit that thinking alone could reach.
        changed["max_tokens"] = limit + THINKING_TOKENS
    return changed


async def _report_text(stream: StreamedResponse, emit: Emit) -> None:
    async for event in stream:
        match event:
            case PartStartEvent(part=TextPart(content=text)) if text:
                await emit(TextDelta(text))
            case PartDeltaEvent(delta=TextPartDelta(content_delta=text)) if text:
                await emit(TextDelta(text))
            case _:
                # What a model thinks aloud is for nobody but itself.
                pass


def _require_whole(response: ModelResponse) -> None:
    if response.finish_reason is None:
        raise UnexpectedModelBehavior("the answer ended without saying that it is complete")
    if not response.text:
        raise UnexpectedModelBehavior(f"an empty answer, ended by {response.finish_reason}")
