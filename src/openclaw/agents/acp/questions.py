"""The question that a person is asked for an agent: what it wants to do and on what, in a line to be trusted. Pure.

What is in it comes from the agent, so it is cut, made one line, and cleared of what would turn or hide its letters.
"""

from __future__ import annotations

from dataclasses import dataclass

from openclaw.config.secrets import mask_command
from openclaw.domain.acp import PermissionQuestion, ToolKind
from openclaw.domain.ids import AgentId, SessionKey
from openclaw.domain.shortening import one_line, shortened

TITLE_CHARS = 120
TARGET_CHARS = 200


@dataclass(frozen=True, slots=True)
class Wish:
    """What an agent wants to be allowed: the kind of tool, its own words, what it acts on, the paths it names."""

    kind: ToolKind
    title: str
    target: str = ""
    paths: tuple[str, ...] = ()


def question(session: SessionKey, agent: AgentId, wish: Wish, *, may_always: bool) -> PermissionQuestion:
    """The question about ``wish``; the target is left out where the title says it."""
    title = line(wish.title, TITLE_CHARS)
    target = line(wish.target or ", ".join(wish.paths), TARGET_CHARS)
    return PermissionQuestion(
        session, agent, wish.kind, title or str(wish.kind), "" if target in title else target, may_always
    )


def line(text: str, most: int) -> str:
    """``text`` as one line, ``most`` characters of it, without secrets and without characters that are not seen."""
    # Cut last: half a secret would not be known as one.
    return shortened(mask_command(one_line(text)), most)
