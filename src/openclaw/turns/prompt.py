"""The prompt of a turn: what the agent is told about itself, and what was said to it. Pure.

Whatever people wrote is data in the user's turn; nothing of theirs reaches the instructions.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo

from openclaw.config.agents import AgentConfig
from openclaw.domain.sessions import TranscriptEntry
from openclaw.domain.turns import Prompt, Turn, TurnMessage
from openclaw.turns.condensed import in_short
from openclaw.turns.envelope import minute
from openclaw.turns.files import came_late
from openclaw.turns.files import shown as shown_file
from openclaw.turns.scene import NOWHERE, Scene
from openclaw.turns.surroundings import about
from openclaw.turns.untrusted import CLOSING, OPENING, TEXT_CHARS, single_line, spoken

SILENT = "NO_REPLY"
"""What an agent answers when it has nothing to say."""

SHOWN = 50
"""The newest messages that a prompt shows of those that a turn answers: it must stay readable."""

SPOKEN_CHARS = 60_000
"""Of everything that one turn says: the newest messages that fit, and always the newest one."""


_THREADS = (
    "To answer one message in particular, begin with [[reply_to_current]] for the newest one, or with [[reply_to:2]] "
    "for the second of those that you answer; the chat then shows your answer below it. Mostly leave it out."
)


@dataclass(frozen=True, slots=True)
class Persona:
    """Who the agent is: the configured instructions, or "" for our own; its name and theme."""

    instructions: str = ""
    name: str = ""
    theme: str = ""


def persona_of(agent: AgentConfig) -> Persona:
    """Who the configuration says an agent is."""
    return Persona(agent.system_prompt or "", agent.identity_name or "", agent.identity_theme or "")


def prompt(persona: Persona, turn: Turn, scene: Scene, history: tuple[TranscriptEntry, ...]) -> Prompt:
    """Everything that the agent is given for one turn."""
    said = [message for message in _shown(turn) if _spoken(message)]
    told = instructions(persona, turn, scene)
    beside = about(turn, scene, said or turn.messages[-1:])
    return Prompt(told, history, user_text(turn, scene), about=beside)


def instructions(persona: Persona, turn: Turn, scene: Scene = NOWHERE) -> str:
    """What the agent is told before anything else; the words of a group's ``systemPrompt`` come last."""
    told = _told(persona, turn, scene)
    if scene.brief.threads:
        told += "\n" + _THREADS
    late = [message.sent_at for message in turn.messages if message.late]
    if late:
        told += "\n" + _missed(late, scene.brief.zone)
    if scene.brief.instructions:
        told += "\n" + scene.brief.instructions
    return told


def _told(persona: Persona, turn: Turn, scene: Scene) -> str:
    if persona.instructions:
        return persona.instructions
    lines = [f"You are {persona.name}." if persona.name else "You are a helpful assistant."]
    if persona.theme:
        lines.append(persona.theme)
    lines.append(
        "You answer text messages on a phone: be brief and friendly, write plain text without tables."
    )
    if turn.is_group:
        lines += _in_group(scene)
    return "\n".join(lines)


def _in_group(scene: Scene) -> list[str]:
    """How to behave among several people (behaviour facts D.7)."""
    called = scene.activation == "mention" or (scene.brief.must_be_called and scene.activation != "always")
    asked = "You are asked when somebody calls you." if called else "You see every message, called or not."
    return [
        f"This is a group chat; each message begins with its sender. {asked}",
        "What you answer goes to the whole group by itself: speak as one of its members, in few words.",
        f"If no answer is called for, reply with {SILENT} and nothing else.",
    ]


def _missed(sent: Sequence[datetime], zone: tzinfo | None) -> str:
    when = (
        f"between {minute(min(sent), zone)} and {minute(max(sent), zone)}"
        if len(sent) > 1
        else f"at {minute(sent[0], zone)}"
    )
    what = f"{len(sent)} of these messages were" if len(sent) > 1 else "This message was"
    return (
        f"{what} written {when} and could not reach you until now."
        " Answer once, for the present moment; say that you were away if it matters."
    )


def user_text(turn: Turn, scene: Scene = NOWHERE) -> str:
    """What was said, in order; in a group each message begins with its speaker, and late ones tell their time.

    This is also what the transcript keeps of the turn.
    """
    shown, zone = _shown(turn), scene.brief.zone
    condensed = [_line(message, turn, zone) for message in turn.messages if message.condensed]
    lines = [line for message in shown if (line := _line(message, turn, zone))]
    if left_out := len(turn.messages) - len(condensed) - len(shown):
        lines.insert(0, f"{OPENING}{left_out} earlier messages are left out here{CLOSING}")
    lines[:0] = [came_late(one, minute(one.sent_at, zone)) for one in turn.arrived]
    return "\n".join([*in_short(condensed), *lines])


def _shown(turn: Turn) -> Sequence[TurnMessage]:
    """The newest messages that one prompt has room for."""
    newest = [message for message in turn.messages[::-1] if not message.condensed][:SHOWN]
    sizes = itertools.accumulate(min(len(message.text), TEXT_CHARS) for message in newest)
    fitting = sum(size <= SPOKEN_CHARS for size in sizes)
    return newest[: max(fitting, 1)][::-1]


def _line(message: TurnMessage, turn: Turn, zone: tzinfo | None) -> str:
    said = _spoken(message)
    if not said:
        return ""
    is_one_of_many = message.late and len(turn.messages) > 1
    time = f"{OPENING}{minute(message.sent_at, zone)}{CLOSING} " if is_one_of_many else ""
    if not turn.is_group:
        return time + said
    # Set in, so that no line of one message can pass for another member's.
    indented = said.replace("\n", "\n    ")
    name = single_line(message.name)
    who = single_line(message.sender) + (f" ({name})" if name else "")
    return f"{time}{who}: {indented}"


def _spoken(message: TurnMessage) -> str:
    said = spoken(message.text.replace("\ufffc", "").strip())
    return "\n".join([*filter(None, [said]), *map(shown_file, message.attached)])
