"""An agent's way to send a file: one of its workspace, into the chat that its turn answers, when the turn ends.

The agent names a file, never a place to send it to. What it names is opened below its workspace step by step, none of
them through a link, and what is sent is a copy of what was opened.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Awaitable, Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Protocol

from openclaw.domain.delivery import OutboundFile
from openclaw.domain.turns import FileOffered, TurnEvent
from openclaw.errors import FileRefused

DESCRIPTION = (
    "Send a file of your workspace to the chat you are in. It arrives behind your answer; the caption is a text in "
    "front of the file."
)

MOST_FILES = 10
"""Files of one turn."""

MOST_CAPTION = 2000
_MOST_PATH = 1000
_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC


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

    workspace: Path
    copies: Copies
    emit: Callable[[TurnEvent], Awaitable[None]]
    _sent: int = field(default=0, init=False)

    async def send_file(self, path: str, caption: str = "") -> str:
        """Have a file of the workspace sent at the end of the turn; the words to tell the agent.

        Raises:
            FileRefused: it cannot be sent; the text is for the agent, and tells nothing of this machine.
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
        *folders, name = _parts(path, self.workspace)
        with _inside(self.workspace, folders, path) as folder:
            return self.copies.copy(name, folder, path)


def _parts(path: str, workspace: Path) -> tuple[str, ...]:
    if len(path) > _MOST_PATH or "\0" in path:
        raise FileRefused("that is no path of a file")
    pure = PurePosixPath(path.strip())
    if pure.is_absolute():
        roots = (workspace, Path(os.path.realpath(workspace)))
        below = [pure.relative_to(root) for root in roots if pure.is_relative_to(root)]
        if not below:
            raise FileRefused(f'"{path}" is outside the workspace; only files in it can be sent')
        pure = below[0]
    if ".." in pure.parts:
        raise FileRefused(f'"{path}" leads upwards; name a file by its way from the workspace down')
    if not pure.parts:
        raise FileRefused(f'"{path}" names no file')
    return pure.parts


@contextmanager
def _inside(root: Path, folders: list[str], path: str) -> Generator[int]:
    """A descriptor of a folder below ``root``, which itself is the operator's choice and may be a link."""
    here = -1
    try:
        here = os.open(root, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        for name in folders:
            outer, here = here, os.open(name, _FOLDER, dir_fd=here)
            os.close(outer)
    except OSError as error:
        if here >= 0:
            os.close(here)
        raise FileRefused(f'"{path}" is not there, or its way leads through a link') from error
    try:
        yield here
    finally:
        os.close(here)
