"""Carrying out ``/acp``: the one place that knows which function each action is."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping

from openclaw.errors import CommandRefused
from openclaw.store import Ledger
from openclaw.turns.commands.acp import directing, setting, telling
from openclaw.turns.commands.acp.actions import ACTIONS, help_text
from openclaw.turns.commands.acp.call import Call
from openclaw.turns.commands.acp.parse import parse
from openclaw.turns.commands.acp.refusals import failed
from openclaw.turns.commands.acp.spawn import spawn
from openclaw.turns.commands.acp.underway import Underway
from openclaw.turns.commands.lane import Lane
from openclaw.turns.commands.order import Order
from openclaw.turns.commands.ports import OutsideAgents

_ACTIONS: Mapping[str, Callable[[Call], Awaitable[str]]] = {
    "spawn": spawn,
    "cancel": directing.cancel,
    "steer": directing.steer,
    "close": directing.close,
    "status": telling.status,
    "sessions": telling.sessions,
    "doctor": telling.doctor,
    "install": telling.install,
    "reset-options": setting.reset,
    **dict.fromkeys(("set-mode", "set", "cwd", "permissions", "timeout", "model"), setting.put),
}


async def acp(
    outside: OutsideAgents | None, ledger: Ledger, lane: Lane, underway: Underway, order: Order
) -> str:
    """Carry the order out, and return its answer. Doing it twice does no more than once.

    Raises:
        StoreError: the ledger refused.
    """
    try:
        wish = parse(order.arguments)
        if wish.action == "help":
            return help_text()
        settings = order.rules.outside.settings
        if outside is None or settings is None:
            raise failed("ACP_BACKEND_MISSING", "outside agents are not served here.")
        call = Call(order, wish, settings, ledger, outside, lane, underway)
        if ACTIONS[wish.action].quick:
            return await _ACTIONS[wish.action](call)
        # To close does not wait for an answer that nobody wants any more.
        meanwhile = directing.hush(call) if wish.action == "close" else None
        async with underway.turn(order, meanwhile):
            return await _ACTIONS[wish.action](call)
    except CommandRefused as refusal:
        return str(refusal)
