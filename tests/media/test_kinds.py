"""What a file is shows in its content, whatever it is called."""

from __future__ import annotations

import pytest
from tests.media import samples

from openclaw.media.kinds import TEXT, UNKNOWN, Family, kind_of, suffixes_of


@pytest.mark.parametrize(
    ("head", "mime"),
    [
        (samples.HEIC.read_bytes(), "image/heic"),
        (samples.camera_jpeg(8, 8), "image/jpeg"),
        (samples.png(), "image/png"),
        (samples.animated_gif(), "image/gif"),
        (samples.wav(), "audio/wav"),
        (samples.pdf("hi"), "application/pdf"),
        (b"caff\0\1\0\0desc", "audio/x-caf"),
        (b"#!AMR\n", "audio/amr"),
        (b"caffeine is a drug\n", "text/plain"),
        (b"BM\x46\0\0\0\0\0\0\0\x36\0\0\0\x28\0", "image/bmp"),
        (b"BMW cars are\n", "text/plain"),
        (b"\0\0\0\x1cftypM4A \0\0\0\0", "audio/mp4"),
        (b"\0\0\0\x14ftypqt  \0\0\0\0", "video/quicktime"),
        (b"\0\0\0\x14ftypisom\0\0\0\0", "video/mp4"),
        (b"\0\0\0\x14ftypavif\0\0\0\0", "image/avif"),
        (b"PK\x03\x04rest", "application/zip"),
        ("Grüße, 漢字\n".encode(), "text/plain"),
        ("漢".encode() * 10 + "漢".encode()[:2], "text/plain"),
        ("hi".encode("utf-16"), "text/plain"),
        (b"\x7fELF\x02\x01\x01\0", "application/octet-stream"),
        (b"ftyp", "text/plain"),
        (b"", "application/octet-stream"),
    ],
)
def test_files_are_known_by_their_first_bytes(head: bytes, mime: str) -> None:
    """Issue: sniffing by magic bytes, never by name; the last character of a head may be cut in two."""
    assert kind_of(head[:4096]).mime == mime


def test_a_kind_says_how_names_of_its_files_end() -> None:
    """A name whose suffix claims something else gets the right one."""
    assert suffixes_of("image/jpeg")[0] == ".jpg"
    assert suffixes_of("text/plain") == suffixes_of("nothing/known") == ()
    assert (TEXT.family, UNKNOWN.family) == (Family.DOCUMENT, Family.FILE)
