"""How ``/acp`` words that something is done, or why it is not: to people, so nothing of what is inside."""

from __future__ import annotations

from typing import Literal

from openclaw.errors import CommandRefused

Code = Literal[
    "ACP_BACKEND_MISSING",
    "ACP_BACKEND_UNAVAILABLE",
    "ACP_BACKEND_UNSUPPORTED_CONTROL",
    "ACP_DISPATCH_DISABLED",
    "ACP_INVALID_RUNTIME_OPTION",
    "ACP_SESSION_INIT_FAILED",
    "ACP_TURN_FAILED",
]

_NEXT: dict[str, str] = {
    "ACP_BACKEND_MISSING": "/acp doctor",
    "ACP_BACKEND_UNAVAILABLE": "/acp doctor",
    "ACP_BACKEND_UNSUPPORTED_CONTROL": "the agent does not offer this",
    "ACP_DISPATCH_DISABLED": "the owner can switch acp.dispatch.enabled on",
    "ACP_INVALID_RUNTIME_OPTION": "/acp status",
    "ACP_SESSION_INIT_FAILED": "/acp spawn again, or /acp doctor",
    "ACP_TURN_FAILED": "try again, or /acp cancel",
}


def wrong(text: str) -> CommandRefused:
    """What whoever asked can put right."""
    return CommandRefused(f"⚠️ {text}")


def failed(code: Code, text: str, following: str = "") -> CommandRefused:
    """What went wrong with an agent, in the original's form (behaviour facts H.9), without a word of why."""
    return CommandRefused(f"ACP error ({code}): {text}\nnext: {following or _NEXT[code]}")


def done(text: str) -> str:
    """What was asked for is so."""
    return f"✅ {text}"
