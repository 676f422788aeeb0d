"""From what an agent wrote to the bubbles that leave: rendered, prefixed, then cut, with code in one piece."""

from __future__ import annotations

from openclaw.outbound.chunks import ChunkMode, chunk
from openclaw.outbound.prefix import prefixed
from openclaw.outbound.render import typeset
from openclaw.outbound.tables import TableMode


def bubbles(markdown: str, *, tables: TableMode, limit: int, mode: ChunkMode, prefix: str = "") -> list[str]:
    """The plain texts to send for ``markdown``, in order, each at most ``limit`` UTF-16 units.

    ``prefix`` stands before the first, as written; no text, no bubble, whatever the prefix.
    """
    rendered = typeset(markdown, tables=tables)
    if not rendered.text.strip():
        return []
    text = prefixed(rendered.text, prefix)
    shift = len(text) - len(rendered.text)
    code = [(start + shift, end + shift) for start, end in rendered.code]
    return chunk(text, limit=limit, mode=mode, code=code)
