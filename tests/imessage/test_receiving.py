"""A file that comes in pieces is whole, or not there."""

from __future__ import annotations

import stat
from collections.abc import AsyncGenerator
from pathlib import Path

import pytest

from openclaw.errors import PhoneFileFailed
from openclaw.imessage.files import Fault
from openclaw.imessage.receiving import received


async def pieces(*sizes: int) -> AsyncGenerator[bytes]:
    for size in sizes:
        yield b"x" * size


async def test_it_is_put_in_its_place_once_it_was_judged(tmp_path: Path) -> None:
    """Nobody ever sees a part of it, and nobody else reads it."""
    into = tmp_path / "photo.jpg"
    async with received(into, pieces(3, 4), 7) as size:
        assert (size, into.exists()) == (7, False)
    assert into.read_bytes() == b"x" * 7
    assert stat.S_IMODE(into.stat().st_mode) == 0o600
    assert [each.name for each in tmp_path.iterdir()] == ["photo.jpg"]


async def test_the_limit_holds_while_it_comes(tmp_path: Path) -> None:
    """Demand J7: what was announced is not believed."""
    with pytest.raises(PhoneFileFailed) as failed:
        async with received(tmp_path / "x", pieces(3, 4, 1), 7):
            raise AssertionError

    assert (failed.value.fault, failed.value.again) == (Fault.TOO_LARGE, False)
    assert not list(tmp_path.iterdir())


async def test_a_verdict_against_it_leaves_what_was_there(tmp_path: Path) -> None:
    """An older copy is not lost to a newer half."""
    into = tmp_path / "x"
    into.write_bytes(b"before")
    with pytest.raises(PhoneFileFailed):
        async with received(into, pieces(3), 7):
            raise PhoneFileFailed("it grows", fault=Fault.GROWING, again=True)

    assert into.read_bytes() == b"before"
    assert [each.name for each in tmp_path.iterdir()] == ["x"]
