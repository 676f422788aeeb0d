"""Texts in the form in which two copies of one message are compared."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openclaw.domain.messages import canonical_text, is_undecoded


@pytest.mark.parametrize(
    ("seen", "said"),
    [
        ("cafe\u0301", "café"),
        ("a  b\n\tc ", "a b c"),
        ("\ufffcphoto", "photo"),
        ("\x00\x01hello\ufffd", "hello"),
        ("line\u2028two", "line two"),
        ("zero\u200bwidth\ufeff", "zerowidth"),
        ("e\u200b\u0301", "é"),
    ],
)
def test_copies_of_one_message_compare_equal(seen: str, said: str) -> None:
    """Composition, noise of the decoder and white space do not count (demand A4)."""
    assert canonical_text(seen) == canonical_text(said) == said


@pytest.mark.parametrize("text", ["", " \n", "\ufffc", "\x00\x1f"])
def test_noise_alone_is_the_empty_text(text: str) -> None:
    """A body of placeholders has no words to compare."""
    assert canonical_text(text) == ""


@given(st.text())
def test_the_canonical_form_is_stable(text: str) -> None:
    """Canonical twice is canonical once; else a stored form and a fresh one would differ."""
    once = canonical_text(text)

    assert canonical_text(once) == once


@given(st.text(), st.sampled_from(["\x00", "\ufffc", "\u200b"]), st.integers(0, 20))
def test_noise_anywhere_changes_nothing(text: str, noise: str, at: int) -> None:
    """A placeholder slipped in by the phone does not make another message (demand A4)."""
    assert canonical_text(text[:at] + noise + text[at:]) == canonical_text(text)


def test_a_raw_blob_is_recognised() -> None:
    """imsg hands over the archive itself when it cannot decode it (imsg contract 3.5)."""
    assert is_undecoded("\x04\x0bstreamtyped\x81\xe8\x03\x84\x01@")
    assert not is_undecoded("I read about the word in a long text on archives: streamtyped")
