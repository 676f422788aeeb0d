"""What an agent may ask of us while it works: to hear its updates, allow its tools, read and write files, run programs.

One of these belongs to one session. Imported with the protocol's library alone.
"""

from __future__ import annotations

import asyncio
import shlex
from collections import deque
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import structlog
from acp.exceptions import RequestError
from acp.schema import (
    CreateTerminalResponse,
    KillTerminalResponse,
    PermissionOption,
    ReadTextFileResponse,
    ReleaseTerminalResponse,
    RequestPermissionResponse,
    TerminalExitStatus,
    TerminalOutputResponse,
    ToolCallProgress,
    ToolCallStart,
    ToolCallUpdate,
    WaitForTerminalExitResponse,
    WriteTextFileResponse,
)

from openclaw.agents.acp import text_files
from openclaw.agents.acp.fence import Fence
from openclaw.agents.acp.grants import Grants
from openclaw.agents.acp.terminals import Command, Terminals, argv_of
from openclaw.errors import ToolFailed

log = structlog.get_logger("openclaw.acp")

WAITING = 500
"""Updates that may wait for their reader; more wait in the agent's pipe."""


class Guest:
    """The client side of the protocol. ``updates`` has what came of a turn since somebody took from it last."""

    def __init__(self, fence: Fence, grants: Grants, environ: Mapping[str, str]) -> None:
        self.updates: deque[Any] = deque()
        self.stirred = asyncio.Event()
        self._is_listening = False
        self._fence = fence
        self._grants = grants
        self._terminals = Terminals(fence, environ)
        self._roomy = asyncio.Event()
        self._roomy.set()

    async def room(self) -> None:
        """Return when another message may be read."""
        await self._roomy.wait()

    def listen(self) -> None:
        """A turn begins: its updates are kept."""
        self.take()
        self._is_listening = True

    def rest(self) -> None:
        """Nobody takes updates any more; what still comes is read and forgotten, so that it holds up no answer."""
        self._is_listening = False
        self.take()

    def take(self) -> list[Any]:
        """Every update that waits."""
        taken = list(self.updates)
        self.updates.clear()
        self.stirred.clear()
        self._roomy.set()
        return taken

    async def close(self) -> None:
        """End what was started for it."""
        await self._terminals.close()

    def on_connect(self, conn: Any) -> None:
        """Nothing is needed of the connection here."""

    async def session_update(self, session_id: str, update: Any, **kwargs: Any) -> None:
        """Keep what happens in a turn; what is said outside of one, such as a replayed history, is for nobody."""
        if not self._is_listening:
            return
        if isinstance(update, ToolCallStart | ToolCallProgress):
            self._grants.noted(update)
        self.updates.append(update)
        self.stirred.set()
        if len(self.updates) >= WAITING:
            self._roomy.clear()

    async def request_permission(
        self, session_id: str, tool_call: ToolCallUpdate, options: list[PermissionOption], **kwargs: Any
    ) -> RequestPermissionResponse:
        """Whether a tool may be used, as one of the options that the agent offers."""
        return await self._grants.request(tool_call, options)

    async def read_text_file(
        self, session_id: str, path: str, line: int | None = None, limit: int | None = None, **kwargs: Any
    ) -> ReadTextFileResponse:
        """Lines of a file inside the fence."""
        with _telling():
            text = await asyncio.to_thread(text_files.read, self._inside(path))
        if line is not None or limit is not None:
            first = max((line or 1) - 1, 0)
            text = "".join(text.splitlines(keepends=True)[first : None if limit is None else first + limit])
        return ReadTextFileResponse(content=text)

    async def write_text_file(
        self, session_id: str, path: str, content: str, **kwargs: Any
    ) -> WriteTextFileResponse:
        """Write a file inside the fence, if that is allowed."""
        with _telling():
            found = self._inside(path)
            if not await self._grants.write(str(found)):
                raise ToolFailed("writing this file was not allowed")
            await asyncio.to_thread(text_files.write, found, content)
        return WriteTextFileResponse()

    async def create_terminal(
        self,
        session_id: str,
        command: str,
        args: list[str] | None = None,
        env: list[Any] | None = None,
        cwd: str | None = None,
        output_byte_limit: int | None = None,
        **kwargs: Any,
    ) -> CreateTerminalResponse:
        """Run a program in a folder inside the fence, if that is allowed."""
        with _telling():
            argv = argv_of(command, args or ())
            if not await self._grants.run(shlex.join(argv)):
                raise ToolFailed("running this program was not allowed")
            environ = {one.name: one.value for one in env or ()}
            name = await self._terminals.create(Command(argv, environ, cwd or "", output_byte_limit))
        return CreateTerminalResponse(terminal_id=name)

    async def terminal_output(
        self, session_id: str, terminal_id: str, **kwargs: Any
    ) -> TerminalOutputResponse:
        """What a program has written by now."""
        with _telling():
            found = self._terminals.output(terminal_id)
        status = TerminalExitStatus(**_exit(found.exit_code)) if found.exit_code is not None else None
        return TerminalOutputResponse(output=found.text, truncated=found.is_cut, exit_status=status)

    async def wait_for_terminal_exit(
        self, session_id: str, terminal_id: str, **kwargs: Any
    ) -> WaitForTerminalExitResponse:
        """How a program ended, once it has."""
        with _telling():
            return WaitForTerminalExitResponse(**_exit(await self._terminals.wait(terminal_id)))

    async def kill_terminal(self, session_id: str, terminal_id: str, **kwargs: Any) -> KillTerminalResponse:
        """End a program."""
        with _telling():
            await self._terminals.kill(terminal_id)
        return KillTerminalResponse()

    async def release_terminal(
        self, session_id: str, terminal_id: str, **kwargs: Any
    ) -> ReleaseTerminalResponse:
        """End a program and forget it."""
        with _telling():
            await self._terminals.release(terminal_id)
        return ReleaseTerminalResponse()

    async def create_elicitation(self, message: str, mode: Any, **kwargs: Any) -> Any:
        """Nobody fills in forms here."""
        raise RequestError.method_not_found("elicitation/create")

    async def complete_elicitation(self, elicitation_id: str, **kwargs: Any) -> None:
        """No form was ever open."""

    async def ext_method(self, method: str, params: dict[str, Any]) -> dict[str, Any]:
        """No extension of the protocol is known here."""
        raise RequestError.method_not_found(method)

    async def ext_notification(self, method: str, params: dict[str, Any]) -> None:
        """What is told by an extension means nothing here."""

    def _inside(self, path: str) -> Path:
        found = self._fence.inside(path)
        if found is None:
            log.warning("acp.outside_of_its_folder", folder=str(self._fence.root), path=path[:300])
            raise ToolFailed("the path lies outside the folder of the session")
        return found


def _exit(code: int | None) -> dict[str, Any]:
    if code is None:
        return {}
    return {"exit_code": code} if code >= 0 else {"signal": str(-code)}


@contextmanager
def _telling() -> Generator[None]:
    """What is refused inside is told to the agent as an error of its request."""
    try:
        yield
    except ToolFailed as error:
        raise RequestError.invalid_params({"details": str(error)}) from error
