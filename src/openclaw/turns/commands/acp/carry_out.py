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


def takes_its_turn(arguments: str) -> bool:
    """Whether the order waits until others of its conversation are done; one that stops something does not."""
    action = ACTIONS.get((arguments.split(maxsplit=1) or [""])[0].lower())
    return action is not None and not action.quick


async def acp(outside: OutsideAgents | None, ledger: Ledger, lane: Lane, order: Order) -> str:
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
        return await _ACTIONS[wish.action](Call(order, wish, settings, ledger, outside, lane))
    except CommandRefused as refusal:
        return str(refusal)
