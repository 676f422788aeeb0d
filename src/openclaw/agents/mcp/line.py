"""How an MCP server is reached, and what it offers. Values only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from openclaw.agents.child_lines import Program
from openclaw.config.secrets import MASK, mask_text

Wire = Literal["sse", "streamable-http"]


# A shorter value is no key, and taking it out of a text would only garble that.
_SECRET = 8


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

    def masked(self, text: str) -> str:
        """``text`` without what was configured as environment or headers, and without what looks like a key."""
        match self.way:
            case Program(configured=given) | Address(headers=given):
                for value in given.values():
                    text = text.replace(value, MASK) if len(value) >= _SECRET else text
        return mask_text(text)


@dataclass(frozen=True, slots=True)
class RemoteTool:
    """A tool as its server describes it. ``reads_only`` is the server's word that calling it changes nothing."""

    name: str
    description: str
    schema: Mapping[str, Any]
    reads_only: bool
