"""What the commands answer. Pure: the situation comes in, the text for the sender goes out.

Only authorised senders get here, and still nothing internal is said: no paths, no errors, no other people.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from openclaw.turns.commands.words import COMMANDS


@dataclass(frozen=True, slots=True)
class Situation:
    """What an answer may speak of. ``model`` is "" when none is configured; ``stopped`` says whether anything was."""

    sender: str
    handle: str
    agent: str
    model: str
    is_group: bool
    since: datetime | None
    said: int
    waiting: int
    running: bool
    stopped: bool = False


def answer(word: str, situation: Situation | None = None) -> str:
    """The text that answers the command ``word``; a reset is answered the same whatever the situation."""
    if situation is None:
        return "A new conversation has begun."
    match word:
        case "/help":
            return "\n".join(f"{command.word}: {command.summary}" for command in COMMANDS)
        case "/whoami":
            return _whoami(situation)
        case "/stop":
            return "Stopped." if situation.stopped else "There is nothing to stop."
        case _:
            return _status(situation)


def _whoami(situation: Situation) -> str:
    lines = [f"You write as {situation.sender}."]
    if situation.handle != situation.sender:
        lines.append(f"In lists that is {situation.handle}.")
    return "\n".join(lines)


def _status(situation: Situation) -> str:
    lines = [f"Agent: {situation.agent}" + (f" ({situation.model})" if situation.model else "")]
    if not situation.model:
        lines.append("No model is set up yet; messages are kept until there is one.")
    if situation.since is not None:
        lines.append(f"Conversation since {situation.since:%Y-%m-%d %H:%M}, {situation.said} messages.")
    if situation.running:
        lines.append("An answer is being written.")
    if situation.waiting:
        lines.append(f"Waiting: {situation.waiting}")
    return "\n".join(lines)
