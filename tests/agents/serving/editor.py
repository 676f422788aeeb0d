"""A client as an editor would be: the library's own client side, on a real process of `openclaw acp`."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from acp.client.connection import ClientSideConnection
from acp.interfaces import Client
from acp.meta import PROTOCOL_VERSION
from acp.schema import (
    AllowedOutcome,
    DeniedOutcome,
    PermissionOption,
    RequestPermissionResponse,
    ToolCallUpdate,
)
from acp.stdio import spawn_agent_process
from tests.agents.model_server import ModelServer

RUN = "from openclaw.cli.main import main; main(prog_name='openclaw')"


class Editor(Client):
    """Keeps what it is told, and answers questions as ``choose`` says: an option, or "" for none of them."""

    def __init__(self, choose: str = "allow_once") -> None:
        self.choose = choose
        self.updates: list[tuple[str, Any]] = []
        self.asked: list[ToolCallUpdate] = []
        self.told = asyncio.Event()
        self.waits = False

    async def session_update(self, session_id: str, update: Any, **_: Any) -> None:
        """Keep it."""
        self.updates.append((session_id, update))
        self.told.set()

    async def request_permission(
        self, session_id: str, tool_call: ToolCallUpdate, options: list[PermissionOption], **_: Any
    ) -> RequestPermissionResponse:
        """Answer at once, or never when it ``waits``."""
        self.asked.append(tool_call)
        if self.waits:
            self.told.set()
            await asyncio.Event().wait()
        assert [option.kind for option in options] == [option.option_id for option in options]
        if not self.choose:
            return RequestPermissionResponse(outcome=DeniedOutcome(outcome="cancelled"))
        return RequestPermissionResponse(outcome=AllowedOutcome(outcome="selected", option_id=self.choose))

    def text(self, session: str) -> str:
        """What the agent said in a session."""
        return "".join(
            update.content.text
            for of, update in self.updates
            if of == session and update.session_update == "agent_message_chunk"
        )

    def calls(self) -> list[tuple[str, str]]:
        """What became of the calls of tools: each with its title, in the order of the news."""
        titles: dict[str, str] = {}
        found: list[tuple[str, str]] = []
        for _, update in self.updates:
            if update.session_update == "tool_call":
                titles[update.tool_call_id] = update.title
            if update.session_update in ("tool_call", "tool_call_update"):
                found.append((titles[update.tool_call_id], update.status))
        return found


@dataclass
class Installed:
    """A home with a configuration whose model is ``server``."""

    home: Path
    server: ModelServer
    more: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        model = {"id": "m", "input": ["text", "image"]}
        provider = {
            "baseUrl": f"{self.server.url}/v1",
            "api": "openai-completions",
            "apiKey": "sk-secret-12345",
        }
        document = {
            "agents": {"defaults": {"model": "test/m"}},
            "models": {"providers": {"test": provider | {"models": [model, {"id": "other"}]}}},
        }
        self.state_dir.mkdir()
        (self.state_dir / "openclaw.json").write_text(json.dumps(document | self.more))

    @property
    def state_dir(self) -> Path:
        """The state directory."""
        return self.home / ".openclaw"

    @property
    def workspace(self) -> Path:
        """The agent's folder."""
        return self.state_dir / "workspace"

    @property
    def environ(self) -> dict[str, str]:
        """What the process gets."""
        return {"HOME": str(self.home), "PATH": os.environ["PATH"]}


@asynccontextmanager
async def connected(
    installed: Installed, editor: Editor, *words: str
) -> AsyncIterator[tuple[ClientSideConnection, asyncio.subprocess.Process]]:
    """The connection of ``editor`` to a new process, greeted; both are ended."""
    async with spawn_agent_process(
        editor,
        sys.executable,
        *("-c", RUN, "acp", *words),
        env=installed.environ,
        transport_kwargs={"stderr": None},
        use_unstable_protocol=True,
    ) as (connection, process):
        await connection.initialize(PROTOCOL_VERSION)
        yield connection, process
