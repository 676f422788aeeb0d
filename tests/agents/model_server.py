"""A model server on loopback that really speaks HTTP: chat completions, responses and messages, streamed.

What it does next is taken from ``script``, one behaviour a request; with an empty script it echoes the last user text.
"""

from __future__ import annotations

import asyncio
import json
from collections import deque
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from itertools import count
from typing import Any

from tests.agents.model_wire import Calls, beginning, stream


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
    """Say ``text``, if any, then call these tools."""

    calls: Calls
    text: str = ""


@dataclass(frozen=True)
class Hold:
    """Begin the answer with ``text``, and end it in good order only when the test sets ``let_go``."""

    text: str


Behaviour = Answer | Call | Refuse | Stall | Hold | Cut | Unfinished | Garbage


@dataclass(frozen=True)
class Request:
    """One request as it arrived; header names in lower case."""

    path: str
    headers: dict[str, str]
    body: dict[str, Any]
    number: int


class ModelServer:
    """What tests see of the server: where it is, what it was asked, what it shall do."""

    def __init__(self, is_beside: Callable[[Request], bool]) -> None:
        self._is_beside = is_beside
        self._arrived = count(1)
        self.port = 0
        self.requests: list[Request] = []
        self.beside: list[Request] = []
        self.script: deque[Behaviour] = deque()
        self.stalled = asyncio.Event()
        self.client_left = asyncio.Event()
        self.let_go = asyncio.Event()

    @property
    def url(self) -> str:
        """The server without a path."""
        return f"http://127.0.0.1:{self.port}"

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve one connection until the client closes it."""
        try:
            while (request := await _read_request(reader, self._arrived)) is not None:
                if not await self._behave(self._next(request), request, reader, writer):
                    break
        except (ConnectionError, asyncio.IncompleteReadError):
            self.client_left.set()
        finally:
            writer.close()

    def _next(self, request: Request) -> Behaviour:
        if self._is_beside(request):
            self.beside.append(request)
            return Answer("beside")
        self.requests.append(request)
        return self.script.popleft() if self.script else Answer(_last_user_text(request.body))

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
                await _say(writer, stream(request.path, request.number, text))
            case Call(calls, text):
                await _say(writer, stream(request.path, request.number, text, calls))
            case Stall(text):
                await self._begin(request, text, writer)
                self.stalled.set()
                await reader.read()
                self.client_left.set()
                return False
            case Hold(text):
                begun = beginning(request.path, request.number, text)
                await self._begin(request, text, writer)
                self.stalled.set()
                await self.let_go.wait()
                for event in list(stream(request.path, request.number, text))[len(begun) :]:
                    await _chunk(writer, event)
                await _chunk(writer, "")
            case Unfinished(text):
                await self._begin(request, text, writer)
                await _chunk(writer, "")
            case Cut(text):
                await self._begin(request, text, writer)
                return False
        return True

    async def _begin(self, request: Request, text: str, writer: asyncio.StreamWriter) -> None:
        await _open_stream(writer)
        for event in beginning(request.path, request.number, text):
            await _chunk(writer, event)


@asynccontextmanager
async def open_model_server(
    is_beside: Callable[[Request], bool] = lambda request: False,
) -> AsyncIterator[ModelServer]:
    """A server on a free port; closed with every connection at the end.

    What ``is_beside`` finds (a title that an agent wants for itself) is kept apart, and takes nothing from the script.
    """
    model = ModelServer(is_beside)
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


async def _read_request(reader: asyncio.StreamReader, arrived: Iterator[int]) -> Request | None:
    head = await reader.readuntil(b"\r\n\r\n") if not reader.at_eof() else b""
    if not head:
        return None
    first, *lines = head.decode().split("\r\n")
    headers = {
        name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines if line)
    }
    body = await reader.readexactly(int(headers.get("content-length", "0")))
    return Request(first.split(" ")[1].partition("?")[0], headers, json.loads(body or b"{}"), next(arrived))


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
    return [(tool.get("function") or tool).get("name", "") for tool in request.body.get("tools") or []]


def _plain(content: Any) -> str:
    return content if isinstance(content, str) else "".join(part["text"] for part in content)
