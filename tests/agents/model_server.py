"""A model server on loopback that really speaks HTTP: chat completions, responses and messages, streamed.

What it does next is taken from ``script``, one behaviour a request; with an empty script it echoes the last user text.
"""

from __future__ import annotations

import asyncio
import json
from collections import deque
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Answer:
    """Say this, word by word."""

    text: str


@dataclass(frozen=True)
class Refuse:
    """Answer with an error status and the error object of the vendors."""

    status: int
    message: str = "refused"


@dataclass(frozen=True)
class Stall:
    """Begin the answer with ``text``, then say nothing until the client goes away."""

    text: str = ""


@dataclass(frozen=True)
class Cut:
    """Begin the answer with ``text``, then drop the connection."""

    text: str


@dataclass(frozen=True)
class Unfinished:
    """Say this, and end in good order without the word that the answer is complete."""

    text: str


@dataclass(frozen=True)
class Garbage:
    """A page of HTML with status 200, as a wrong address gives."""


@dataclass(frozen=True)
class Call:
    """Say ``text``, if any, then call these tools: pairs of a name and the JSON of its arguments, as it stands."""

    calls: tuple[tuple[str, str], ...]
    text: str = ""


Behaviour = Answer | Call | Refuse | Stall | Cut | Unfinished | Garbage


@dataclass(frozen=True)
class Request:
    """One request as it arrived; header names in lower case."""

    path: str
    headers: dict[str, str]
    body: dict[str, Any]


