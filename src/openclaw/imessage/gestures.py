"""Gestures: typing bubbles, read receipts and tapbacks, where a helper runs inside this phone's Messages.

Owns what is known of the helper, and a child of its own: a gesture may hang for as long as it likes and delays no
message. Who asks for one never waits, and never hears whether it worked. Only an agent that has something done to a
message does.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from typing import Any, NoReturn, assert_never

import structlog

from openclaw.domain.bridge import (
    NO_BRIDGE,
    Bridge,
    Deed,
    DeedResult,
    Done,
    Doubtful,
    Edit,
    Gesture,
    MarkRead,
    NotDone,
    React,
    ShowTyping,
    Unsend,
    reaches,
)
from openclaw.domain.ids import AccountId
from openclaw.errors import OpenClawError, RequestFailed
from openclaw.imessage import helper_wire
from openclaw.imessage.capabilities import read_bridge
from openclaw.imessage.command import ImsgCommand
from openclaw.imessage.line import Line
from openclaw.imessage.results import deed_result, is_about_message, is_about_this_one
from openclaw.imessage.versions import Version, known_params

# imsg itself gives the helper ten seconds (imsg contract 1.5).
GESTURE_LIMIT = 12.0
# Where the protection of the Mac is off and the helper is not in Messages, `imsg status` starts Messages anew with it,
# and waits 15 s for that.
STATUS_LIMIT = 30.0
# A phone whose line breaks again and again must not have Messages started each time.
ASKED_AT_MOST_EACH = 300.0
# Of gestures that wait for a slow helper, later ones are let go: they would come when nobody expects them any more.
MOST_WAITING = 32

_log = structlog.get_logger("openclaw.imessage")


class Gestures:
    """Makes gestures for one account. ``run`` must be running; ``line`` and ``version`` are those of the phone."""

    def __init__(
        self, account: AccountId, command: ImsgCommand, line: Line, version: Callable[[], Version | None]
    ) -> None:
        self.bridge: Bridge = NO_BRIDGE
        self._account = account
        self._command = command
        self._line = line
        self._version = version
        self._connected = asyncio.Event()
        self._waiting = asyncio.Queue[Gesture](MOST_WAITING)

    def renew(self) -> None:
        """The phone is connected anew: ask again what there is."""
        self._connected.set()

    def make(self, gesture: Gesture) -> None:
        """Make ``gesture`` soon, or never: where it is not had, the chat has no lasting name, or too many wait."""
        if not reaches(gesture.chat) or not _is_had(self.bridge, gesture):
            return
        try:
            self._waiting.put_nowait(gesture)
        except asyncio.QueueFull:
            _log.info("gesture.let_go", account=self._account, gesture=type(gesture).__name__)

    async def carry_out(self, deed: Deed) -> DeedResult:
        """Do ``deed`` now; what became of it, after at most the helper's own time. Never raises for a bad line."""
        if not reaches(deed.chat) or not _is_had(self.bridge, deed):
            return NotDone("Messages cannot do that here")
        try:
            await self._ask(deed)
        except OpenClawError as error:
            result, method = deed_result(error, self._command), _request(deed)[0]
            _log.warning("deed.failed", account=self._account, deed=method, cause=str(error))
            if isinstance(result, Doubtful) or not is_about_message(error):
                self._lose(deed, error)
            return result
        return Done()

    def lose_replies(self) -> None:
        """The helper failed at a threaded reply: none is asked of it again until the phone is connected anew."""
        self.bridge = replace(self.bridge, reply=False)

    async def run(self) -> NoReturn:
        """Ask what there is once the phone is connected, and make the gestures one after the other, until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._keep_asking())
            while True:
                await self._make(await self._waiting.get())

    async def _keep_asking(self) -> NoReturn:
        while True:
            await self._connected.wait()
            self._connected.clear()
            self.bridge = await read_bridge(self._command, self._version(), STATUS_LIMIT)
            if self.bridge != NO_BRIDGE:
                _log.info("bridge.found", account=self._account, bridge=str(self.bridge))
            await asyncio.sleep(ASKED_AT_MOST_EACH)

    async def _make(self, gesture: Gesture) -> None:
        if not _is_had(self.bridge, gesture):
            return
        try:
            await self._ask(gesture)
        except OpenClawError as error:
            method, _ = _request(gesture)
            _log.info("gesture.failed", account=self._account, gesture=method, cause=str(error))
            if isinstance(error, RequestFailed) and is_about_this_one(error):
                return
            self._lose(gesture, error)

    async def _ask(self, gesture: Gesture | Deed) -> None:
        method, params = _request(gesture)
        await self._line.request(method, known_params(self._version(), method, params), GESTURE_LIMIT)

    def _lose(self, gesture: Gesture | Deed, error: OpenClawError) -> None:
        # Every further try could start Messages anew under the user's hands (imsg contract 1.5).
        self.bridge = _without(self.bridge, gesture)
        if not isinstance(error, RequestFailed):
            self._line.recycle()


def _is_had(bridge: Bridge, gesture: Gesture | Deed) -> bool:
    match gesture:
        case ShowTyping():
            return bridge.typing
        case MarkRead():
            return bridge.read
        case React():
            return bridge.react
        case Edit():
            return bridge.edit
        case Unsend():
            return bridge.unsend
        case _:
            assert_never(gesture)


def _without(bridge: Bridge, gesture: Gesture | Deed) -> Bridge:
    match gesture:
        case ShowTyping():
            return replace(bridge, typing=False)
        case MarkRead():
            return replace(bridge, read=False)
        case React():
            return replace(bridge, react=False)
        case Edit():
            return replace(bridge, edit=False)
        case Unsend():
            return replace(bridge, unsend=False)
        case _:
            assert_never(gesture)


def _request(gesture: Gesture | Deed) -> tuple[str, dict[str, Any]]:
    match gesture:
        case ShowTyping(chat, on):
            return "typing", helper_wire.typing_params(chat, on=on)
        case MarkRead(chat):
            return "read", helper_wire.read_params(chat)
        case React(chat, message, tapback, remove):
            return "tapback", helper_wire.tapback_params(chat, message, tapback, remove=remove)
        case Edit(chat, message, text):
            return "message.edit", helper_wire.edit_params(chat, message, text)
        case Unsend(chat, message):
            return "message.unsend", helper_wire.unsend_params(chat, message)
        case _:
            assert_never(gesture)
