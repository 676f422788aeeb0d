"""What a client's prompt says: text for the model, and pictures. Pure.

A link to a resource is named and never fetched: what the client means the model to read it embeds.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Sequence
from dataclasses import dataclass

from acp.schema import (
    AudioContentBlock,
    BlobResourceContents,
    EmbeddedResourceContentBlock,
    ImageContentBlock,
    ResourceContentBlock,
    TextContentBlock,
    TextResourceContents,
)

from openclaw.domain.file_kinds import HEAD_BYTES, kind_of
from openclaw.errors import BadRequest

Block = (
    TextContentBlock
    | ImageContentBlock
    | AudioContentBlock
    | ResourceContentBlock
    | EmbeddedResourceContentBlock
)

PICTURES = ("image/png", "image/jpeg", "image/gif", "image/webp")
"""What every model that sees takes."""

PICTURE_BYTES = 10 * 1024 * 1024
"""The largest that any of them takes; what a phone's camera makes is smaller."""

MOST_PICTURES = 20
"""In one prompt; a model's window holds no more of them beside the words."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A picture: its bytes, and its type, which was looked for in them."""

    content: bytes
    mime_type: str


@dataclass(frozen=True, slots=True)
class Said:
    """One prompt of a user."""

    text: str
    pictures: Sequence[Shown]


def said(blocks: Sequence[Block]) -> Said:
    """What ``blocks`` say.

    Raises:
        BadRequest: nothing, or something that cannot be taken.
    """
    pictures = [_picture(block) for block in blocks if isinstance(block, ImageContentBlock)]
    if len(pictures) > MOST_PICTURES:
        raise BadRequest(f"a prompt may hold {MOST_PICTURES} pictures at most, not {len(pictures)}")
    text = "\n".join(filter(None, (_words(block) for block in blocks)))
    if not text.strip():
        raise BadRequest("the prompt is empty")
    return Said(text, pictures)


def _words(block: Block) -> str:
    match block:
        case TextContentBlock(text=text):
            return text
        case ImageContentBlock(mime_type=kind):
            return f"(a picture: {kind})"
        case ResourceContentBlock(name=name, uri=uri):
            return f"({name}: {uri})"
        case EmbeddedResourceContentBlock(resource=TextResourceContents(uri=uri, text=text)):
            return f'<resource uri="{uri}">\n{text}\n</resource>'
        case EmbeddedResourceContentBlock(resource=BlobResourceContents(uri=uri, mime_type=kind)):
            return f"(a file that cannot be shown here: {uri}, {kind or 'of unknown type'})"
        case _:
            raise BadRequest(f"a prompt cannot hold something of type {block.type}")


def _picture(block: ImageContentBlock) -> Shown:
    if len(block.data) > PICTURE_BYTES * 4 // 3 + 4:
        raise BadRequest(f"a picture may have {PICTURE_BYTES} bytes at most")
    try:
        content = base64.b64decode(block.data, validate=True)
    except (binascii.Error, ValueError) as error:
        raise BadRequest("the data of a picture is no base64") from error
    kind = kind_of(content[:HEAD_BYTES], "")
    if kind not in PICTURES:
        raise BadRequest(f"a picture must be one of {', '.join(PICTURES)}; this is {kind}")
    return Shown(content, kind)
