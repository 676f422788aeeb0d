"""An agent's way to send a file: one of its workspace, into the chat that its turn answers, when the turn ends.

The agent names a file, never a place to send it to. What it names is opened within the fence of its workspace, and what
is sent is a copy of what was opened.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Protocol

from openclaw.agents.tools.workspace import Workspace
from openclaw.domain.delivery import MOST_FILES, OutboundFile
from openclaw.domain.turns import FileOffered, TurnEvent
from openclaw.errors import FileRefused

DESCRIPTION = (
    "Send a file of your workspace to the chat you are in. It arrives behind your answer; the caption is a text in "
    "front of the file."
)

MOST_CAPTION = 2000


class Copies(Protocol):
    """What makes the copies that leave. Both raise ``FileRefused``."""

    def copy(self, name: str, folder: int, shown: str) -> OutboundFile:
        """A copy of the file ``name`` in the open folder ``folder``, called ``shown`` to the agent."""
        ...

    async def fit(self, file: OutboundFile) -> OutboundFile:
        """That copy, or in its place one that is small enough to leave."""
        ...


@dataclass(slots=True)
class FileSending:
    """The sending of files in one turn. ``copies`` makes what is sent, ``emit`` hands an event to who runs the turn."""

    workspace: Workspace
    copies: Copies
    emit: Callable[[TurnEvent], Awaitable[None]]
    _sent: int = field(default=0, init=False)

    async def send_file(self, path: str, caption: str = "") -> str:
        """Have a file of the workspace sent at the end of the turn; the words to tell the agent.

        Raises:
            FileRefused: it cannot be sent; the text is for the agent, and tells nothing of this machine.
            ToolFailed: there is no such file in the workspace; the same holds.
        """
        if self._sent >= MOST_FILES:
            raise FileRefused(
                f"{MOST_FILES} files are sent in this turn already; put the rest into an archive"
            )
        if len(caption) > MOST_CAPTION:
            raise FileRefused(f"the caption has {len(caption)} characters; at most {MOST_CAPTION} are taken")
        file = await self.copies.fit(await asyncio.to_thread(self._copied, path))
        self._sent += 1
        await self.emit(FileOffered(file, caption.strip()))
        return f"{file.name} ({file.size} bytes, {file.mime_type}) will be sent behind your answer"

    def _copied(self, path: str) -> OutboundFile:
        with self.workspace.place(path) as (folder, name):
            return self.copies.copy(name, folder, path)
