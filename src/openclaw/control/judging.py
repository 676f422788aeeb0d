"""What is needed to say how a message would be judged: the configuration, and the verdicts that follow from it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from openclaw.config.accounts import AccountConfig
from openclaw.config.load import Loaded
from openclaw.domain.chats import ChatRef
from openclaw.domain.handles import parse_handle
from openclaw.domain.ids import AccountId, AgentId
from openclaw.domain.messages import InboundMessage
from openclaw.domain.sessions import Peer, PeerKind, Route
from openclaw.inbound.verdicts import Verdicts
from openclaw.store import Tx, accounts
from openclaw.turns.outside import NOTHING_OUTSIDE, OutsideRules


@dataclass(frozen=True, slots=True)
class Judging:
    """One configuration as it judges. ``answering`` are the agents that can run a turn.

    ``outside`` says how long a chat stays bound to an outside agent.
    """

    loaded: Loaded
    accounts: Mapping[AccountId, AccountConfig]
    verdicts: Verdicts
    answering: frozenset[AgentId]
    outside: OutsideRules = NOTHING_OUTSIDE

    def route(self, tx: Tx, message: InboundMessage, now: datetime, *, is_group: bool) -> Route | None:
        """Where the conversation of ``message`` would go at ``now``; ``None`` when that cannot be told."""
        door, chat = self.verdicts.doors.get(message.account), message.chat
        if door is None or chat is None:
            return None
        peer = _peer(message, chat, door.policy.region, is_group=is_group)
        return self.verdicts.directions.route(tx, message.account, peer, chat, now) if peer else None

    def is_group(self, tx: Tx, message: InboundMessage) -> bool:
        """Whether a message belongs to a group; its chat remembers that when the members are forgotten."""
        door, chat = self.verdicts.doors.get(message.account), message.chat
        if chat is None:
            return False
        noted = accounts.find_chat(tx, message.account, chat.key)
        if any(each.is_group for each in noted) or chat.has_group_shape:
            return True
        return door is not None and door.policy.is_group(message)


def _peer(message: InboundMessage, chat: ChatRef, region: str, *, is_group: bool) -> Peer | None:
    if is_group:
        return Peer(PeerKind.GROUP, str(chat.row_id))
    sender = parse_handle(message.sender, region)
    return Peer(PeerKind.DIRECT, sender) if sender else None
