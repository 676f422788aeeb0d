"""The prompt of a turn: what the agent is told about itself, and what was said to it. Pure.

Whatever people wrote is data in the user's turn; nothing of theirs reaches the instructions.
"""

from __future__ import annotations

from dataclasses import dataclass

from openclaw.domain.turns import Turn
from openclaw.turns.commands import command_of, rest_of

SILENT = "NO_REPLY"
"""What an agent answers when it has nothing to say."""


@dataclass(frozen=True, slots=True)
class Persona:
    """Who the agent is: the configured instructions, or "" for our own; its name and theme."""

    instructions: str = ""
    name: str = ""
    theme: str = ""


def instructions(persona: Persona, turn: Turn) -> str:
    """What the agent is told before anything else."""
    if persona.instructions:
        return persona.instructions
    lines = [f"You are {persona.name}." if persona.name else "You are a helpful assistant."]
    if persona.theme:
        lines.append(persona.theme)
    lines.append(
        "You answer text messages on a phone: be brief and friendly, write plain text without tables."
    )
    if turn.is_group:
        lines.append("This is a group chat; each message begins with its sender.")
        lines.append(f"If no answer is called for, reply with {SILENT} and nothing else.")
    return "\n".join(lines)


def user_text(turn: Turn) -> str:
    """What was said, in order; in a group each line of speech names its speaker."""
    texts = [_spoken(message.text) for message in turn.messages]
    if turn.is_group:
        texts = [f"{message.sender}: {text}" for message, text in zip(turn.messages, texts, strict=True)]
    return "\n".join(text for text in texts if text)


def _spoken(text: str) -> str:
    bare = text.replace("\ufffc", "").strip()
    return rest_of(bare) if command_of(bare) else bare
