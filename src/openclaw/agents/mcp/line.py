"""How an MCP server is reached, and what it offers. Values only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Wire = Literal["sse", "streamable-http"]


# A shorter value is no key, and taking it out of a text would only garble that.
_SECRET = 8


@dataclass(frozen=True, slots=True)
class Program:
    """A server that is a child of ours and speaks over its pipes.

    It gets to see ``inherited`` and ``configured``, and nothing else of our environment. ``folder`` is where it runs,
    ours where ``None``.
    """

    argv: tuple[str, ...]
    inherited: Mapping[str, str] = field(repr=False)
    configured: Mapping[str, str] = field(repr=False)
    folder: str | None = None


@dataclass(frozen=True, slots=True)
class Address:
    """A server that runs elsewhere and speaks HTTP. Headers stay out of its repr."""

    url: str
    wire: Wire
    headers: Mapping[str, str] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Line:
    """One server by its configured name."""

    name: str
    way: Program | Address

    @property
    def secrets(self) -> tuple[str, ...]:
        """What must not show in any message about it."""
        match self.way:
            case Program(configured=given) | Address(headers=given):
                return tuple(value for value in given.values() if len(value) >= _SECRET)


@dataclass(frozen=True, slots=True)
class RemoteTool:
    """A tool as its server describes it. ``reads_only`` is the server's word that calling it changes nothing."""

    name: str
    description: str
    schema: Mapping[str, Any]
    reads_only: bool
