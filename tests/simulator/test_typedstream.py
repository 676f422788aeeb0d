"""The archive of a styled text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openclaw.simulator import typedstream


def test_a_short_text_has_the_layout_of_a_real_archive() -> None:
    """Header, class chain, type `+`, length and UTF-8, then the run `iI` (imsg contract 3.5)."""
    archive = typedstream.encode("Hello")
    assert archive.startswith(
        b"\x04\x0bstreamtyped\x81\xe8\x03\x84\x01@\x84\x84\x84\x12NSAttributedString\x00"
    )
    assert (
        b"\x84\x84\x08NSObject\x00\x85\x92\x84\x84\x84\x08NSString\x01\x94\x84\x01+\x05Hello\x86\x84\x02iI"
        in archive
    )
    assert archive.endswith(b"\x86\x86\x86")


@pytest.mark.parametrize(
    ("length", "prefix"),
    [
        (1, b"\x01"),
        (127, b"\x7f"),
        (128, b"\x81\x80\x00"),
        (65535, b"\x81\xff\xff"),
        (65536, b"\x82\x00\x00\x01\x00"),
    ],
)
def test_lengths_are_one_two_or_four_bytes_little_endian(length: int, prefix: bytes) -> None:
    """Below 0x80 one byte; 0x81 and 16 bits; 0x82 and 32 bits (imsg contract 3.5)."""
    assert b"\x84\x01+" + prefix + b"a" * length + b"\x86\x84\x02iI" in typedstream.encode("a" * length)


def test_the_run_counts_utf16_units() -> None:
    """The run after the string covers all of it, in the units of NSString (imsg contract 3.5)."""
    assert b"\x86\x84\x02iI\x01\x03\x92" in typedstream.encode("a🎉")


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_every_text_comes_back(text: str) -> None:
    """What `encode` writes, `decode` reads, U+2184 and leading newlines included."""
    assert typedstream.decode(typedstream.encode(text)) == text


@given(st.binary(max_size=80))
def test_what_is_no_archive_gives_nothing(data: bytes) -> None:
    """Bytes without the header are no text."""
    assert typedstream.decode(data) is None


def test_an_archive_that_is_cut_short_gives_nothing() -> None:
    """A length beyond the end of the bytes is damage, not a shorter text."""
    archive = typedstream.encode("a" * 200)
    assert typedstream.decode(archive[: archive.index(b"aaa") + 10]) is None
    assert typedstream.decode(archive[: archive.index(b"\x84\x01+") + 3]) is None
