"""The instant model of the bench answers in the provider's form, and for the right messages."""

from __future__ import annotations

import asyncio
import json

from bench.model import answer, open_model


def test_an_answer_names_every_message_since_the_last_answer() -> None:
    """A gateway may gather messages into one turn; the bench still knows which ones were answered."""
    messages = [
        {"role": "user", "content": "Hello m-x-0"},
        {"role": "assistant", "content": "Answer to m-x-0."},
        {"role": "user", "content": "Hello m-x-1\nHello m-x-2"},
        {"role": "user", "content": [{"type": "text", "text": "Hello m-x-3, I mean m-x-1"}]},
    ]
    assert answer(messages) == "Answer to m-x-1 m-x-2 m-x-3."


async def test_a_streamed_answer_ends_with_a_reason_usage_and_done() -> None:
    """Chunks as OpenAI's chat completions stream them (https://platform.openai.com/docs/api-reference/chat)."""
    request = {
        "stream": True,
        "stream_options": {"include_usage": True},
        "messages": [{"role": "user", "content": "m-x-1"}],
    }
    body = json.dumps(request).encode()
    async with open_model() as model, asyncio.timeout(10):
        reader, writer = await asyncio.open_connection("127.0.0.1", model.port)
        writer.write(
            b"POST /v1/chat/completions HTTP/1.1\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body)
        )
        head = await reader.readuntil(b"\r\n\r\n")
        told = await reader.readexactly(int(head.rpartition(b"Content-Length: ")[2]))
        writer.close()
        await writer.wait_closed()
    events = [event.removeprefix("data: ") for event in told.decode().split("\n\n") if event]
    chunks = [json.loads(event) for event in events[:-1]]
    assert (
        "".join(chunk["choices"][0]["delta"].get("content", "") for chunk in chunks[:-1])
        == "Answer to m-x-1."
    )
    assert (chunks[-2]["choices"][0]["finish_reason"], chunks[-1]["usage"]["total_tokens"]) == ("stop", 15)
    assert events[-1] == "[DONE]"
