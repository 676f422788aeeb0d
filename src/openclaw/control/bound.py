"""What a chat is, or was, bound to: told with where its messages go, so that nobody has to guess why that changed."""

from __future__ import annotations

from datetime import datetime

from openclaw.control.judging import Judging
from openclaw.control.shapes import iso
from openclaw.domain.acp import AcpBinding
from openclaw.domain.chats import ChatRef
from openclaw.domain.ids import AccountId
from openclaw.store import Tx, acp_bindings
from openclaw.store.acp_bindings import Lifetime

_ANY_AGE = Lifetime()


def bound_says(
    tx: Tx, account: AccountId, chat: ChatRef | None, judging: Judging | None, now: datetime
) -> str:
    """A sentence about the binding of ``chat`` made in the chat itself; "" where there never was one."""
    if chat is None:
        return ""
    kept = acp_bindings.find(tx, account, chat.key, _ANY_AGE, now)
    if kept is not None:
        told = f"The chat is bound to {kept.agent} (session {kept.session}) by {kept.by} since {iso(kept.bound_at)}"
        if judging is None or judging.outside.bound(tx, account, chat, now):
            return f"{told}."
        return f"{told}; {_why_not(kept, judging.outside.lifetime, now)}, so it does not count."
    over = acp_bindings.expired(tx, account, chat.key)
    if over is None:
        return ""
    return f"The chat was bound until {iso(over.at)} (session {over.reason}); since then it goes its ordinary way."


def _why_not(kept: AcpBinding, lifetime: Lifetime | None, now: datetime) -> str:
    if lifetime is None:
        return "session.threadBindings.enabled is false"
    return "that is over" if acp_bindings.is_over(kept, lifetime, now) else "its session is gone"
