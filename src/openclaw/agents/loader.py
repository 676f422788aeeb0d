"""The one place where the libraries of models, MCP and ACP are imported: late, off the loop, only what is asked for.

One of the two lazy seams (decision 001). It must not know what the loaded code does, only the shape it has.
"""

from __future__ import annotations

import asyncio
import gc
import importlib
import threading
from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager
from types import ModuleType
from typing import Any, Protocol

from openclaw.agents.acp.ports import OpenSession, TryOut
from openclaw.agents.endpoint import Api, ModelEndpoint
from openclaw.agents.handover import Emit
from openclaw.agents.mcp.line import Line, RemoteTool
from openclaw.agents.tools.tool import Tool
from openclaw.domain.turns import Prompt
from openclaw.errors import AgentFailed


class Answerer(Protocol):
    """A model that can be asked. Whoever opened it closes it."""

    async def answer(self, prompt: Prompt, emit: Emit, tools: Sequence[Tool] = ()) -> None:
        """Answer the prompt with these tools, ending with ``Finished``; every failure is an ``AgentFailed``."""
        ...

    async def aclose(self) -> None:
        """Close its connections."""
        ...


class RemoteTools(Protocol):
    """An MCP server that has been greeted."""

    async def tools(self) -> Sequence[RemoteTool]:
        """What it offers now.

        Raises:
            ToolFailed: it does not say.
        """
        ...

    async def call(self, tool: str, arguments: dict[str, Any], seconds: float) -> str:
        """What the tool gives within that time, as text.

        Raises:
            ToolFailed: the tool or the server says no, is gone, or is silent.
        """
        ...

    async def ended(self) -> str:
        """Return once it is gone, with how it went."""
        ...


OpenServer = Callable[[Line], AbstractAsyncContextManager[RemoteTools]]

OpenEndpoint = Callable[[ModelEndpoint], Answerer]

# The two vendors' libraries are apart because each costs memory of its own: 15 MiB and 40 MiB.
_MODULES = {
    Api.OPENAI_COMPLETIONS: "openclaw.agents.openai_models",
    Api.OPENAI_RESPONSES: "openclaw.agents.openai_models",
    Api.ANTHROPIC_MESSAGES: "openclaw.agents.anthropic_models",
}

# Two threads importing packages with cycles inside can meet half-made modules.
_one_at_a_time = threading.Lock()


async def load_family(api: Api) -> OpenEndpoint:
    """What opens endpoints of this API; takes about a second the first time, and nothing after."""
    opened: OpenEndpoint = (await asyncio.to_thread(_import, _MODULES[api])).open_endpoint
    return opened


async def load_mcp() -> OpenServer:
    """What opens MCP servers; takes about as long as a family of models, and as much memory as the smaller one."""
    opened: OpenServer = (await asyncio.to_thread(_import, "openclaw.agents.mcp.session")).open_server
    return opened


async def load_acp() -> OpenSession:
    """What opens sessions of outside agents; takes three quarters of a second the first time."""
    opened: OpenSession = (await asyncio.to_thread(_import, "openclaw.agents.acp.session")).open_session
    return opened


async def load_acp_trial() -> TryOut:
    """What starts an outside agent to see whether it can be."""
    tried: TryOut = (await asyncio.to_thread(_import, "openclaw.agents.acp.session")).try_out
    return tried


def _import(name: str) -> ModuleType:
    with _one_at_a_time:
        collecting = gc.isenabled()
        # Importing makes a million objects that stay: collecting among them costs a third of the time, and every full
        # collection after it a tenth of a second of the event loop, unless they are set aside.
        gc.disable()
        try:
            module = importlib.import_module(name)
            gc.freeze()
        except ImportError as error:
            raise AgentFailed(f"a library cannot be loaded: {error}; install openclaw again") from error
        finally:
            if collecting:
                gc.enable()
    return module
