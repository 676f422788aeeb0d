"""Condensed messages: what a full queue tells of those that it has no room for, one short line each. Pure."""

from __future__ import annotations

from collections.abc import Sequence

MOST = 100
"""As many as one turn takes beside the messages that it sees whole; more are the next turn's."""

_WIDTH = 140


def in_short(lines: Sequence[str]) -> list[str]:
    """What stands in the prompt for messages of which each is one of ``lines``; nothing when there are none."""
    told = [f"- {_shortened(line)}" for line in lines if line.strip()]
    if not told:
        return []
    return [f"⟦{len(told)} more came before, faster than could be answered; in short:⟧", *told, ""]


def _shortened(line: str) -> str:
    words = " ".join(line.split())
    return words if len(words) <= _WIDTH else words[: _WIDTH - 1].rstrip() + "…"
