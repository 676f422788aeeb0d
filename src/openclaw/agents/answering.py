"""One prompt, one model, one answer as events: the adapter over pydantic-ai. Imported with the model libraries.

It owns the shape of the conversation as the library wants it, the rounds of asking and calling tools, and the boundary
at which its errors become ours. It knows neither sessions nor fallbacks, nor what a tool does. The library's own agent
loop is not used: it takes three times as long as the request itself, and every call needs our word before it is made.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Mapping, Sequence
from pathlib import Path

from pydantic_ai.direct import model_request_stream
from pydantic_ai.exceptions import UnexpectedModelBehavior
from pydantic_ai.messages import (
    BinaryContent,
    ModelMessage,
    ModelRequest,
    ModelResponse,
    PartDeltaEvent,
    PartStartEvent,
    TextPart,
    TextPartDelta,
    ToolCallPart,
    ToolReturnPart,
    UserPromptPart,
)
from pydantic_ai.models import Model, ModelRequestParameters, StreamedResponse
from pydantic_ai.settings import ModelSettings, ThinkingLevel
from pydantic_ai.tools import ToolDefinition

from openclaw.agents.endpoint import ModelEndpoint
from openclaw.agents.failures import describe_failure
from openclaw.agents.handover import Emit
from openclaw.agents.history import BYTES_PER_TOKEN
from openclaw.agents.tools.calls import RESULTS_SHARE, Calls
from openclaw.agents.tools.tool import Tool
from openclaw.domain.files import Picture
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
MAX_ROUNDS = 16
"""Rounds of tools in one turn. Whoever needs more goes in circles, and somebody waits for an answer."""

CALLS_PER_ROUND = 8
"""Of the calls that a model makes at once; each is carried out after the other, because their order can matter."""

NO_MORE = "Not done: no more tools in this turn. Answer now with what you have."
TOO_MANY = f"Not done: at most {CALLS_PER_ROUND} calls at once."

BLIND = "(The pictures themselves cannot be shown to you.)"
"""What a model is told that takes no pictures."""


class ModelAnswerer:
    """A model behind an open client. ``close`` is the client's; call ``aclose`` when done with it."""

    def __init__(self, endpoint: ModelEndpoint, model: Model, close: Callable[[], Awaitable[None]]) -> None:
        self._endpoint = endpoint
        self._model = model
        self._close = close
        self._settings = ModelSettings(max_tokens=endpoint.max_tokens) if endpoint.max_tokens else None

    async def answer(self, prompt: Prompt, emit: Emit, tools: Sequence[Tool] = ()) -> None:
        """Answer the prompt, each event passed to ``emit`` in order, ending with ``Finished``.

        What the model says before it calls tools is part of the one answer.

        Raises:
            AgentFailed: whatever went wrong; the text is for the operator and holds no secret.
        """
        instructions = self._endpoint.instructions or prompt.instructions
        seen = (
            await asyncio.to_thread(_read, prompt.pictures) if self._endpoint.sees and prompt.pictures else ()
        )
        calls = Calls(tools, self._endpoint.context_tokens * BYTES_PER_TOKEN // RESULTS_SHARE, emit)
        talk = _Talk(as_messages(prompt, instructions, seen), instructions, calls, emit)
        failure = ""
        try:
            talk.settings = _thinking(self._settings, prompt.thinking, self._endpoint.max_tokens)
            await self._go_on(talk)
            await emit(Finished(self._endpoint.ref, talk.input_tokens, talk.output_tokens))
        # A listed boundary: three libraries raise here, and what they may raise is nowhere listed in full.
        except Exception as error:
            failure = describe_failure(error, self._endpoint)
        if failure:
            # Raised out here because the original, which may quote the key, must not hang on as its context.
            raise AgentFailed(failure)

    async def _go_on(self, talk: _Talk) -> None:
        """Ask, carry out what is called, and ask again, until the model only speaks."""
        for left in range(MAX_ROUNDS, -1, -1):
            response = await self._ask(talk)
            if not response.tool_calls:
                _require_whole(response, spoke_before=talk.spoke)
                return
            if left:
                await talk.carry_out(response, is_last=left == 1)
        raise UnexpectedModelBehavior(f"still calling tools after {MAX_ROUNDS} rounds of them")

    async def _ask(self, talk: _Talk) -> ModelResponse:
        async with model_request_stream(
            self._model,
            talk.messages,
            model_settings=talk.settings,
            model_request_parameters=talk.parameters,
        ) as stream:
            await talk.listen(stream)
        response = stream.get()
        talk.input_tokens += response.usage.input_tokens
        talk.output_tokens += response.usage.output_tokens
        return response

    async def aclose(self) -> None:
        """Close the client's connections."""
        await self._close()


def as_messages(prompt: Prompt, instructions: str, seen: Sequence[BinaryContent] = ()) -> list[ModelMessage]:
    """The transcript and the prompt as the library's messages; ``seen`` are its pictures, for a model that takes them.

    A model that takes none is told so: it would else speak as if it had looked.
    """
    text = prompt.user_turn if seen or not prompt.pictures else f"{prompt.user_turn}\n{BLIND}"
    messages: list[ModelMessage] = []
    for entry in prompt.history:
        if entry.role == SUMMARY:
            # As an exchange of its own, so that the two sides keep taking turns.
            messages.append(ModelRequest(parts=[UserPromptPart(_BEFORE)]))
        if entry.role == "user":
            messages.append(ModelRequest(parts=[UserPromptPart(entry.text)]))
        else:
            messages.append(ModelResponse(parts=[TextPart(entry.text)]))
    said = UserPromptPart([text, *seen] if seen else text)
    return [*messages, ModelRequest(parts=[said], instructions=instructions or None)]


def _read(pictures: Sequence[Picture]) -> list[BinaryContent]:
    """Pictures as the library wants them; one that is gone is left out."""
    seen: list[BinaryContent] = []
    for picture in pictures:
        with contextlib.suppress(FileNotFoundError):
            seen.append(BinaryContent(Path(picture.path).read_bytes(), media_type=picture.mime_type))
    return seen


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


class _Talk:
    """One run with a model: what has been said to and fro, and what it cost."""

    def __init__(self, messages: list[ModelMessage], instructions: str, calls: Calls, emit: Emit) -> None:
        self.messages = messages
        self.parameters = ModelRequestParameters(function_tools=[_definition(tool) for tool in calls.offered])
        self.settings: ModelSettings | None = None
        self.spoke = False
        self.input_tokens = self.output_tokens = 0
        self._instructions = instructions
        self._calls = calls
        self._emit = emit

    async def listen(self, stream: StreamedResponse) -> None:
        """Pass on what the model says, as it comes."""
        # What it said before it called tools is a paragraph of its own.
        lead = "\n\n" if self.spoke else ""
        async for event in stream:
            match event:
                case (
                    PartStartEvent(part=TextPart(content=text))
                    | PartDeltaEvent(delta=TextPartDelta(content_delta=text))
                ) if text:
                    await self._emit(TextDelta(lead + text))
                    lead, self.spoke = "", True
                case _:
                    # What a model thinks aloud is for nobody but itself.
                    pass

    async def carry_out(self, response: ModelResponse, *, is_last: bool) -> None:
        """Carry out what the model called, one after the other, and put the results where it will read them."""
        results = [
            ToolReturnPart(call.tool_name, await self._result(call, place, is_last), call.tool_call_id)
            for place, call in enumerate(response.tool_calls)
        ]
        self.messages += [response, ModelRequest(parts=results, instructions=self._instructions or None)]

    async def _result(self, call: ToolCallPart, place: int, is_last: bool) -> str:
        if is_last:
            return NO_MORE
        return (
            TOO_MANY if place >= CALLS_PER_ROUND else await self._calls.carry_out(call.tool_name, call.args)
        )


def _definition(tool: Tool) -> ToolDefinition:
    return ToolDefinition(
        name=tool.name, description=tool.description, parameters_json_schema=dict(tool.schema)
    )


def _require_whole(response: ModelResponse, *, spoke_before: bool) -> None:
    if response.finish_reason is None:
        raise UnexpectedModelBehavior("the answer ended without saying that it is complete")
    if not response.text and not spoke_before:
        raise UnexpectedModelBehavior(f"an empty answer, ended by {response.finish_reason}")
