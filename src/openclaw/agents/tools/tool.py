"""What a tool is to a model and to us. Values only."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from openclaw.errors import ToolFailed

Arguments = Mapping[str, object]
"""What a model passes: read from its JSON, and not checked beyond being an object."""


@dataclass(frozen=True, slots=True)
class Tool:
    """One tool as a turn is offered it.

    ``schema`` is a JSON Schema of its arguments. ``has_effect`` says that running it twice may differ from running it
    once. ``run`` gives the text for the model, or raises ``ToolFailed``; waits in it are bounded by who calls it.
    ``leave`` is asked before each call, when there is one: it returns once the call may be made, which can take as long
    as a person needs, and raises ``ToolFailed`` when it may not.
    """

    name: str
    description: str
    schema: Mapping[str, Any]
    has_effect: bool
    run: Callable[[Arguments], Awaitable[str]] = field(repr=False)
    leave: Callable[[Arguments], Awaitable[None]] | None = field(default=None, repr=False)


def text_argument(arguments: Arguments, name: str, default: str | None = None) -> str:
    """The text that was passed as ``name``.

    Raises:
        ToolFailed: it is missing and has no default, or is no text.
    """
    value = arguments.get(name, default)
    if not isinstance(value, str):
        raise ToolFailed(f'"{name}" must be a text')
    return value


def count_argument(arguments: Arguments, name: str, default: int) -> int:
    """The whole number, 1 or more, that was passed as ``name``.

    Raises:
        ToolFailed: it is something else.
    """
    value = arguments.get(name, default)
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        raise ToolFailed(f'"{name}" must be a whole number, 1 or more')
    return value
