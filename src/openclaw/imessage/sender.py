"""The child that sends: one bubble at a time, only into the conversation that was meant."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import structlog

from openclaw.domain.chats import ChatRef
from openclaw.domain.delivery import NotSent, OutboundMessage, SendResult, Sent
from openclaw.domain.ids import ChatRowId
from openclaw.errors import OpenClawError, RequestFailed, RequestTimedOut
from openclaw.imessage import wire
from openclaw.imessage.board import HealthBoard
from openclaw.imessage.chatbook import ChatBook
from openclaw.imessage.command import command_of
from openclaw.imessage.connection import Requests, list_chats, read_history
from openclaw.imessage.line import Line
from openclaw.imessage.ports import PhoneAccount
from openclaw.imessage.results import refusal, result_of_answer, result_of_error
from openclaw.imessage.versions import Version, known_params

_INVALID_PARAMS = -32602
# A chat without a single message is found in the list only, if it is there at all.
_LISTED_CHATS = 200

_log = structlog.get_logger("openclaw.imessage")


class Sender:
    """Sends for one account. ``version`` tells what the installed imsg understands."""

    def __init__(
        self,
        account: PhoneAccount,
        line: Line,
        reads: Requests,
        chats: ChatBook,
        board: HealthBoard,
        version: Callable[[], Version | None],
    ) -> None:
        self._account = account
        self._command = command_of(account)
        self._line = line
        self._reads = reads
        self._chats = chats
        self._board = board
        self._version = version
        # imsg sends one at a time; waiting here keeps what is not written provably unsent.
        self._turn = asyncio.Lock()
        self._takes_transport = True

    async def send(self, message: OutboundMessage) -> SendResult:
        """Hand one bubble to the phone; the result says what is known of its fate. Never raises for a bad line."""
        try:
            params = await self._params(message)
        except OpenClawError as error:
            return NotSent(f"the chat could not be checked: {error}")
        if isinstance(params, NotSent):
            return params
        async with self._turn:
            return await self._send_now(params)

    async def _send_now(self, params: dict[str, Any]) -> SendResult:
        try:
            answer = await self._request(params)
        except OpenClawError as error:
            if isinstance(error, RequestTimedOut):
                # Whatever it hangs in, it would hang the next bubble as well.
                self._line.recycle()
            if words := refusal(error):
                self._board.note_sending(words)
            _log.warning("send.failed", account=self._account.id, cause=str(error))
            return result_of_error(error, self._command)
        result = result_of_answer(answer)
        if isinstance(result, Sent):
            self._board.note_sending("worked")
        return result

    async def _request(self, params: dict[str, Any]) -> Any:
        limit = self._account.send_timeout_ms / 1000
        known = known_params(self._version(), "send", params)
        if not self._takes_transport:
            known.pop("transport", None)
        try:
            return await self._line.request("send", known, limit)
        except RequestFailed as error:
            # Later releases may drop the key; a refused key proves that nothing was sent.
            if (
                error.code != _INVALID_PARAMS
                or "transport" not in str(error.data)
                or "transport" not in known
            ):
                raise
            self._takes_transport = False
            del known["transport"]
            return await self._line.request("send", known, limit)

    async def _params(self, message: OutboundMessage) -> dict[str, Any] | NotSent:
        if not isinstance(message.target, ChatRef):
            service = message.service if message.service != "auto" else self._account.service
            return wire.handle_send_params(message.target, message.text, service, self._account.region)
        meant, there = message.target, await self._chat_at(message.target.row_id)
        if there is None:
            return NotSent(f"the phone has no chat {meant.row_id}", final=True)
        if there.key != meant.key:
            return NotSent(f"the phone's chat {meant.row_id} is another conversation now", final=True)
        return wire.chat_send_params(there.row_id, message.text, service_of_chat(there, message.service))

    async def _chat_at(self, row: ChatRowId) -> ChatRef | None:
        if known := self._chats.get(row):
            return known
        for message in await read_history(self._reads, self._account.id, row, 1):
            if message.chat and message.chat.row_id == row:
                self._chats.note(message.chat)
                return message.chat
        for listed in await list_chats(self._reads, _LISTED_CHATS):
            self._chats.note(listed.chat)
            if listed.chat.row_id == row:
                return listed.chat
        return None


def service_of_chat(chat: ChatRef, asked: str) -> str | None:
    """The service to name when sending into ``chat``; ``None`` for a group, where imsg takes the chat's own.

    imsg turns a direct chat into a send to its handle, by iMessage unless told otherwise: an SMS conversation would
    change its service without a word.
    """
    if chat.has_group_shape:
        return None
    match chat.service:
        case "sms" | "rcs":
            return "sms"
        case "imessage":
            return "imessage"
        case _:
            return asked
