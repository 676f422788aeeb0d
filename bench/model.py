"""A model that answers at once: OpenAI-compatible chat completions on loopback, plain or streamed.

Owns the answer and its wire form. The answer repeats every mark (``m-…``) of the user messages since the last answer,
so that the bench can tell which messages a reply stands for, also where a gateway has gathered several into one turn.
"""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from typing import Any

MARK = re.compile(r"\bm-[0-9a-z]+-\d+\b")
_LONGEST = 16 << 20

Say = Callable[[list[dict[str, Any]]], str]


class Model:
    """The server's address, and how often it was asked."""

    def __init__(self, say: Say) -> None:
        self.calls = 0
        self.port = 0
        self._say = say

    @property
    def base_url(self) -> str:
        """What a provider's ``baseUrl`` is set to."""
        return f"http://127.0.0.1:{self.port}/v1"

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer the requests of one connection until it ends."""
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                body = await _body(reader, head.lower())
                writer.write(self._response(head, body))
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass  # the client has closed the connection
        finally:
            writer.close()

    def _response(self, head: bytes, body: bytes) -> bytes:
        if not head.startswith(b"POST "):
            return _http("application/json", b'{"object":"list","data":[{"id":"instant","object":"model"}]}')
        self.calls += 1
        request = json.loads(body)
        text = self._say(request.get("messages", []))
        if request.get("stream"):
            return _http("text/event-stream", _stream(text, request))
        return _http("application/json", json.dumps(_completion(text)).encode())


def answer(messages: list[dict[str, Any]]) -> str:
    """The words for a conversation: the marks that have not been answered in it yet."""
    marks = list[str]()
    for message in reversed(messages):
        if message.get("role") == "assistant":
            break
        if message.get("role") == "user":
            marks = MARK.findall(words_of(message.get("content"))) + marks
    return f"Answer to {' '.join(dict.fromkeys(marks)) or 'nothing'}."


def words_of(content: str | list[dict[str, Any]] | None) -> str:
    """The text of a message's ``content``, whichever form it has."""
    if isinstance(content, list):
        return "\n".join(str(part.get("text", "")) for part in content)
    return content or ""


async def _body(reader: asyncio.StreamReader, head: bytes) -> bytes:
    if length := re.search(rb"content-length: *(\d+)", head):
        return await reader.readexactly(int(length[1]))
    body = b""
    while b"transfer-encoding: chunked" in head:
        size = int((await reader.readuntil(b"\r\n")).split(b";")[0], 16)
        body += (await reader.readexactly(size + 2))[:-2]
        if not size:
            break
    return body


def _http(kind: str, body: bytes) -> bytes:
    return b"HTTP/1.1 200 OK\r\nContent-Type: %s\r\nContent-Length: %d\r\n\r\n%s" % (
        kind.encode(),
        len(body),
        body,
    )


_USAGE = {"prompt_tokens": 10, "completion_tokens": 5, "total_tokens": 15}


def _completion(text: str) -> dict[str, Any]:
    choice = {"index": 0, "message": {"role": "assistant", "content": text}, "finish_reason": "stop"}
    return _envelope("chat.completion") | {"choices": [choice], "usage": _USAGE}


def _stream(text: str, request: dict[str, Any]) -> bytes:
    deltas: list[tuple[dict[str, Any], str | None]] = [
        ({"role": "assistant", "content": ""}, None),
        ({"content": text}, None),
        ({}, "stop"),
    ]
    chunks = [
        _envelope("chat.completion.chunk")
        | {"choices": [{"index": 0, "delta": delta, "finish_reason": finish}]}
        for delta, finish in deltas
    ]
    options: dict[str, Any] = request.get("stream_options") or {}
    if options.get("include_usage"):
        chunks.append(_envelope("chat.completion.chunk") | {"choices": [], "usage": _USAGE})
    return b"".join(b"data: %s\n\n" % json.dumps(chunk).encode() for chunk in chunks) + b"data: [DONE]\n\n"


def _envelope(kind: str) -> dict[str, Any]:
    return {"id": "chatcmpl-bench", "object": kind, "created": 1, "model": "instant"}


@asynccontextmanager
async def open_model(say: Say = answer) -> AsyncGenerator[Model]:
    """The model on a free port of loopback, until the context ends; ``say`` words its answers."""
    model = Model(say)
    server = await asyncio.start_server(model.serve, "127.0.0.1", 0, limit=_LONGEST)
    model.port = server.sockets[0].getsockname()[1]
    try:
        yield model
    finally:
        server.close()
