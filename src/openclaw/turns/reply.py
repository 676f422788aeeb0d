"""The reply of a turn: what its agent is asked, and the bubbles that its answer becomes. Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from openclaw.domain.delivery import OutboundMessage
from openclaw.domain.tools import ToolRights
from openclaw.domain.turns import Finished, Origin, Prompt, Turn
from openclaw.turns import compaction, prompt
from openclaw.turns.claim import Claimed
from openclaw.turns.commands.catalog import Catalog
from openclaw.turns.footer import footer

Compose = Callable[[Turn, str], Sequence[OutboundMessage]]
"""Makes the bubbles of what an agent wrote in a turn."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What the agent said; ``did`` is what it did meanwhile that must not be done twice."""

    text: str
    finished: Finished
    did: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Stopped:
    """There is no answer: the run was ended on request."""

    why: str


def question(claimed: Claimed, persona: prompt.Persona, tools: Callable[[Turn], ToolRights]) -> Prompt:
    """What the agent is asked, and with which tools; a conversation is summed up without any."""
    turn, settings = claimed.turn, claimed.settings
    if compaction.is_compaction(turn):
        return compaction.question(turn, claimed.history, settings)
    asked = prompt.prompt(persona, turn, claimed.scene, claimed.history)
    return replace(
        asked,
        model=settings.model,
        thinking=settings.thinking,
        tools=tools(turn),
        origin=Origin(turn.account, turn.chat, turn.is_group),
    )


def bubbles(
    claimed: Claimed, answer: Answer, compose: Compose, catalog: Catalog
) -> Sequence[OutboundMessage]:
    """What is sent of an answer, with what was asked for below it; nothing where it is not for the chat."""
    if compaction.is_compaction(claimed.turn):
        return ()
    said = compose(claimed.turn, answer.text)
    below = footer(claimed.settings, answer.finished, answer.did, catalog)
    return compose(claimed.turn, f"{answer.text}\n\n{below}") if said and below else said
