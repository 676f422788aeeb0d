"""The tools of a served agent, seen by the client: each call is reported, and those with effects are asked about."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import partial
from pathlib import Path
from uuid import uuid4

import structlog
from acp.exceptions import RequestError
from acp.helpers import start_tool_call, text_block, tool_content, update_tool_call
from acp.interfaces import Client
from acp.schema import AllowedOutcome, PermissionOption, ToolCallLocation, ToolCallUpdate, ToolKind

from openclaw.agents.serving.talk import Talk
from openclaw.agents.tools.calls import RESULT_BYTES
from openclaw.agents.tools.tool import Arguments, Tool
from openclaw.domain.ids import SessionKey
from openclaw.domain.sessions import Session
from openclaw.domain.shortening import shortened
from openclaw.domain.tools import LIST_FILES, READ_FILE, WRITE_FILE
from openclaw.domain.turns import Prompt
from openclaw.errors import ToolFailed

log = structlog.get_logger("openclaw.acp")

SHOWN_LETTERS = 4000
"""Of the arguments of a call that somebody is asked about: more than a person reads."""

REFUSED = "the user does not allow this call; do not try it again unless the user asks for it"

_OPTIONS = (
    PermissionOption(option_id="allow_once", name="Allow", kind="allow_once"),
    PermissionOption(option_id="allow_always", name="Always allow in this session", kind="allow_always"),
    PermissionOption(option_id="reject_once", name="Reject", kind="reject_once"),
    PermissionOption(option_id="reject_always", name="Always reject in this session", kind="reject_always"),
)
_ALLOWING = ("allow_once", "allow_always")
_FOR_GOOD = ("allow_always", "reject_always")
_KINDS: Mapping[str, ToolKind] = {READ_FILE: "read", LIST_FILES: "read", WRITE_FILE: "edit"}


class Oversight:
    """Which talks there are, and what becomes of the tools of their runs. ``workspace`` is the agent's folder."""

    def __init__(self, workspace: Path | None = None) -> None:
        self._workspace = workspace
        self._talks: dict[SessionKey, tuple[Talk, Client]] = {}

    def begin(self, talk: Talk, client: Client) -> None:
        """From now on ``client`` sees the calls of ``talk``."""
        self._talks[talk.session.key] = talk, client

    def end(self, talk: Talk) -> None:
        """The talk is over."""
        self._talks.pop(talk.session.key, None)

    async def oversee(self, session: Session, prompt: Prompt, tools: Sequence[Tool]) -> Sequence[Tool]:
        """``tools`` and those of the talk's own servers, each reported to the client, and asked about where needed."""
        talk, client = self._talks[session.key]
        found: dict[str, Tool] = {}
        for tool in (*tools, *await talk.servers.tools(prompt.tools)):
            found.setdefault(tool.name, tool)
        return [_watched(tool, talk, client, self._workspace) for tool in found.values()]


def _watched(tool: Tool, talk: Talk, client: Client, workspace: Path | None) -> Tool:
    call = _Call(tool, talk, client, workspace)
    return replace(tool, leave=call.leave, run=call.run)


class _Call:
    """The calls of one tool in one run, which come one after the other."""

    def __init__(self, tool: Tool, talk: Talk, client: Client, workspace: Path | None) -> None:
        self._tool = tool
        self._talk = talk
        self._client = client
        self._workspace = workspace
        self._id = ""

    async def leave(self, arguments: Arguments) -> None:
        """Report the call; returns once it may be made."""
        self._id = uuid4().hex
        begun = start_tool_call(
            self._id,
            _title(self._tool, arguments),
            kind=_kind(self._tool),
            status="pending",
            locations=self._locations(arguments),
            raw_input=dict(arguments),
        )
        await self._client.session_update(self._talk.id, begun)
        if self._tool.has_effect and self._talk.asks and not await self._is_allowed(arguments):
            await self._report("failed", "Not allowed.")
            raise ToolFailed(REFUSED)
        await self._client.session_update(self._talk.id, update_tool_call(self._id, status="in_progress"))

    async def run(self, arguments: Arguments) -> str:
        """What the tool gives; the client is told how it went."""
        ended = partial(self._report, "failed", "Cut off.")
        try:
            result = await self._tool.run(arguments)
            ended = partial(self._report, "completed", result)
        except ToolFailed as error:
            ended = partial(self._report, "failed", str(error))
            raise
        finally:
            # The client may be what went away.
            with suppress(ConnectionError):
                await ended()
        return result

    async def _report(self, status: str, text: str) -> None:
        content = [tool_content(text_block(shortened(text, RESULT_BYTES)))]
        done = update_tool_call(
            self._id, status="completed" if status == "completed" else "failed", content=content
        )
        await self._client.session_update(self._talk.id, done)

    async def _is_allowed(self, arguments: Arguments) -> bool:
        said = self._talk.verdicts.get(self._tool.name)
        if said is not None:
            return said
        chosen = await self._ask(arguments)
        log.info("acp.permission", tool=self._tool.name, chosen=chosen)
        allowed = chosen in _ALLOWING
        if chosen in _FOR_GOOD:
            self._talk.verdicts[self._tool.name] = allowed
        return allowed

    async def _ask(self, arguments: Arguments) -> str:
        shown = shortened(json.dumps(dict(arguments), ensure_ascii=False, indent=2), SHOWN_LETTERS)
        question = ToolCallUpdate(
            tool_call_id=self._id,
            title=_title(self._tool, arguments),
            kind=_kind(self._tool),
            status="pending",
            content=[tool_content(text_block(shown))],
            locations=self._locations(arguments),
            raw_input=dict(arguments),
        )
        try:
            answer = await self._client.request_permission(self._talk.id, question, list(_OPTIONS))
        except RequestError as error:
            raise ToolFailed("the user could not be asked, so this call is not made") from error
        match answer.outcome:
            case AllowedOutcome(option_id=chosen):
                return chosen
            case _:
                return "cancelled"

    def _locations(self, arguments: Arguments) -> list[ToolCallLocation] | None:
        path = arguments.get("path")
        if self._workspace is None or self._tool.name not in _KINDS or not isinstance(path, str):
            return None
        return [ToolCallLocation(path=str(self._workspace / path))]


def _title(tool: Tool, arguments: Arguments) -> str:
    path = arguments.get("path")
    return f"{tool.name} {shortened(path, 100)}" if isinstance(path, str) and path else tool.name


def _kind(tool: Tool) -> ToolKind:
    return _KINDS.get(tool.name, "other")
