"""One prompt, one model, one answer as events: the adapter over pydantic-ai. Imported with the model libraries.

It owns the shape of the conversation as the library wants it, and the boundary at which its errors become ours. It
knows neither sessions nor fallbacks.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

from pydantic_ai import Agent, AgentRun
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
from pydantic_ai.models import Model
from pydantic_ai.settings import ModelSettings

from openclaw.agents.endpoint import ModelEndpoint
from openclaw.agents.failures import describe_failure
from openclaw.agents.loader import Emit
from openclaw.domain.sessions import TranscriptEntry
from openclaw.domain.turns import EffectStarting, Finished, Prompt, TextDelta
from openclaw.errors import AgentFailed

CONNECT_SECONDS = 10.0
"""A server that does not take a connection in this time will not take the next one either."""

MAX_RETRIES = 1
"""The SDKs retry what is worth it (429, 5xx, lost connections); more than once is what fallback models are for."""


class ModelAnswerer:
    """A model behind an open client. ``close`` is the client's; call ``aclose`` when done with it."""

    def __init__(self, endpoint: ModelEndpoint, model: Model, close: Callable[[], Awaitable[None]]) -> None:
        self._endpoint = endpoint
        self._close = close
        settings = ModelSettings(max_tokens=endpoint.max_tokens) if endpoint.max_tokens else None
        self._agent: Agent[object, str] = Agent(model, model_settings=settings)

    async def answer(self, prompt: Prompt, emit: Emit) -> None:
        """Answer the prompt, each event passed to ``emit`` in order, ending with ``Finished``.

        Raises:
            AgentFailed: whatever went wrong; the text is for the operator and holds no secret.
        """
        failure = ""
        try:
            async with self._agent.iter(
                prompt.text,
                message_history=as_messages(prompt.history),
                instructions=self._endpoint.instructions or prompt.instructions,
            ) as run:
                await self._report(run, emit)
        # A listed boundary: three libraries raise here, and what they may raise is nowhere listed in full.
        except Exception as error:
            failure = describe_failure(error, self._endpoint)
        if failure:
            # Raised out here because the original, which may quote the key, must not hang on as its context.
            raise AgentFailed(failure)

    async def aclose(self) -> None:
        """Close the client's connections."""
        await self._close()

    async def _report(self, run: AgentRun[object, str], emit: Emit) -> None:
        async for node in run:
            if Agent.is_model_request_node(node):
                async with node.stream(run.ctx) as stream:
                    async for event in stream:
                        match event:
                            case PartStartEvent(part=TextPart(content=text)) if text:
                                await emit(TextDelta(text))
                            case PartDeltaEvent(delta=TextPartDelta(content_delta=text)) if text:
                                await emit(TextDelta(text))
                            case _:
                                pass
            elif Agent.is_call_tools_node(node):
                for call in node.model_response.tool_calls:
                    await emit(EffectStarting(call.tool_name))
        usage = run.usage
        await emit(Finished(self._endpoint.ref, usage.input_tokens, usage.output_tokens))


def as_messages(history: Sequence[TranscriptEntry]) -> list[ModelMessage]:
    """The transcript as the library's messages."""
    return [
        ModelResponse(parts=[TextPart(entry.text)])
        if entry.role == "assistant"
        else ModelRequest(parts=[UserPromptPart(entry.text)])
        for entry in history
    ]
