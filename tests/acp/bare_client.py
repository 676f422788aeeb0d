"""The least that a client of the Agent Client Protocol is: the SDK, and one who hears and answers."""

from __future__ import annotations

import asyncio
import os
import signal
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import acp
import psutil
from acp import schema
from tests.waiting import BOUND_S, until

_LINE_LIMIT = 16 * 1024 * 1024
"""What a replayed conversation may be in one line; the default of 64 KiB is less than agents send."""


class Person:
    """Hears what an agent says, and answers what it asks with the option of the kind ``answer``; ``None``: not yet."""

    def __init__(self, answer: str | None = None) -> None:
        self.answer = answer
        self.updates: list[Any] = []
        self.asked: list[tuple[schema.ToolCallUpdate, list[schema.PermissionOption]]] = []
        self.was_asked = asyncio.Event()
        self.gave_up = asyncio.Event()
        self.heard_text = asyncio.Event()

    def on_connect(self, conn: Any) -> None:
        """Nothing is asked of the agent from here."""

    async def session_update(self, session_id: str, update: Any, **_: Any) -> None:
        """Keep it."""
        self.updates.append(update)
        if update.session_update == "agent_message_chunk":
            self.heard_text.set()

    async def request_permission(
        self,
        session_id: str,
        tool_call: schema.ToolCallUpdate,
        options: list[schema.PermissionOption],
        **_: Any,
    ) -> acp.RequestPermissionResponse:
        """Choose the option of the kind wanted; with none wanted, wait until the test gives up for us."""
        self.asked.append((tool_call, options))
        self.was_asked.set()
        if self.answer is None:
            await self.gave_up.wait()
            return acp.RequestPermissionResponse(outcome=schema.DeniedOutcome(outcome="cancelled"))
        chosen = next(option.option_id for option in options if option.kind == self.answer)
        return acp.RequestPermissionResponse(
            outcome=schema.AllowedOutcome(outcome="selected", option_id=chosen)
        )

    async def ext_method(self, method: str, params: dict[str, Any]) -> dict[str, Any]:
        """There are no extensions here."""
        raise acp.RequestError.method_not_found(method)

    async def ext_notification(self, method: str, params: dict[str, Any]) -> None:
        """Extensions that nobody asked for say things as well."""

    def chunks(self, kind: str = "agent_message_chunk") -> list[str]:
        """The texts of all updates of this kind, as they came."""
        return [update.content.text for update in self.updates if update.session_update == kind]

    def states(self, tool_call_id: str) -> list[str]:
        """What states a tool call went through, as it was told."""
        calls = [
            update for update in self.updates if update.session_update in ("tool_call", "tool_call_update")
        ]
        return [call.status for call in calls if call.tool_call_id == tool_call_id and call.status]


@dataclass(frozen=True, slots=True)
class Line:
    """A running agent and the way to speak to it."""

    conn: Any
    process: Process
    initialized: acp.InitializeResponse

    async def kill(self) -> None:
        """End the process and its group without a word, and wait until all of its children have ended as well.

        The group, because Claude's own child outlives a killed adapter for as long as its model keeps it waiting.
        """
        family = self.family()
        _kill_group(self.process)
        await self.process.wait()
        await until_gone(family)

    def family(self) -> list[psutil.Process]:
        """The processes that the agent has started, and those that they have."""
        return psutil.Process(self.process.pid).children(recursive=True)


async def until_gone(family: list[psutil.Process]) -> None:
    """Wait until none of these runs any more."""

    async def all_gone() -> bool:
        return not any(_runs(child) for child in family)

    await until(all_gone, "the agent's own children end, too")


@asynccontextmanager
async def open_line(
    argv: Sequence[str], env: Mapping[str, str], cwd: Path, person: Person, **capabilities: Any
) -> AsyncGenerator[Line]:
    """An agent that has been greeted with ``capabilities``; killed with its group at the end, if it still runs."""
    with (cwd.parent / "stderr.log").open("ab") as log:
        process = await asyncio.create_subprocess_exec(
            *argv,
            env=env,
            cwd=cwd,
            stdin=PIPE,
            stdout=PIPE,
            stderr=log,
            limit=_LINE_LIMIT,
            start_new_session=True,
        )
    conn = acp.connect_to_agent(person, process.stdin, process.stdout)
    try:
        async with asyncio.timeout(BOUND_S):
            initialized = await conn.initialize(
                acp.PROTOCOL_VERSION, client_capabilities=schema.ClientCapabilities(**capabilities)
            )
        yield Line(conn, process, initialized)
    finally:
        person.gave_up.set()
        await conn.close()
        _kill_group(process)
        await process.wait()


def _kill_group(process: Process) -> None:
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)


def _runs(process: psutil.Process) -> bool:
    try:
        return process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False
