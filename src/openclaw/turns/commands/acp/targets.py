"""Targets: which session an order means, and whether whoever gives it may know of it.

Somebody who is not the owner reaches the sessions of the very conversation that they write in, and no other; one that
they may not reach is to them as one that does not exist (decision 027).
"""

from __future__ import annotations

from openclaw.domain.acp import AcpBinding, AcpSession
from openclaw.domain.ids import SessionKey
from openclaw.store import Tx, acp_sessions
from openclaw.turns.commands.acp.refusals import wrong
from openclaw.turns.commands.order import Order

_SHOWN = 80


def bound_here(tx: Tx, order: Order) -> AcpBinding | None:
    """What a person bound this conversation to, as long as that lasts."""
    chat = order.held.message.chat
    return order.rules.outside.bound(tx, order.held.message.account, chat, order.now) if chat else None


def session_here(tx: Tx, order: Order) -> AcpSession | None:
    """The session of this conversation: bound in the chat, else configured, else the sender's own."""
    bound = bound_here(tx, order)
    return acp_sessions.find(tx, bound.session if bound else SessionKey(order.held.session))


def visible(tx: Tx, order: Order, limit: int = 20) -> list[AcpSession]:
    """The sessions that may be named, the last used first."""
    if order.held.owner:
        return acp_sessions.newest(tx, limit)
    here = session_here(tx, order)
    return [here] if here else []


def target(tx: Tx, order: Order, token: str) -> AcpSession:
    """The session that ``token`` means: key, the agent's own name for it, or label; "" is the one of here.

    Raises:
        CommandRefused: none is meant, or more than one, or not one for whoever asks.
    """
    here = session_here(tx, order)
    if not token:
        if here is None:
            raise wrong("No outside agent answers here. Begin with /acp spawn <agent> --bind here.")
        return here
    if order.held.owner:
        found = acp_sessions.named(tx, token)
    else:
        found = (
            [here]
            if here and token.lower() in (here.key, here.outside_id.lower(), here.label.lower())
            else []
        )
    if not found:
        raise wrong(f"There is no session {_short(token)} for you here. /acp sessions lists them.")
    if len(found) > 1:
        raise wrong(f"More than one session is called {_short(token)}; name it by its key.")
    return found[0]


def _short(text: str) -> str:
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"
