"""What is kept of the files of a row that may be our own."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.making import inbound

from openclaw.domain.messages import Attachment
from openclaw.store.told_files import read, written

CAME = (Attachment("a.png", "/x/a.png", "image/png", 12, missing=False),)


@pytest.mark.parametrize("from_me", [True, None])
def test_names_and_sizes_of_what_may_be_ours_are_kept(from_me: bool | None) -> None:
    """They are what a file is known by; where it lies on the phone is not needed for that."""
    kept = written(replace(inbound(1, "", from_me=from_me), attachments=CAME))
    assert read(kept) == (Attachment("a.png", "", "", 12, missing=False),)


def test_of_others_nothing_is_kept() -> None:
    """Their files are not told on from here."""
    assert written(replace(inbound(1, ""), attachments=CAME)) is None
    assert written(inbound(1, "", from_me=True)) is None
    assert read(None) == ()
