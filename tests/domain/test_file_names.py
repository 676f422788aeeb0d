"""Names that strangers gave become names of ours."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openclaw.domain.file_names import LONGEST_NAME_BYTES, safe_name


@pytest.mark.parametrize(
    ("given_name", "safe"),
    [
        ("IMG 0001.HEIC", "IMG 0001.HEIC"),
        ("../../etc/passwd", "_._etc_passwd"),
        ("..", "file"),
        ("", "file"),
        ("con.txt", "_con.txt"),
        ("LPT1", "_LPT1"),
        ("a\u202egnp.exe", "agnp.exe"),
        ("a\nb\0c", "abc"),
        (".bashrc", "bashrc"),
        ("$(rm) `x`", "_(rm) _x_"),
        ("e\u0301.txt", "é.txt"),
    ],
)
def test_a_name_is_no_path_and_hides_nothing(given_name: str, safe: str) -> None:
    """Issue: no control characters, direction marks, path separators, reserved names."""
    assert safe_name(given_name) == safe


def test_a_suffix_claims_nothing_else() -> None:
    """What is a JPEG is not called anything that another program would run or open."""
    assert safe_name("photo.exe", (".jpg", ".jpeg")) == "photo.exe.jpg"
    assert safe_name("photo.JPEG", (".jpg", ".jpeg")) == "photo.JPEG"


@given(st.text(max_size=400), st.sampled_from([(), (".jpg",)]))
def test_any_name_becomes_one_that_every_disk_takes(given_name: str, suffixes: tuple[str, ...]) -> None:
    """Whatever a phone tells, lone surrogates included."""
    name = safe_name(given_name, suffixes)

    assert name.strip(" .") == name
    assert 0 < len(name.encode()) <= LONGEST_NAME_BYTES
    assert "/" not in name
    assert all(unicodedata.category(each) not in ("Cc", "Cf", "Cs") for each in name)
    assert name.endswith(suffixes) if suffixes else True