class ModelServer:
    """What tests see of the server: where it is, what it was asked, what it shall do."""

    def __init__(self) -> None:
        self.port = 0
        self.requests: list[Request] = []
        self.script: deque[Behaviour] = deque()
        self.stalled = asyncio.Event()
        self.client_left = asyncio.Event()

    @property
    def url(self) -> str:
        """The server without a path."""
        return f"http://127.0.0.1:{self.port}"

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve one connection until the client closes it."""
        try:
            while (request := await _read_request(reader)) is not None:
                self.requests.append(request)
                behaviour = self.script.popleft() if self.script else Answer(_last_user_text(request.body))
                if not await self._behave(behaviour, request, reader, writer):
                    break
        except (ConnectionError, asyncio.IncompleteReadError):
            self.client_left.set()
        finally:
            writer.close()

    async def _behave(
        self,
        behaviour: Behaviour,
        request: Request,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
    ) -> bool:
        match behaviour:
            case Refuse(status, message):
                body = json.dumps({"type": "error", "error": {"type": "error", "message": message}})
                await _send(writer, status, "application/json", body)
            case Garbage():
                await _send(writer, 200, "text/html", "<html><body>It works!</body></html>")
            case Answer(text):
                await _say(writer, _stream(request, text))
            case Call(calls, text):
                await _say(writer, _stream(request, text, calls))
            case Stall(text):
                await self._begin(request, text, writer)
                self.stalled.set()
                await reader.read()
                self.client_left.set()
                return False
            case Unfinished(text):
                await self._begin(request, text, writer)
                await _chunk(writer, "")
            case Cut(text):
                await self._begin(request, text, writer)
                return False
        return True

    async def _begin(self, request: Request, text: str, writer: asyncio.StreamWriter) -> None:
        await _open_stream(writer)
        if text:
            for event in _beginning(request, text):
                await _chunk(writer, event)


@asynccontextmanager
async def open_model_server() -> AsyncIterator[ModelServer]:
    """A server on a free port; closed with every connection at the end."""
    model = ModelServer()
    connections: dict[asyncio.StreamWriter, asyncio.Event] = {}

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connections[writer] = asyncio.Event()
        await model.serve(reader, writer)
        connections[writer].set()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    model.port = server.sockets[0].getsockname()[1]
    try:
        yield model
    finally:
        server.close()
        for writer in connections:
            writer.close()
        async with asyncio.timeout(5):
            await server.wait_closed()
            for ended in connections.values():
                await ended.wait()


async def _read_request(reader: asyncio.StreamReader) -> Request | None:
    head = await reader.readuntil(b"\r\n\r\n") if not reader.at_eof() else b""
    if not head:
        return None
    first, *lines = head.decode().split("\r\n")
    headers = {
        name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines if line)
    }
    body = await reader.readexactly(int(headers.get("content-length", "0")))
    return Request(first.split(" ")[1].partition("?")[0], headers, json.loads(body or b"{}"))


async def _send(writer: asyncio.StreamWriter, status: int, kind: str, body: str) -> None:
    data = body.encode()
    writer.write(
        f"HTTP/1.1 {status} X\r\ncontent-type: {kind}\r\ncontent-length: {len(data)}\r\n\r\n".encode() + data
    )
    await writer.drain()


async def _say(writer: asyncio.StreamWriter, events: Iterator[str]) -> None:
    await _open_stream(writer)
    for event in events:
        await _chunk(writer, event)
    await _chunk(writer, "")


async def _open_stream(writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n")
    await writer.drain()


async def _chunk(writer: asyncio.StreamWriter, text: str) -> None:
    data = text.encode()
    writer.write(f"{len(data):x}\r\n".encode() + data + b"\r\n")
    await writer.drain()


def _last_user_text(body: dict[str, Any]) -> str:
    said = [entry for entry in body.get("messages") or body.get("input") or [] if entry.get("role") == "user"]
    content = said[-1]["content"] if said else ""
    return content if isinstance(content, str) else "".join(part.get("text", "") for part in content)


def _words(text: str) -> list[str]:
    return [word if position == 0 else f" {word}" for position, word in enumerate(text.split(" "))]


def _stream(request: Request, text: str, calls: Calls = ()) -> Iterator[str]:
    if request.path.endswith("/chat/completions"):
        yield from _completions(text, calls)
    elif request.path.endswith("/responses"):
        yield from _responses(text, calls)
    else:
        yield from _messages(text, calls)


def _beginning(request: Request, text: str) -> list[str]:
    events = list(_stream(request, text))
    last_word = max(
        position for position, event in enumerate(events) if json.dumps(_words(text)[-1])[1:-1] in event
    )
    return events[: last_word + 1] if request.path.endswith("/chat/completions") else events[:-3]


Calls = tuple[tuple[str, str], ...]


def results(request: Request) -> list[str]:
    """What the tools gave that the model called last, as it was told, on any of the three APIs."""
    said = request.body.get("messages") or request.body.get("input") or []
    found: list[str] = []
    for entry in said:
        if entry.get("role") == "tool":
            found.append(entry["content"])
        elif entry.get("type") == "function_call_output":
            found.append(entry["output"])
        elif isinstance(entry.get("content"), list):
            found += [
                _plain(part["content"]) for part in entry["content"] if part.get("type") == "tool_result"
            ]
    return found


def offered(request: Request) -> list[str]:
    """The names of the tools that the model was offered."""
    return [(tool.get("function") or tool)["name"] for tool in request.body.get("tools") or []]


def _plain(content: Any) -> str:
    return content if isinstance(content, str) else "".join(part["text"] for part in content)


def _data(value: dict[str, Any]) -> str:
    return f"data: {json.dumps(value)}\n\n"


def _event(value: dict[str, Any]) -> str:
    return f"event: {value['type']}\n" + _data(value)


def _completions(text: str, calls: Calls = ()) -> Iterator[str]:
    base = {"id": "c1", "object": "chat.completion.chunk", "created": 1, "model": "m"}
    for word in _words(text) if text or not calls else ():
        delta = {"role": "assistant", "content": word}
        yield _data(base | {"choices": [{"index": 0, "delta": delta, "finish_reason": None}]})
    for number, (name, arguments) in enumerate(calls):
        function = {"name": name, "arguments": arguments}
        call = {"index": number, "id": f"call_{number}", "type": "function", "function": function}
        delta = {"role": "assistant", "tool_calls": [call]}
        yield _data(base | {"choices": [{"index": 0, "delta": delta, "finish_reason": None}]})
    why = "tool_calls" if calls else "stop"
    yield _data(base | {"choices": [{"index": 0, "delta": {}, "finish_reason": why}]})
    usage = {"prompt_tokens": 7, "completion_tokens": 3, "total_tokens": 10}
    yield _data(base | {"choices": [], "usage": usage})
    yield "data: [DONE]\n\n"


def _responses(text: str, calls: Calls = ()) -> Iterator[str]:
    usage = {
        "input_tokens": 7,
        "output_tokens": 3,
        "total_tokens": 10,
        "input_tokens_details": {"cached_tokens": 0},
        "output_tokens_details": {"reasoning_tokens": 0},
    }
    content = {"type": "output_text", "text": text, "annotations": []}
    item = {"id": "msg1", "type": "message", "role": "assistant", "status": "completed", "content": [content]}
    response: dict[str, Any] = {
        "id": "r1",
        "object": "response",
        "created_at": 1,
        "model": "m",
        "output": [],
        "parallel_tool_calls": True,
        "tool_choice": "auto",
        "tools": [],
    }
    said = [item] if text or not calls else []
    called = [_function_call(number, *call) for number, call in enumerate(calls)]
    completed = response | {"status": "completed", "output": [*said, *called], "usage": usage}
    where = {"item_id": "msg1", "output_index": 0, "content_index": 0}
    spoken: list[dict[str, Any]] = [
        {
            "type": "response.output_item.added",
            "output_index": 0,
            "item": item | {"status": "in_progress", "content": []},
        },
        {"type": "response.content_part.added", **where, "part": content | {"text": ""}},
        *(
            {"type": "response.output_text.delta", **where, "delta": word, "logprobs": []}
            for word in _words(text)
        ),
        {"type": "response.output_text.done", **where, "text": text, "logprobs": []},
        {"type": "response.output_item.done", "output_index": 0, "item": item},
    ]
    events: list[dict[str, Any]] = [
        {"type": "response.created", "response": response | {"status": "in_progress"}},
        *(spoken if said else []),
        *(event for place, call in enumerate(called, len(said)) for event in _calling(place, call)),
        {"type": "response.completed", "response": completed},
    ]
    for number, event in enumerate(events):
        yield _event(event | {"sequence_number": number})


def _function_call(number: int, name: str, arguments: str) -> dict[str, Any]:
    call = {"type": "function_call", "id": f"fc_{number}", "call_id": f"call_{number}", "status": "completed"}
    return call | {"name": name, "arguments": arguments}


def _calling(place: int, call: dict[str, Any]) -> Iterator[dict[str, Any]]:
    where = {"output_index": place, "item_id": call["id"]}
    begun = call | {"arguments": "", "status": "in_progress"}
    yield {"type": "response.output_item.added", "output_index": place, "item": begun}
    yield {"type": "response.function_call_arguments.delta", **where, "delta": call["arguments"]}
    yield {"type": "response.function_call_arguments.done", **where, "arguments": call["arguments"]}
    yield {"type": "response.output_item.done", "output_index": place, "item": call}


def _messages(text: str, calls: Calls = ()) -> Iterator[str]:
    message = {
        "id": "m1",
        "type": "message",
        "role": "assistant",
        "model": "m",
        "content": [],
        "stop_reason": None,
        "stop_sequence": None,
        "usage": {"input_tokens": 7, "output_tokens": 1},
    }
    yield _event({"type": "message_start", "message": message})
    if text or not calls:
        yield _event(
            {"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}}
        )
        for word in _words(text):
            delta = {"type": "text_delta", "text": word}
            yield _event({"type": "content_block_delta", "index": 0, "delta": delta})
        yield _event({"type": "content_block_stop", "index": 0})
    for place, (name, arguments) in enumerate(calls, 1 if text else 0):
        block = {"type": "tool_use", "id": f"call_{place}", "name": name, "input": {}}
        yield _event({"type": "content_block_start", "index": place, "content_block": block})
        delta = {"type": "input_json_delta", "partial_json": arguments}
        yield _event({"type": "content_block_delta", "index": place, "delta": delta})
        yield _event({"type": "content_block_stop", "index": place})
    ended = {"stop_reason": "tool_use" if calls else "end_turn", "stop_sequence": None}
    yield _event({"type": "message_delta", "delta": ended, "usage": {"output_tokens": 3}})
    yield _event({"type": "message_stop"})
