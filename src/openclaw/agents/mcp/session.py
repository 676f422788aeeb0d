"""One conversation with an MCP server, over pipes or HTTP: the edge to the MCP library, loaded late.

It owns the greeting, the list of tools and the calls, and translates whatever the library raises. The library's own
session speaks the protocol; what a server asks of us (to use our model, to ask the user) it is refused.
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import AsyncGenerator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

import httpx2
import structlog
from mcp.client._transport import TransportStreams
from mcp.client.session import ClientSession
from mcp.client.sse import sse_client
from mcp.client.streamable_http import streamable_http_client
from mcp.shared.exceptions import MCPError
from mcp_types import (
    CONNECTION_CLOSED,
    CallToolResult,
    ContentBlock,
    EmbeddedResource,
    Implementation,
    PaginatedRequestParams,
    ResourceLink,
    TextContent,
    TextResourceContents,
    Tool,
    ToolListChangedNotification,
)

from openclaw import __version__
from openclaw.agents.child_lines import Program
from openclaw.agents.mcp.line import Address, Line, RemoteTool
from openclaw.agents.mcp.pipes import Pipes, open_pipes
from openclaw.errors import ToolFailed
from openclaw.supervision import root_of

log = structlog.get_logger("openclaw.mcp")

# The library logs whole traces, with addresses, of what is told here in a sentence.
logging.getLogger("mcp").setLevel(logging.CRITICAL)

ASK_SECONDS = 30.0
"""For the greeting and the list of tools; a program that is fetched first takes that long."""

CONNECT_SECONDS = 10.0

PING_SECONDS = 5.0
"""A server that is busy still answers a ping; one that does not has come to a standstill."""

SILENCE_SECONDS = 300.0
"""The stream of a server that has nothing to say is silent for long."""

MOST_TOOLS = 128
"""No model can choose among more, and several APIs refuse them."""

MOST_PAGES = 20
DESCRIPTION_LETTERS = 1024
SCHEMA_LETTERS = 16_000
"""A larger one would fill a small model's window by itself."""


