"""How releases of imsg read bodies."""

from __future__ import annotations

import pytest

from openclaw.simulator import bodies, typedstream
from openclaw.simulator.versions import version


@pytest.mark.parametrize("number", ["0.3.0", "0.5.0", "0.6.0", "0.7.0", "0.8.0", "0.9.0"])
def test_a_body_below_32_bytes_is_read_right_by_all(number: str) -> None:
    """Text quality by version (imsg contract 1.10)."""
    assert bodies.read(typedstream.encode("short enough"), version(number)) == "short enough"


def test_a_body_of_128_bytes_is_garbled_up_to_0_6() -> None:
    """Releases to 0.6 leave the length in front as junk (imsg contract 1.10)."""
    read = bodies.read(typedstream.encode("b" * 128), version("0.6.0"))
    assert read != "b" * 128
    assert read.endswith("b" * 128)
    assert len(read) - 128 <= 3


def test_a_body_of_32_to_126_bytes_has_a_stray_character_in_0_7() -> None:
    """0.7 leaves the length, which is printable there (imsg contract 1.10)."""
    assert bodies.read(typedstream.encode("c" * 32), version("0.7.2")) == " " + "c" * 32
    assert bodies.read(typedstream.encode("c" * 126), version("0.7.2")) == "~" + "c" * 126
    assert bodies.read(typedstream.encode("c" * 128), version("0.7.2")) == "c" * 128


@pytest.mark.parametrize("length", [1, 127, 128, 8191])
def test_bodies_to_8191_bytes_are_right_from_0_8(length: int) -> None:
    """0.8 reads bodies of up to 8191 bytes (imsg contract 3.5)."""
    assert bodies.read(typedstream.encode("d" * length), version("0.8.0")) == "d" * length


def test_a_longer_body_keeps_one_stray_character() -> None:
    """The high byte of a 16-bit length from 0x20 on is printable (imsg contract 3.5)."""
    assert bodies.read(typedstream.encode("F" * 8588), version("0.9.0")) == "!" + "F" * 8588


@pytest.mark.parametrize("text", ["", "a ↄ b"])
def test_what_the_decoder_cannot_cut_out_comes_as_the_raw_archive(text: str) -> None:
    """An empty text, and one with the bytes 86 84 inside, give a text that starts `streamtyped` (3.5)."""
    assert bodies.read(typedstream.encode(text), version("0.9.0")).startswith("streamtyped")


def test_leading_newlines_are_lost() -> None:
    """Control characters in front are dropped (imsg contract 3.5)."""
    assert bodies.read(typedstream.encode("\n\thello"), version("0.9.0")) == "hello"


def test_utf16_is_known_from_0_6() -> None:
    """A body that starts FF FE is UTF-16 (imsg contract 1.10, 3.5)."""
    archive = b"\xff\xfe" + "grüß".encode("utf-16-le")
    assert bodies.read(archive, version("0.6.0")) == "grüß"
    assert bodies.read(archive, version("0.5.0")) != "grüß"
