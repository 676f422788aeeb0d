"""``/context``: what the next prompt of a session would consist of, in sizes and not in words."""

from __future__ import annotations

import json

from openclaw.domain.ids import AgentId, TurnId
from openclaw.domain.sessions import SUMMARY
from openclaw.domain.turns import Turn
from openclaw.store import Tx, session_settings, sessions
from openclaw.turns import prompt
from openclaw.turns.commands.order import Order, usage

# English runs at four bytes a token; it is an estimate, and says so.
_BYTES_PER_TOKEN = 4


def context(tx: Tx, order: Order) -> str:
    """The answer: a sentence for each part (``list``, ``detail``), or one object (``json``)."""
    form = order.arguments.lower() or "list"
    if form not in ("list", "detail", "json"):
        return usage(order.command)
    parts = _parts(tx, order)
    if form == "json":
        return json.dumps(parts)
    total = parts["instructionTokens"] + parts["historyTokens"]
    lines = [
        f"Instructions: about {parts['instructionTokens']} tokens",
        f"History: {parts['historyEntries']} entries, about {parts['historyTokens']} tokens",
        f"Together about {total} tokens, before your next message.",
    ]
    if form == "detail":
        lines[2:2] = [
            f"  yours and others': {parts['userEntries']}, the agent's: {parts['assistantEntries']}",
            f"  a summary in front: {'yes' if parts['hasSummary'] else 'no'}",
            f"  longest entry: about {parts['longestEntryTokens']} tokens",
            f"Model: {order.model(session_settings.load(tx, order.session)) or 'none is set up'}",
        ]
    return "\n".join(lines)


def _parts(tx: Tx, order: Order) -> dict[str, int]:
    session = sessions.find(tx, order.session)
    history = sessions.history(tx, session) if session else ()
    roles, sizes = [entry.role for entry in history], [_tokens(entry.text) for entry in history]
    return {
        "instructionTokens": _tokens(_instructions(order)),
        "historyEntries": len(history),
        "historyTokens": sum(sizes),
        "userEntries": roles.count("user"),
        "assistantEntries": roles.count("assistant"),
        "hasSummary": int(SUMMARY in roles),
        "longestEntryTokens": max(sizes, default=0),
    }


def _instructions(order: Order) -> str:
    held, chat = order.held, order.held.message.chat
    if chat is None:
        return ""
    asked = Turn(
        TurnId(0),
        held.message.account,
        AgentId(held.agent),
        order.session,
        chat,
        held.is_group,
        (),
        1,
        effects=False,
    )
    return prompt.instructions(order.persona, asked)


def _tokens(text: str) -> int:
    return -(-len(text.encode("utf-8", "replace")) // _BYTES_PER_TOKEN)
