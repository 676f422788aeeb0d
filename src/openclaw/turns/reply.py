"""The reply of a turn: what its agent is asked, and the bubbles that its answer becomes. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from openclaw.domain.delivery import OutboundMessage, into
from openclaw.domain.tools import ToolRights
from openclaw.domain.turns import FileOffered, Finished, Origin, Prompt, Turn
from openclaw.turns import compaction, prompt
from openclaw.turns.claim import Claimed
from openclaw.turns.commands.catalog import Catalog
from openclaw.turns.files import Handed
from openclaw.turns.footer import footer


@dataclass(frozen=True, slots=True)
class Manner:
    """What the words before a reply may name: the model that wrote it and its thinking level, "" while not known.

    ``first`` is false for what is said behind something else of the same reply.
    """

    model: str = ""
    thinking: str = ""
    first: bool = True


class Compose(Protocol):
    """Makes the bubbles of what an agent wrote in a turn."""

    def __call__(self, turn: Turn, text: str, manner: Manner = ..., /) -> Sequence[OutboundMessage]:
        """The bubbles of ``text``; none when it says nothing."""
        ...


@dataclass(frozen=True, slots=True)
class Answer:
    """What the agent said; ``did`` is what it did meanwhile that must not be done twice.

    With ``spoke`` some of it is said already, and ``unsaid`` is what is left. ``files`` are to follow it.
    """

    text: str
    finished: Finished
    did: tuple[str, ...] = ()
    unsaid: str | None = None
    spoke: bool = False
    files: tuple[FileOffered, ...] = ()


@dataclass(frozen=True, slots=True)
class Stopped:
    """There is no answer: the run was ended on request."""

    why: str


def question(claimed: Claimed, persona: prompt.Persona, tools: ToolRights, handed: Handed) -> Prompt:
    """What the agent is asked and shown, and with which tools; a conversation is summed up without any."""
    turn, settings = claimed.turn, claimed.settings
    if compaction.is_compaction(turn):
        return compaction.question(turn, claimed.history, settings)
    asked = prompt.prompt(persona, turn, claimed.scene, claimed.history)
    return replace(
        asked,
        text="\n\n".join([asked.text, *handed.words]),
        pictures=handed.pictures,
        copies=handed.copies,
        by_commanders=all(message.authorised for message in turn.messages),
        model=settings.model,
        thinking=settings.thinking,
        tools=tools,
        origin=Origin(turn.account, turn.chat, turn.is_group),
    )


def bubbles(
    claimed: Claimed, answer: Answer, compose: Compose, catalog: Catalog
) -> Sequence[OutboundMessage]:
    """What is still to be sent of an answer, with what was asked for below it; nothing where it is not for the chat."""
    if compaction.is_compaction(claimed.turn):
        return ()
    turn, text = claimed.turn, answer.text if answer.unsaid is None else answer.unsaid
    manner = Manner(answer.finished.model, claimed.settings.thinking, first=not answer.spoke)
    said = compose(turn, text, manner)
    below = footer(claimed.settings, answer.finished, answer.did, catalog)
    if below and (said or answer.spoke):
        said = compose(turn, f"{text}\n\n{below}", manner)
    return (*said, *_files(turn, answer.files, compose))


def _files(turn: Turn, files: Sequence[FileOffered], compose: Compose) -> Iterator[OutboundMessage]:
    for offered in files:
        yield from compose(turn, offered.caption, Manner(first=False))
        yield into(turn.account, turn.chat, "", offered.file)
