"""The child that sends: one bubble at a time, only into the conversation that was meant."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import structlog

from openclaw.domain.chats import ChatRef
from openclaw.domain.delivery import NotSent, OutboundMessage, SendResult, Sent, Unknown
from openclaw.domain.ids import ChatRowId
from openclaw.errors import OpenClawError, RequestFailed, RequestTimedOut
from openclaw.imessage import wire
from openclaw.imessage.board import HealthBoard
from openclaw.imessage.chatbook import ChatBook
from openclaw.imessage.command import command_of
from openclaw.imessage.line import Line
from openclaw.imessage.lookup import chat_at, chat_meant, is_meant
from openclaw.imessage.ports import PhoneAccount
from openclaw.imessage.results import refusal, result_of_answer, result_of_error
from openclaw.imessage.threads import Threads
from openclaw.imessage.versions import Version, known_params
from openclaw.jsonrpc.peer import Peer

_INVALID_PARAMS = -32602

_log = structlog.get_logger("openclaw.imessage")


class Sender:
    """Sends for one account. ``version`` tells what the installed imsg understands, ``threads`` sends threaded replies.

    Which conversation a number means is asked of the very child that is to send there: another one may have opened
    another database under the same path.
    """

    def __init__(
        self,
        account: PhoneAccount,
        line: Line,
        board: HealthBoard,
        version: Callable[[], Version | None],
        threads: Threads | None = None,
    ) -> None:
        self._threads = threads
        self._account = account
        self._command = command_of(account)
        self._line = line
        self._board = board
        self._version = version
        self._chats = ChatBook()
        self._asked: Peer | None = None
        # imsg sends one at a time; waiting here keeps what is not written provably unsent.
        self._turn = asyncio.Lock()
        self._takes_transport = True

    @property
    def is_busy(self) -> bool:
        """Whether a bubble is on its way through this child."""
        return self._turn.locked()

    async def send(self, message: OutboundMessage, on_written: Callable[[], None]) -> SendResult:
        """Hand one bubble to the phone; the result says what is known of its fate. Never raises for a bad line.

        ``on_written`` is called, perhaps twice, when the first byte of the request may have left. The child that took
        a request whose fate stays unknown is ended.
        """
        async with self._turn:
            try:
                peer = await self._line.opened()
                params = await self._params(peer, message)
            except OpenClawError as error:
                if isinstance(error, RequestTimedOut):
                    self._line.recycle()
                return NotSent(f"the chat could not be checked: {error}")
            if isinstance(params, NotSent):
                return params
            try:
                result = await self._send_threaded(peer, message, on_written)
                if result is None:
                    result = await self._send_now(peer, params, on_written)
            except asyncio.CancelledError:
                self._line.recycle()
                raise
            if isinstance(result, Unknown):
                # Whatever it hangs in, it would hang the next bubble as well; and a dead child sends nothing more.
                self._line.recycle()
            return result

    async def _send_threaded(
        self, peer: Peer, message: OutboundMessage, on_written: Callable[[], None]
    ) -> SendResult | None:
        """The fate of a bubble as a threaded reply; ``None`` for one that is to be sent plainly."""
        if self._threads is None or not self._threads.takes(message):
            return None
        limit = self._account.send_timeout_ms / 1000
        return await self._threads.send(peer, message, self._command, limit, on_written)

    async def _send_now(
        self, peer: Peer, params: dict[str, Any], on_written: Callable[[], None]
    ) -> SendResult:
        try:
            answer = await self._request(peer, params, on_written)
        except OpenClawError as error:
            if words := refusal(error):
                self._board.note_sending(words)
            _log.warning("send.failed", account=self._account.id, cause=str(error))
            return result_of_error(error, self._command)
        result = result_of_answer(answer)
        if isinstance(result, Sent):
            self._board.note_sending("worked")
        return result

    async def _request(self, peer: Peer, params: dict[str, Any], on_written: Callable[[], None]) -> Any:
        limit = self._account.send_timeout_ms / 1000
        known = known_params(self._version(), "send", params)
        if not self._takes_transport:
            known.pop("transport", None)
        try:
            return await peer.request("send", known, limit, on_written)
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
            return await peer.request("send", known, limit, on_written)

    async def _params(self, peer: Peer, message: OutboundMessage) -> dict[str, Any] | NotSent:
        if not isinstance(message.target, ChatRef):
            service = message.service if message.service != "auto" else self._account.service
            return wire.handle_send_params(message.target, message, service, self._account.region)
        meant, there = message.target, await self._chat_at(peer, message.target.row_id)
        if there is None or not is_meant(there, meant):
            moved = await chat_meant(peer, meant)
            if moved is None:
                return NotSent(_gone(meant, there), final=True)
            there = moved
        return wire.chat_send_params(there.row_id, message, service_of_chat(there, message.service))

    async def _chat_at(self, peer: Peer, row: ChatRowId) -> ChatRef | None:
        if peer is not self._asked:
            self._chats.forget()
            self._asked = peer
        if known := self._chats.get(row):
            return known
        if found := await chat_at(peer, self._account.id, row):
            self._chats.note(found)
        return found


def _gone(meant: ChatRef, there: ChatRef | None) -> str:
    if there is None:
        return f"the phone has no chat {meant.row_id}, and none of that name"
    return f"the phone's chat {meant.row_id} is another conversation now, and the one meant is not there"


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
