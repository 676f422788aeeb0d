"""The terminals that an agent asks us for: programs that we run for it inside its fence, with bounded output.

Each is a process group of its own and ends with the session at the latest.
"""

from __future__ import annotations

import asyncio
import itertools
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from openclaw.agents.acp.fence import Fence
from openclaw.agents.child_lines import LAST_WORDS_SECONDS
from openclaw.errors import ChildFailed, ToolFailed
from openclaw.jsonrpc.child import Child, Surroundings

MOST_TERMINALS = 8
"""Of one session at a time."""

MOST_OUTPUT = 1024 * 1024
"""What is kept of the output of one: its end, as the protocol wants it."""

LONGEST_WAIT_S = 24 * 3600.0
"""A program that is waited for is bounded by its turn; this only keeps the wait from being for ever."""


@dataclass(frozen=True, slots=True)
class Command:
    """What is to be run. ``argv`` is never given to a shell; ``limit`` bounds the output in bytes."""

    argv: tuple[str, ...]
    environ: Mapping[str, str]
    cwd: str = ""
    limit: int | None = None


@dataclass(frozen=True, slots=True)
class Output:
    """What a program has written by now; ``exit_code`` is ``None`` while it runs, and negative for a signal."""

    text: str
    is_cut: bool
    exit_code: int | None


class _Terminal:
    """One program. Its two outputs are one, in the order in which they come."""

    def __init__(self, command: Command, environ: Mapping[str, str], folder: str) -> None:
        self._limit = min(command.limit or MOST_OUTPUT, MOST_OUTPUT)
        self._kept = bytearray()
        self.is_cut = False
        around = Surroundings({**environ, **command.environ}, folder, self._hear)
        self.child = Child(command.argv, self._hear, lambda: None, around)

    def _hear(self, chunk: bytes) -> None:
        self._kept += chunk
        if len(self._kept) > self._limit:
            self.is_cut = True
            del self._kept[: -self._limit]

    @property
    def text(self) -> str:
        # Cut at the beginning it may start inside a character.
        return bytes(self._kept).decode("utf-8", "ignore" if self.is_cut else "replace")


class Terminals:
    """The terminals of one session. ``environ`` is what every program in it finds."""

    def __init__(self, fence: Fence, environ: Mapping[str, str]) -> None:
        self._fence = fence
        self._environ = environ
        self._numbers = itertools.count(1)
        self._open: dict[str, _Terminal] = {}

    async def create(self, command: Command) -> str:
        """Run a program; the name of its terminal.

        Raises:
            ToolFailed: its folder lies outside, too many run, or it cannot be started.
        """
        folder = self._fence.inside(command.cwd or ".")
        if folder is None:
            raise ToolFailed("the folder of a terminal must lie inside the folder of the session")
        if len(self._open) >= MOST_TERMINALS:
            raise ToolFailed(f"{MOST_TERMINALS} terminals are open; release one first")
        terminal = _Terminal(command, self._environ, str(folder))
        name = f"terminal-{next(self._numbers)}"
        self._open[name] = terminal
        try:
            await terminal.child.start()
        except ChildFailed as error:
            del self._open[name]
            await terminal.child.close()
            raise ToolFailed(str(error)) from error
        # Nobody types into it.
        terminal.child.end_input()
        return name

    def output(self, name: str) -> Output:
        """What the program has written. Raises ToolFailed when there is no such terminal."""
        terminal = self._find(name)
        return Output(terminal.text, terminal.is_cut, terminal.child.exit_code)

    async def wait(self, name: str) -> int | None:
        """The exit code, once the program has ended. Raises ToolFailed when there is no such terminal."""
        terminal = self._find(name)
        await terminal.child.exited_within(LONGEST_WAIT_S)
        # What it left behind may hold its output open for ever.
        await terminal.child.over_within(LAST_WORDS_SECONDS)
        return terminal.child.exit_code

    async def kill(self, name: str) -> None:
        """End the program; its output stays. Raises ToolFailed when there is no such terminal."""
        await self._find(name).child.close()

    async def release(self, name: str) -> None:
        """End the program, and forget it. Raises ToolFailed when there is no such terminal."""
        await self._find(name).child.close()
        self._open.pop(name, None)

    async def close(self) -> None:
        """End all of them."""
        terminals, self._open = list(self._open.values()), {}
        await asyncio.gather(*(terminal.child.close() for terminal in terminals))

    def _find(self, name: str) -> _Terminal:
        try:
            return self._open[name]
        except KeyError:
            raise ToolFailed(f"there is no terminal {name[:40]!r}") from None


def argv_of(command: str, arguments: Sequence[str]) -> tuple[str, ...]:
    """The words of a command. Some agents write the whole line where the program belongs; it is parted, not run by a
    shell.

    Raises:
        ToolFailed: it cannot be parted.
    """
    if arguments or not any(mark.isspace() for mark in command):
        return (command, *arguments)
    try:
        return tuple(shlex.split(command))
    except ValueError as error:
        raise ToolFailed(f"the command cannot be read: {error}") from error
