"""From the blocks of a prompt to what a model is shown."""

from __future__ import annotations

import base64

import pytest
from acp.helpers import (
    audio_block,
    embedded_blob_resource,
    embedded_text_resource,
    image_block,
    resource_block,
    resource_link_block,
    text_block,
)

from openclaw.agents.serving.said import MOST_PICTURES, PICTURE_BYTES, said
from openclaw.errors import BadRequest

GIF = b"GIF89a\x01\x00\x01\x00\x00\x00\x00;"


def _picture(content: bytes = GIF, kind: str = "image/png") -> object:
    return image_block(base64.b64encode(content).decode(), kind)


def test_text_links_and_embedded_resources_are_text_in_their_order() -> None:
    """A link is named and not fetched, an embedded text is given whole (protocol: content blocks)."""
    found = said(
        [
            text_block("What does this do?"),
            resource_link_block("main.py", "file:///p/main.py"),
            resource_block(embedded_text_resource("file:///p/a.py", "print(1)")),
            resource_block(embedded_blob_resource("file:///p/a.bin", "AAAA", mime_type="x/y")),
        ]
    )
    assert found.text.splitlines() == [
        "What does this do?",
        "(main.py: file:///p/main.py)",
        '<resource uri="file:///p/a.py">',
        "print(1)",
        "</resource>",
        "(a file that cannot be shown here: file:///p/a.bin, x/y)",
    ]
    assert found.pictures == []


def test_a_picture_is_what_its_bytes_say() -> None:
    """The type that the client writes is not believed: a provider refuses what is wrong."""
    found = said([_picture()])
    assert [(one.content, one.mime_type) for one in found.pictures] == [(GIF, "image/gif")]
    assert found.text == "(a picture: image/png)"


@pytest.mark.parametrize(
    ("blocks", "why"),
    [
        ([], "empty"),
        ([text_block("  \n")], "empty"),
        ([audio_block("AAAA", "audio/wav")], "type audio"),
        ([image_block("%%%", "image/png")], "no base64"),
        ([_picture(b"%PDF-1.7")], "this is application/pdf"),
        ([image_block("A" * (PICTURE_BYTES * 2), "image/png")], "bytes at most"),
        ([_picture()] * (MOST_PICTURES + 1), "pictures at most"),
    ],
)
def test_what_cannot_be_taken_is_refused_with_why(blocks: list[object], why: str) -> None:
    """The client's user sees what to change."""
    with pytest.raises(BadRequest, match=why):
        said(blocks)
