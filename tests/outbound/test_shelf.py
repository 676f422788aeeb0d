"""Copies of what leaves: whole, private, and found by nothing but their id."""

from __future__ import annotations

import itertools
import os
import socket
import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openclaw.errors import FileRefused
from openclaw.outbound.shelf import MEGABYTE, Shelf, blocks_of, id_of, open_regular

PNG = b"\x89PNG\r\n\x1a\n" + b"x" * 100


def test_a_copy_is_private_named_and_described_by_its_content(tmp_path: Path) -> None:
    """0600 in 0700; the type by what is in it, the name made safe."""
    shelf = Shelf.of(tmp_path)
    file = shelf.put("../map", [PNG[:5], PNG[5:]], 1)
    path = Path(file.path)
    assert (file.name, file.mime_type, file.size) == ("map.png", "image/png", len(PNG))
    assert path.read_bytes() == PNG
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == stat.S_IMODE(shelf.root.stat().st_mode) == 0o700
    assert shelf.find(id_of(file)) == file


@pytest.mark.parametrize(
    ("blocks", "words"), [([], "is empty"), ([b""], "is empty"), ([b"x" * 1024] * 1025, "1 MB")]
)
def test_what_is_empty_or_too_large_leaves_nothing_behind(
    tmp_path: Path, blocks: list[bytes], words: str
) -> None:
    """The limit holds while the bytes come, whatever was said of their number before (demand J7)."""
    shelf = Shelf.of(tmp_path)
    with pytest.raises(FileRefused, match=words):
        shelf.put("a", blocks, 1)
    assert list(shelf.root.iterdir()) == []


@given(st.text(max_size=90))
def test_no_id_leads_anywhere_else(id_: str) -> None:
    """Whoever sends ids can have no other file opened (demand N: ids are opaque and generated)."""
    assert Shelf(Path("/")).find(id_) is None


def test_an_id_of_another_place_is_none(tmp_path: Path) -> None:
    """Not even a folder beside, nor a link in the place of the copy."""
    shelf = Shelf.of(tmp_path)
    file = shelf.put("a.txt", [b"x"], 1)
    assert shelf.find(f"../outbound/{id_of(file)}") is None
    path = Path(file.path)
    path.unlink()
    path.symlink_to("/etc/passwd")
    assert shelf.find(id_of(file)) is None


def test_only_what_is_old_and_not_needed_is_cleared(tmp_path: Path) -> None:
    """Also what a command that died left half made."""
    shelf = Shelf.of(tmp_path)
    needed, old, fresh = (shelf.put(f"{name}.txt", [b"x"], 1) for name in ("needed", "old", "fresh"))
    half = shelf.root / "0011223344556677.part"
    half.mkdir()
    for folder in (Path(needed.path).parent, Path(old.path).parent, half):
        os.utime(folder, (1000, 1000))
    assert shelf.clear({needed.path}.__contains__, 2000) == 2
    assert [Path(file.path).exists() for file in (needed, old, fresh)] == [True, False, True]
    assert not half.exists()
    assert Shelf.of(tmp_path / "nowhere").clear(lambda path: False, 2000) == 0


def test_folders_pipes_sockets_and_links_are_refused(tmp_path: Path) -> None:
    """A named pipe would be waited for, and a device has no end."""
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "link").symlink_to("/etc/passwd")
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(tmp_path / "socket"))
    for path in (
        str(tmp_path),
        str(tmp_path / "pipe"),
        str(tmp_path / "socket"),
        "/dev/zero",
        "/nowhere",
        "a\0b",
    ):
        with pytest.raises(FileRefused):
            open_regular(path, follow_links=True)
    with pytest.raises(FileRefused):
        open_regular(str(tmp_path / "link"), follow_links=False)


def test_a_file_that_grows_is_cut_off_at_the_limit(tmp_path: Path) -> None:
    """Reading is bounded, not only the size at the beginning (demand J7)."""
    path = tmp_path / "log"
    path.write_bytes(b"x" * (1024 * 1024 + 1))
    descriptor = open_regular(str(path), follow_links=False)
    with pytest.raises(FileRefused, match="larger than 1 MB"):
        Shelf.of(tmp_path).put("log", blocks_of(descriptor), 1)
    os.close(descriptor)


def test_a_picture_may_lie_here_over_the_limit_for_whoever_makes_it_smaller(tmp_path: Path) -> None:
    """What it is shows in it, not in its name; a GIF is nothing that could be made smaller, and there is an end."""
    shelf = Shelf.of(tmp_path)
    assert shelf.put("a", [PNG * 20], 0.001, will_fit=True).size == len(PNG) * 20
    for head in (b"GIF89a", b"plain text", b"%PDF-1.7"):
        with pytest.raises(FileRefused, match="mediaMaxMb"):
            shelf.put("a.png", [head + b"x" * 2000], 0.001, will_fit=True)
    with pytest.raises(FileRefused, match="not made smaller"):
        shelf.put("a", itertools.chain([PNG], itertools.repeat(b"x" * MEGABYTE)), 1, will_fit=True)
    assert len(list(shelf.root.iterdir())) == 1
