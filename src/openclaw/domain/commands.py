"""Chat commands as a value; which there are is the business of ``turns.commands``."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Command:
    """One command. ``in_lane`` keeps its place among the messages; ``takes_rest`` lets text follow it."""

    word: str
    summary: str
    in_lane: bool = False
    takes_rest: bool = False
    aliases: tuple[str, ...] = ()
