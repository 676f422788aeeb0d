"""From what an agent wrote to the bubbles that leave: rendered, then cut, with code kept in one piece."""

from __future__ import annotations

from openclaw.outbound.chunks import ChunkMode, chunk
from openclaw.outbound.render import typeset
from openclaw.outbound.tables import TableMode


def bubbles(markdown: str, *, tables: TableMode, limit: int, mode: ChunkMode) -> list[str]:
    """The plain texts to send for ``markdown``, in order, each at most ``limit`` UTF-16 units."""
    rendered = typeset(markdown, tables=tables)
    return chunk(rendered.text, limit=limit, mode=mode, code=rendered.code)
