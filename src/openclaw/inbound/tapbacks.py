"""Tapbacks at the gates: which are told of, and that none of them makes anything happen by itself. Pure."""

from __future__ import annotations

from openclaw.domain.admission import Admitted, Dropped, Overheard, Reason, Verdict
from openclaw.domain.chats import ChatRef
from openclaw.domain.handles import Handle
from openclaw.domain.messages import InboundMessage
from openclaw.domain.sessions import PeerKind
from openclaw.inbound.access import AccessPolicy

MOST_TAPBACKS = 20
"""Tapbacks of one chat that wait for its next turn: who puts them on everything tells no more by it."""


def is_told_of(message: InboundMessage, policy: AccessPolicy, *, on_ours: bool) -> bool:
    """Whether a tapback is surely somebody else's, in a conversation, and such as are asked for."""
    if message.from_me is not False or message.chat is None:
        return False
    return policy.tapbacks == "all" or (policy.tapbacks == "own" and on_ours)


def verdict_on(
    message: Verdict, sender: Handle, chat: ChatRef, policy: AccessPolicy, *, is_old: bool
) -> Verdict:
    """The verdict on a tapback, from the one on a ``message`` of its sender; nobody is challenged by one."""
    if not isinstance(message, Admitted):
        return message if isinstance(message, Dropped) else Dropped(Reason.REACTION)
    if is_old:
        return Dropped(Reason.BEFORE_START)
    if message.peer.kind is PeerKind.GROUP and not policy.shows_words(sender, chat):
        return Dropped(Reason.REACTION)
    return Overheard(Reason.TAPBACK, MOST_TAPBACKS)