class Session:
    """A greeted server. Made by ``open_server``, which also ends it."""

    def __init__(self, line: Line) -> None:
        self._line = line
        self._known: tuple[RemoteTool, ...] | None = None
        self._client: ClientSession | None = None
        self._pipes: Pipes | None = None
        self._gone = asyncio.Event()
        self._how = ""

    async def tools(self) -> Sequence[RemoteTool]:
        """What it offers; asked for again only after it said that this has changed.

        Raises:
            ToolFailed: it does not say.
        """
        if self._known is None:
            try:
                async with asyncio.timeout(ASK_SECONDS):
                    self._known = await self._list()
            # A listed boundary: what this library and its transports may raise is nowhere listed in full.
            except Exception as error:
                raise ToolFailed(f"{self._line.name} does not list its tools: {_told(error)}") from error
        return self._known

    async def call(self, tool: str, arguments: dict[str, Any], seconds: float) -> str:
        """What the tool gives within ``seconds``, as text.

        Raises:
            ToolFailed: the tool or the server says no, is gone, or is silent.
        """
        if self._client is None or self._gone.is_set():
            raise ToolFailed("the server of this tool is gone")
        try:
            async with asyncio.timeout(seconds):
                result = await self._client.call_tool(tool, arguments)
        except TimeoutError as error:
            await self._check()
            raise ToolFailed(f"the server of this tool gave no result within {seconds:g} s") from error
        except MCPError as error:
            if error.code == CONNECTION_CLOSED:
                self._lose("")
                raise ToolFailed("the server of this tool went away during the call") from error
            raise ToolFailed(_told(error)) from error
        # A listed boundary, as above.
        except Exception as error:
            self._lose(_told(error))
            raise ToolFailed(f"the server of this tool cannot be used: {type(error).__name__}") from error
        if result.is_error:
            raise ToolFailed(_text(result) or "the tool says that it failed")
        return _text(result)

    async def ended(self) -> str:
        """Return once the server is gone or has come to a standstill, with how."""
        await self._gone.wait()
        return await self.why(None)

    async def why(self, error: Exception | None) -> str:
        """Why it cannot be used: how its process went, else what ``error`` says."""
        if self._pipes is not None and self._gone.is_set() and not self._how:
            return self._line.masked(await self._pipes.obituary())
        how = self._how or (_told(error) if error else "closed its connection")
        return self._line.masked(how)

    async def greet(self, stack: AsyncExitStack) -> None:
        """Open the line and say hello; ``stack`` closes it. Raises whatever the library does."""
        incoming, outgoing = await self._open(stack)
        client = ClientSession(
            incoming,
            outgoing,
            client_info=Implementation(name="openclaw", version=__version__),
            message_handler=self._hear,
        )
        self._client = await stack.enter_async_context(client)
        try:
            async with asyncio.timeout(ASK_SECONDS):
                await client.initialize()
        except (MCPError, TimeoutError) as error:
            raise ToolFailed(await self.why(error)) from error

    async def _open(self, stack: AsyncExitStack) -> TransportStreams:
        match self._line.way:
            case Program() as program:
                pipes = await stack.enter_async_context(open_pipes(self._line.name, program, self._gone.set))
                self._pipes = pipes
                return pipes.incoming, pipes.outgoing
            case Address(url, "sse", headers):
                line = sse_client(url, dict(headers), CONNECT_SECONDS, SILENCE_SECONDS)
                return await stack.enter_async_context(line)
            case Address(url, _, headers):
                timeout = httpx2.Timeout(CONNECT_SECONDS, read=SILENCE_SECONDS)
                web = httpx2.AsyncClient(headers=dict(headers), timeout=timeout)
                await stack.enter_async_context(web)
                return await stack.enter_async_context(streamable_http_client(url, http_client=web))

    async def _hear(self, message: object) -> None:
        if isinstance(message, ToolListChangedNotification):
            self._known = None
        elif isinstance(message, Exception):
            # The line broke; who waits for an answer would wait for ever.
            self._lose(_told(message))

    async def _list(self) -> tuple[RemoteTool, ...]:
        assert self._client is not None  # noqa: S101 - greeted
        found: list[Tool] = []
        page = await self._client.list_tools()
        for _ in range(MOST_PAGES):
            found += page.tools
            if not page.next_cursor or len(found) >= MOST_TOOLS:
                break
            page = await self._client.list_tools(params=PaginatedRequestParams(cursor=page.next_cursor))
        taken = [_remote(tool) for tool in found[:MOST_TOOLS] if _is_small(tool)]
        if len(taken) < len(found):
            log.warning("mcp.tools_left_out", server=self._line.name, taken=len(taken), offered=len(found))
        return tuple(taken)

    async def _check(self) -> None:
        """Give the server up when it answers nothing at all any more."""
        assert self._client is not None  # noqa: S101 - greeted
        try:
            async with asyncio.timeout(PING_SECONDS):
                await self._client.send_ping()
        except MCPError as error:
            # An error is an answer too.
            if error.code == CONNECTION_CLOSED:
                self._lose("")
        # A listed boundary, as above.
        except Exception:
            self._lose(f"came to a standstill: a ping got no answer within {PING_SECONDS:g} s")

    def _lose(self, how: str) -> None:
        self._how = how
        self._gone.set()


@asynccontextmanager
async def open_server(line: Line) -> AsyncGenerator[Session]:
    """A greeted server, ended with the context.

    Raises:
        ToolFailed: it cannot be reached or does not speak the protocol; the text names no secret of it.
    """
    session, failure, is_open = Session(line), "", False
    try:
        async with AsyncExitStack() as stack:
            await session.greet(stack)
            is_open = True
            yield session
    # A listed boundary, as above. The library's groups of tasks may put their own error in the place of ours.
    except Exception as error:
        if is_open:
            raise
        root = root_of(error)
        failure = str(root) if isinstance(root, ToolFailed) else _told(root)
    if failure:
        raise ToolFailed(line.masked(failure))


def _told(error: BaseException) -> str:
    error = root_of(error)
    if isinstance(error, TimeoutError):
        return "no answer in time"
    said = error.message if isinstance(error, MCPError) else str(error)
    return " ".join(said.split())[:300] or type(error).__name__


def _is_small(tool: Tool) -> bool:
    return len(json.dumps(tool.input_schema)) <= SCHEMA_LETTERS


def _remote(tool: Tool) -> RemoteTool:
    hints = tool.annotations
    reads_only = hints is not None and hints.read_only_hint is True
    return RemoteTool(
        tool.name, (tool.description or "")[:DESCRIPTION_LETTERS], tool.input_schema, reads_only
    )


def _text(result: CallToolResult) -> str:
    parts = [_part(block) for block in result.content]
    if not parts and result.structured_content is not None:
        return json.dumps(result.structured_content, ensure_ascii=False)
    return "\n".join(parts)


def _part(block: ContentBlock) -> str:
    match block:
        case TextContent(text=text):
            return text
        case EmbeddedResource(resource=TextResourceContents(text=text)):
            return text
        case ResourceLink(uri=uri, name=name):
            return f"({name}: {uri})"
        case _:
            return f"(something of type {block.type} that cannot be shown here)"
