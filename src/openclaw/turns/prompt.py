"""The prompt of a turn: what the agent is told about itself, and what was said to it. Pure.

Whatever people wrote is data in the user's turn; nothing of theirs reaches the instructions.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from openclaw.config.agents import AgentConfig
from openclaw.domain.turns import Turn, TurnMessage
from openclaw.turns.condensed import in_short

SILENT = "NO_REPLY"
"""What an agent answers when it has nothing to say."""

SHOWN = 50
"""The newest messages that a prompt shows of those that a turn answers: it must stay readable."""


@dataclass(frozen=True, slots=True)
class Persona:
    """Who the agent is: the configured instructions, or "" for our own; its name and theme."""

    instructions: str = ""
    name: str = ""
    theme: str = ""


def persona_of(agent: AgentConfig) -> Persona:
    """Who the configuration says an agent is."""
    return Persona(agent.system_prompt or "", agent.identity_name or "", agent.identity_theme or "")


def instructions(persona: Persona, turn: Turn) -> str:
    """What the agent is told before anything else."""
    told = _told(persona, turn)
    late = [message.sent_at for message in turn.messages if message.late]
    if late:
        told += "\n" + _missed(late)
    return told


def _told(persona: Persona, turn: Turn) -> str:
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


def _missed(sent: Sequence[datetime]) -> str:
    when = (
        f"between {_minute(min(sent))} and {_minute(max(sent))}"
        if len(sent) > 1
        else f"at {_minute(sent[0])}"
    )
    what = f"{len(sent)} of these messages were" if len(sent) > 1 else "This message was"
    return (
        f"{what} written {when} and could not reach you until now."
        " Answer once, for the present moment; say that you were away if it matters."
    )


def user_text(turn: Turn) -> str:
    """What was said, in order; in a group each line of speech names its speaker, and late ones tell their time."""
    spoken = [message for message in turn.messages if _spoken(message.text)]
    whole = [message for message in turn.messages if not message.condensed]
    shown = whole[-SHOWN:]
    lines = [_line(message, turn) for message in shown if _spoken(message.text)]
    if left_out := len(whole) - len(shown):
        lines.insert(0, f"({left_out} earlier messages are left out here.)")
    return "\n".join([*in_short([_line(message, turn) for message in spoken if message.condensed]), *lines])


def _line(message: TurnMessage, turn: Turn) -> str:
    text = _spoken(message.text)
    said = f"{message.sender}: {text}" if turn.is_group else text
    return f"[{_minute(message.sent_at)}] {said}" if message.late and len(turn.messages) > 1 else said


def _minute(moment: datetime) -> str:
    return f"{moment.astimezone():%Y-%m-%d %H:%M}"


def _spoken(text: str) -> str:
    return text.replace("\ufffc", "").strip()
