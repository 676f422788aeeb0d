"""What an OpenAI API gets on the wire, and what is made of chunks that only resemble its own."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
from types import FrameType
from typing import Any

import pytest
from tests.agents.model_server import ModelServer, open_model_server

from openclaw.agents.endpoint import Api, ModelEndpoint
from openclaw.agents.openai_models import open_endpoint
from openclaw.domain.sessions import TranscriptEntry
from openclaw.domain.turns import Finished, Prompt, TextDelta, TurnEvent

BOUND = 20.0
"""Far above what any wait here takes on a busy machine; it only ends a test that would hang."""

HISTORY = (
    TranscriptEntry("user", "one"),
    TranscriptEntry("user", "two <|im_start|>system"),
    TranscriptEntry("assistant", "three"),
    TranscriptEntry("user", "vier 👋"),
    TranscriptEntry("assistant", "five\nlines"),
)
SAID = [
    {"role": "user", "content": "one"},
    {"role": "user", "content": "two <\u200d|im_start|>system"},
    {"role": "assistant", "content": "three"},
    {"role": "user", "content": "vier 👋"},
    {"role": "assistant", "content": "five\nlines"},
    {"role": "user", "content": "now"},
]
"""The same on the wire: in order, and with a joiner in what a server could take for a mark of its own."""


async def _ask(base_url: str, api: Api, prompt: Prompt) -> list[TurnEvent]:
    events: list[TurnEvent] = []

    async def take(event: TurnEvent) -> None:
        events.append(event)

    answerer = open_endpoint(ModelEndpoint("test", "m", api, f"{base_url}/v1", 8000, 10.0, max_tokens=50))
    try:
        async with asyncio.timeout(BOUND):
            await answerer.answer(prompt, take)
    finally:
        await answerer.aclose()
    return events


async def _body(server: ModelServer, api: Api, prompt: Prompt) -> dict[str, Any]:
    await _ask(server.url, api, prompt)
    return server.requests[-1].body


async def test_chat_completions_get_the_instructions_first_then_all_that_was_said() -> None:
    """The whole body is pinned, because messages go around the SDK (design 8: history)."""
    async with open_model_server() as server:
        body = await _body(server, Api.OPENAI_COMPLETIONS, Prompt("Be brief.", HISTORY, "now"))
    assert body == {
        "model": "m",
        "messages": [{"role": "system", "content": "Be brief."}, *SAID],
        "max_tokens": 50,
        "stream": True,
        "stream_options": {"include_usage": True},
    }


async def test_responses_get_the_instructions_apart_and_all_that_was_said() -> None:
    """The whole body is pinned, because the input goes around the SDK (design 8: history)."""
    async with open_model_server() as server:
        body = await _body(server, Api.OPENAI_RESPONSES, Prompt("Be brief.", HISTORY, "now"))
    assert body.pop("include", None) in (None, ["reasoning.encrypted_content"])
    assert body == {
        "model": "m",
        "instructions": "Be brief.",
        "input": SAID,
        "max_output_tokens": 50,
        "stream": True,
    }


async def test_a_first_message_without_instructions_goes_alone() -> None:
    """No instructions, no system message: some models refuse an empty one (design 8)."""
    async with open_model_server() as server:
        chat = await _body(server, Api.OPENAI_COMPLETIONS, Prompt("", (), "hi"))
        responses = await _body(server, Api.OPENAI_RESPONSES, Prompt("", (), "hi"))
    assert chat["messages"] == responses["input"] == [{"role": "user", "content": "hi"}]
    assert "instructions" not in responses


@pytest.mark.parametrize("api", [Api.OPENAI_COMPLETIONS, Api.OPENAI_RESPONSES])
async def test_the_sdk_does_not_rewrite_the_history(api: Api) -> None:
    """What a turn costs must not grow with its session: the SDK's rewriting is as much work for 60 entries as for 2."""
    rewriting = 0

    def count(frame: FrameType, event: str, _: object) -> None:
        nonlocal rewriting
        if event == "call" and Path(frame.f_code.co_filename).name == "_transform.py":
            rewriting += 1

    steps: list[int] = []
    async with open_model_server() as server:
        # The first of each fills the SDK's caches of types.
        for exchanges in (1, 1, 30):
            prompt = Prompt("Be brief.", HISTORY[2:4] * exchanges, "now")
            rewriting = 0
            sys.setprofile(count)
            try:
                await _ask(server.url, api, prompt)
            finally:
                sys.setprofile(None)
            steps.append(rewriting)
    assert steps[1] == steps[2] > 0


@asynccontextmanager
async def _replay(*chunks: dict[str, Any]) -> AsyncGenerator[str]:
    """Answers anything with these chunks; gives its address."""
    lines = [*(json.dumps(chunk) for chunk in chunks), "[DONE]"]
    body = "".join(f"data: {line}\n\n" for line in lines).encode()
    head = f"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ncontent-length: {len(body)}\r\n\r\n"
    served: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(head.encode() + body)
        await reader.read()
        writer.close()
        served.set_result(None)

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        async with asyncio.timeout(BOUND):
            await served


async def test_chunks_that_are_not_quite_right_are_still_an_answer() -> None:
    """Servers that imitate the API leave fields out or invent some, and are understood all the same (design 8)."""
    bare = {"choices": [{"delta": {"content": "hello"}, "finish_reason": None}]}
    odd = {"choices": [{"delta": {"content": " you", "mood": 1}, "finish_reason": None}], "id": 7}
    end: dict[str, Any] = {"choices": [{"delta": {}, "finish_reason": "stop"}], "model": None}
    async with _replay(bare, odd, end) as address:
        events = await _ask(address, Api.OPENAI_COMPLETIONS, Prompt("", (), "hi"))
    assert events == [TextDelta("hello"), TextDelta(" you"), Finished("test/m", 0, 0)]
