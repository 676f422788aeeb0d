"""Dictation: what the operator has a person told, as bubbles. Nothing of it is rendered, mended or taken out."""

from __future__ import annotations

import re

from openclaw.domain.handles import visible
from openclaw.errors import BadRequest
from openclaw.outbound.chunks import ChunkMode, chunk

LONGEST_TEXT = 16_000
"""Characters of one message: four full bubbles, and whatever they are made of, they fit into one request."""

# Half characters (arguments that are no text), and the zero that ends a text for half of the programs on the way.
_UNSENDABLE = re.compile("[\x00\ud800-\udfff]")


def dictated(text: str, *, limit: int, mode: ChunkMode) -> list[str]:
    """The bubbles of ``text``, word for word, cut only where it is longer than one; ``limit`` in UTF-16 units.

    Raises:
        BadRequest: there is nothing to read in it, too much, or something that cannot be sent.
    """
    if not visible(text):
        raise BadRequest("the message is empty; say something")
    if len(text) > LONGEST_TEXT:
        raise BadRequest(f"the message has {len(text)} characters; send at most {LONGEST_TEXT} at a time")
    if _UNSENDABLE.search(text):
        raise BadRequest("the message has bytes that are no text; send it as UTF-8")
    return chunk(text, limit=limit, mode=mode)
