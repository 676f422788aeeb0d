"""What an agent is granted in one turn: each request ruled by its mode, else put to a person, else denied.

A turn that ends while somebody still thinks answers the agent ``cancelled``. Imported with the protocol's library
alone.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Sequence
from typing import cast

import structlog
from acp.schema import (
    AllowedOutcome,
    DeniedOutcome,
    PermissionOption,
    RequestPermissionResponse,
    ToolCallProgress,
    ToolCallStart,
    ToolCallUpdate,
)

from openclaw.agents.acp.fence import Fence
from openclaw.agents.acp.ports import Powers
from openclaw.agents.acp.powers import ruling
from openclaw.agents.acp.questions import Wish, question
from openclaw.domain.acp import Decision, PermissionQuestion, ToolKind
from openclaw.domain.ids import AgentId, SessionKey
from openclaw.domain.turns import Origin

log = structlog.get_logger("openclaw.acp")

MOST_CALLS = 200
"""Tool calls of a turn that are remembered until permission for them is asked."""

MOST_QUESTIONS = 8
"""Questions that a person can be asked at a time; more are denied."""

# A shell that runs one line, as it stands before that line without spaces.
_SHELL = re.compile(r"(?:/\S*/)?(?:ba|z|da|k)?sh(?:-l)?-?l?c")

_ORDER = {
    Decision.ONCE: ("allow_once", "allow_always"),
    Decision.ALWAYS: ("allow_always", "allow_once"),
    Decision.DENY: ("reject_once", "reject_always"),
}


class Grants:
    """The grants of one session. Outside of a turn nothing is granted.

    ``refused`` says of the turn that nobody could be asked and that this is to be its end.
    """

    def __init__(self, session: SessionKey, agent: AgentId, fence: Fence) -> None:
        self._session = session
        self._agent = agent
        self._fence = fence
        self._powers: Powers | None = None
        self._origin: Origin | None = None
        self._asking: set[asyncio.Future[Decision | None]] = set()
        self._always: set[Wish] = set()
        self._granted: list[Wish] = []
        self._calls: dict[str, Wish] = {}
        self.refused = asyncio.Event()

    def begin(self, powers: Powers, origin: Origin | None) -> None:
        """A turn begins, with these powers."""
        self._powers, self._origin = powers, origin
        self.refused.clear()

    def end(self) -> None:
        """The turn is over: what is still being asked is answered ``cancelled``."""
        self._powers = self._origin = None
        self._granted.clear()
        self._calls.clear()
        for asking in self._asking:
            asking.cancel()

    def noted(self, call: ToolCallStart | ToolCallProgress) -> None:
        """A tool call was told of: a request about it may say less than was said of it before (codex-acp 2.6)."""
        self._calls[call.tool_call_id] = _wish(call, self._calls.pop(call.tool_call_id, None))
        if len(self._calls) > MOST_CALLS:
            del self._calls[next(iter(self._calls))]

    async def request(
        self, call: ToolCallUpdate, options: Sequence[PermissionOption]
    ) -> RequestPermissionResponse:
        """The agent's own request, answered with one of its ``options``."""
        wish = _wish(call, self._calls.get(call.tool_call_id))
        may_always = any(option.kind == "allow_always" for option in options)
        decision = await self._decide(wish, may_always=may_always)
        if decision in (Decision.ONCE, Decision.ALWAYS):
            self._granted.append(wish)
        chosen = _chosen(decision, options)
        log.info("acp.permission", session=self._session, kind=wish.kind, decision=decision or "cancelled")
        if chosen is None:
            return RequestPermissionResponse(outcome=DeniedOutcome(outcome="cancelled"))
        return RequestPermissionResponse(outcome=AllowedOutcome(outcome="selected", option_id=chosen))

    async def write(self, path: str) -> bool:
        """Whether a file may be written: granted before by a request about it, or asked for now.

        A grant that named no file at all is used up by the first.
        """
        for wish in self._granted:
            if wish.kind not in (ToolKind.EDIT, ToolKind.MOVE):
                continue
            named = wish.paths or tuple(filter(None, [wish.target]))
            if not named:
                self._granted.remove(wish)
                return True
            if self._fence.inside(path) in {self._fence.inside(one) for one in named}:
                return True
        return await self._is_allowed(Wish(ToolKind.EDIT, "write a file", path, (path,)))

    async def run(self, command: str) -> bool:
        """Whether a program may be run: granted before by a request about it, which it uses up, or asked for now."""
        used = next((wish for wish in self._granted if _is_about(wish, command)), None)
        if used is not None:
            self._granted.remove(used)
            return True
        return await self._is_allowed(Wish(ToolKind.EXECUTE, "run a program", command))

    async def _is_allowed(self, wish: Wish) -> bool:
        return await self._decide(wish, may_always=True) in (Decision.ONCE, Decision.ALWAYS)

    async def _decide(self, wish: Wish, *, may_always: bool) -> Decision | None:
        """The decision; ``None`` when the turn is over."""
        powers, origin = self._powers, self._origin
        if powers is None:
            return None
        ruled = ruling(powers.mode, wish.kind, wish.paths, self._fence)
        if ruled is not None:
            return Decision.ONCE if ruled else Decision.DENY
        if wish in self._always:
            return Decision.ALWAYS
        if powers.unanswered == "fail":
            self.refused.set()
            return None
        if powers.unanswered == "deny" or origin is None:
            return Decision.DENY
        if len(self._asking) >= MOST_QUESTIONS:
            log.warning("permission.refused", session=self._session, kind=wish.kind, most=MOST_QUESTIONS)
            return Decision.DENY
        asked = question(self._session, self._agent, wish, may_always=may_always)
        decision = await self._ask(powers, asked, origin)
        if decision is Decision.ALWAYS:
            self._always.add(wish)
        return decision

    async def _ask(self, powers: Powers, asked: PermissionQuestion, origin: Origin) -> Decision | None:
        asking = asyncio.ensure_future(powers.ask(asked, origin, powers.seconds))
        self._asking.add(asking)
        try:
            return await asyncio.shield(asking)
        except asyncio.CancelledError:
            task = asyncio.current_task()
            if asking.cancelled() and not (task and task.cancelling()):
                return None
            asking.cancel()
            raise
        finally:
            self._asking.discard(asking)


