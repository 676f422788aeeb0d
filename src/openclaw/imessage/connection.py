"""A live ``imsg rpc`` child whose failures are told in our words."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from openclaw.domain.ids import AccountId, ChatRowId, RowId
from openclaw.domain.messages import InboundMessage
from openclaw.errors import ChildFailed, PeerClosed, RequestFailed, WireError
from openclaw.imessage import wire
from openclaw.imessage.command import ImsgCommand
from openclaw.imessage.diagnosis import diagnose_error
from openclaw.imessage.unstartable import unstartable
from openclaw.jsonrpc.peer import Peer, open_peer
from openclaw.jsonrpc.transcript import Transcript

# A contacts prompt on the Mac, or a slow network, may hold the first answer up (imsg contract 1.9).
START_LIMIT = 30.0
# A large database answers a list of chats in seconds (demand E2).
READ_LIMIT = 30.0
# Exit code and stderr follow the end of the output by a moment.
_LAST_WORDS = 1.0
# The newest row by number may be in a chat that is not the newest by date (iCloud brings old messages back).
_FEW_CHATS = 5
# A start-up failure answers every request with this code and its banner.
_INTERNAL_ERROR = -32603


class Requests(Protocol):
    """Anything that takes requests for imsg."""

    async def request(self, method: str, params: dict[str, Any], timeout: float) -> Any:
        """The result; raises ``WireError`` or ``PhoneUnusable``."""
        ...


@asynccontextmanager
async def open_imsg(
    command: ImsgCommand, backlog: int = 0, transcript: Transcript | None = None
) -> AsyncGenerator[Peer]:
    """A conversation with a new ``imsg rpc`` child, ended with the context.

    What goes wrong inside the context is raised as ``PhoneUnusable`` when imsg's last words explain it, else as the
    ``WireError`` it was.
    """
    try:
        async with open_peer(command.rpc(), backlog, transcript) as peer:
            try:
                yield peer
            except (PeerClosed, RequestFailed) as error:
                if isinstance(error, PeerClosed):
                    await peer.child.over_within(_LAST_WORDS)
                if known := diagnose_error(error, command, peer):
                    raise known from error
                if isinstance(error, PeerClosed):
                    raise PeerClosed(peer.obituary, written=error.written) from error
                raise
    except ChildFailed as error:
        if known := unstartable(command.executable, str(error), error.__cause__):
            raise known from error
        raise


async def handshake(requests: Requests) -> None:
    """Return when imsg is up and reads requests; raises what its start-up failure is.

    Ending a subscription that does not exist costs no query and is answered by every release. A refusal of that
    particular request shows life as well.
    """
    try:
        await requests.request("watch.unsubscribe", wire.unsubscribe_params(0), START_LIMIT)
    except RequestFailed as error:
        if error.code == _INTERNAL_ERROR:
            raise


async def list_chats(requests: Requests, limit: int, timeout: float = READ_LIMIT) -> list[wire.PhoneChat]:
    """The ``limit`` conversations with the newest activity."""
    return wire.parse_chats(await requests.request("chats.list", wire.limit_params(limit), timeout))


async def read_history(
    requests: Requests, account: AccountId, chat: ChatRowId, limit: int, *, attachments: bool = False
) -> list[InboundMessage]:
    """The newest ``limit`` messages of one conversation, newest first; empty for a chat that does not exist."""
    params = wire.history_params(chat, limit, attachments=attachments)
    return wire.parse_messages(await requests.request("messages.history", params, READ_LIMIT), account)


@dataclass(frozen=True, slots=True)
class Newest:
    """The end of a phone's messages: the highest row number, and the latest time that one was written."""

    row: RowId
    written_at: datetime


async def newest(requests: Requests, account: AccountId) -> Newest | None:
    """What the newest messages of a few chats show; ``None`` on a phone without messages."""
    rows = [
        message
        for chat in await list_chats(requests, _FEW_CHATS)
        for message in await read_history(requests, account, chat.chat.row_id, 1)
    ]
    if not rows:
        return None
    return Newest(max(row.row_id for row in rows), max(row.sent_at for row in rows))


async def newest_row(requests: Requests, account: AccountId) -> RowId | None:
    """The highest row number among them; ``None`` on a phone without messages."""
    found = await newest(requests, account)
    return found.row if found else None


async def subscribe(requests: Requests, params: dict[str, Any]) -> int:
    """The number of a new subscription."""
    number = wire.parse_subscription(await requests.request("watch.subscribe", params, START_LIMIT))
    if number is None:
        raise WireError("imsg answered watch.subscribe without a subscription number")
    return number
