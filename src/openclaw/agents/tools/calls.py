"""Carrying out what a model calls: each call bounded in time and size, effects announced before they happen.

Whatever a tool cannot do is told to the model, which may try otherwise; nothing of it reaches a contact.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterable, Sequence
from typing import Any, cast

import structlog

from openclaw.agents.handover import Emit
from openclaw.agents.tools.tool import Arguments, Tool
from openclaw.domain.turns import EffectStarting
from openclaw.errors import ToolFailed

log = structlog.get_logger("openclaw.tools")

CALL_SECONDS = 60.0
"""A contact is waiting; what takes longer is not for a chat."""

RESULT_BYTES = 20_000
"""What one call may bring: some pages of text. More would push the conversation itself out of the model's window."""

RESULTS_SHARE = 4
"""One part in this many of a model's window is for the results of tools."""


class Calls:
    """The calls of one run. ``room_bytes`` is what all its results together may take of the model's window."""

    def __init__(self, tools: Iterable[Tool], room_bytes: int, emit: Emit) -> None:
        self._tools = {tool.name: tool for tool in tools}
        self._room = room_bytes
        self._emit = emit

    @property
    def offered(self) -> Sequence[Tool]:
        """What the model may call."""
        return tuple(self._tools.values())

    async def carry_out(self, name: str, arguments: str | dict[str, Any] | None) -> str:
        """What the call of ``name`` gives, as text for the model. Raises nothing of a tool's."""
        tool = self._tools.get(name)
        if tool is None:
            return self._cut(f"Failed: there is no tool {name[:64]!r}")
        try:
            read = _read(arguments)
            if tool.leave is not None:
                await tool.leave(read)
            if tool.has_effect:
                # Returns once it is written down that this run must not be repeated (design 4).
                await self._emit(EffectStarting(tool.name))
            log.info("tool.called", tool=tool.name, effect=tool.has_effect)
            async with asyncio.timeout(CALL_SECONDS):
                return self._cut(await tool.run(read))
        except TimeoutError:
            doubt = "; it may or may not have happened" if tool.has_effect else ""
            failure = f"no result within {CALL_SECONDS:g} s{doubt}"
        except ToolFailed as error:
            failure = str(error)
        log.warning("tool.failed", tool=tool.name, error=failure)
        return self._cut(f"Failed: {failure}")

    def _cut(self, text: str) -> str:
        encoded = text.encode("utf-8", "replace")
        most = min(RESULT_BYTES, self._room)
        kept = encoded[:most].decode("utf-8", "ignore")
        self._room -= min(len(encoded), most)
        if len(encoded) <= most:
            return kept
        return f"{kept}\n(cut here: {len(encoded)} bytes are too many)"


def _read(arguments: str | dict[str, Any] | None) -> Arguments:
    if isinstance(arguments, dict):
        return arguments
    try:
        found: object = json.loads(arguments or "{}")
    except ValueError as error:
        raise ToolFailed("the arguments are no JSON") from error
    except RecursionError as error:
        raise ToolFailed("the arguments are nested too deeply") from error
    if not isinstance(found, dict):
        raise ToolFailed("the arguments must be a JSON object")
    return cast("dict[str, object]", found)