def _wish(call: ToolCallUpdate | ToolCallStart | ToolCallProgress, before: Wish | None) -> Wish:
    """What a call wants to do; what it leaves out is as it was said ``before``."""
    known = before or Wish(ToolKind.OTHER, "")
    return Wish(
        ToolKind(call.kind) if call.kind else known.kind,
        call.title or known.title,
        _target(call.raw_input) or known.target,
        tuple(one.path for one in call.locations) if call.locations else known.paths,
    )


def _is_about(wish: Wish, command: str) -> bool:
    """Whether what was granted is the command, however either is quoted, or what a shell is started for."""
    granted, asked = _bare(wish.target or wish.title), _bare(command)
    before = asked.removesuffix(granted) if granted and asked.endswith(granted) else None
    is_it = before is not None and (not before or _SHELL.fullmatch(before) is not None)
    return wish.kind is ToolKind.EXECUTE and is_it


def _bare(command: str) -> str:
    return "".join(mark for mark in command if mark not in "'\"\\" and not mark.isspace())


def _target(raw: object) -> str:
    """What a tool would be used on, by the names that agents give it."""
    if not isinstance(raw, dict):
        return ""
    found = cast("dict[str, object]", raw)
    for name in ("command", "cmd", "file_path", "path", "url", "pattern", "query"):
        match found.get(name):
            case str() as text if text:
                return text
            case list() as words:  # pyright: ignore[reportUnknownVariableType]
                return " ".join(map(str, cast("list[object]", words)))
            case _:
                continue
    return ""


def _chosen(decision: Decision | None, options: Sequence[PermissionOption]) -> str | None:
    """The option that says ``decision``; none of them is the answer ``cancelled``."""
    for kind in _ORDER.get(decision, ()) if decision else ():
        for option in options:
            if option.kind == kind:
                return option.option_id
    return None
