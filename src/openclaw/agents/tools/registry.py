"""Which families of tools there are. A new one is a module beside this and a line here."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from openclaw.agents.handover import Emit
from openclaw.agents.send_file import Copies, FileSending
from openclaw.agents.tools.amending import Amending, amending_tools
from openclaw.agents.tools.conversation import About, conversation_tools
from openclaw.agents.tools.files import file_tools
from openclaw.agents.tools.sending import sending_tools
from openclaw.agents.tools.tool import Tool
from openclaw.agents.tools.workspace import Workspace
from openclaw.domain.turns import Origin


@dataclass(frozen=True, slots=True)
class Post:
    """Where an agent works in one turn: its name and workspace (``None`` when it has none it may use), the
    conversation it is in (``None`` when there is none), and how to learn more of that.

    ``copies`` takes what is to be sent into that conversation, ``emit`` tells the turn; without both nothing is sent.
    ``amending`` changes what is there in it.
    """

    name: str
    workspace: Path | None
    origin: Origin | None
    about: About
    copies: Copies | None = None
    emit: Emit | None = None
    amending: Amending | None = None


Family = Callable[[Post], Sequence[Tool]]


def _files(post: Post) -> Sequence[Tool]:
    return file_tools(Workspace(post.workspace)) if post.workspace else ()


def _conversation(post: Post) -> Sequence[Tool]:
    return conversation_tools(post.origin, post.name, post.about) if post.origin else ()


def _sending(post: Post) -> Sequence[Tool]:
    if post.workspace is None or post.copies is None or post.emit is None:
        return ()
    return sending_tools(FileSending(Workspace(post.workspace), post.copies, post.emit))


def _amending(post: Post) -> Sequence[Tool]:
    if post.origin is None or post.amending is None:
        return ()
    return tuple(amending_tools(post.origin, post.amending))


FAMILIES: Sequence[Family] = (_files, _conversation, _sending, _amending)
"""Every family of our own, in the order in which a model reads of them."""


def own_tools(post: Post) -> Iterator[Tool]:
    """Every tool of our own that makes sense at this post; who may use which is decided elsewhere."""
    for family in FAMILIES:
        yield from family(post)
