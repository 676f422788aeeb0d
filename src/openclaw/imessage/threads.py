"""Threaded replies: a bubble below the message that it answers, by the helper inside Messages.

Owns the question whether one that failed may be sent as a plain bubble instead: only when nothing of it can have left.
"""

from __future__ import annotations

from collections.abc import Callable

import structlog

from openclaw.domain.bridge import Bridge, reaches
from openclaw.domain.chats import ChatRef
from openclaw.domain.delivery import OutboundMessage, SendResult, Unknown
from openclaw.errors import OpenClawError, RequestFailed
from openclaw.imessage import helper_wire
from openclaw.imessage.command import ImsgCommand
from openclaw.imessage.results import is_about_this_one, result_of_answer, result_of_error, stayed_here
from openclaw.imessage.versions import Version, known_params
from openclaw.jsonrpc.peer import Peer

_METHOD = "send.rich"

_log = structlog.get_logger("openclaw.imessage")


class Threads:
    """What of an account's bubbles can hang below others. ``lost`` is told when the helper fails at it."""

    def __init__(
        self, bridge: Callable[[], Bridge], version: Callable[[], Version | None], lost: Callable[[], None]
    ) -> None:
        self._bridge = bridge
        self._version = version
        self._lost = lost

    def takes(self, message: OutboundMessage) -> bool:
        """Whether ``message`` is to be a threaded reply, and can be one."""
        is_text = message.file is None and bool(message.text)
        is_meant = bool(message.reply_to) and isinstance(message.target, ChatRef) and reaches(message.target)
        return is_text and is_meant and self._bridge().reply

    async def send(
        self,
        peer: Peer,
        message: OutboundMessage,
        command: ImsgCommand,
        limit: float,
        on_written: Callable[[], None],
    ) -> SendResult | None:
        """What is known of the fate of a threaded reply; ``None`` when it surely did not leave and may go plainly."""
        if not isinstance(message.target, ChatRef):
            return None
        params = known_params(self._version(), _METHOD, helper_wire.reply_params(message.target, message))
        try:
            return result_of_answer(await peer.request(_METHOD, params, limit, on_written))
        except RequestFailed as error:
            is_here = stayed_here(error, command)
            _log.warning("reply.failed", account=message.account, sent_plainly=is_here, cause=str(error))
            if not is_about_this_one(error):
                # A further try could start Messages anew under somebody's hands (imsg contract 1.5).
                self._lost()
            return None if is_here else Unknown(str(error))
        except OpenClawError as error:
            result = result_of_error(error, command)
            if isinstance(result, Unknown):
                self._lost()
            return result
