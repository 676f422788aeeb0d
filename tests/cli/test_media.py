"""Files that are named on the command line."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.media import samples

from openclaw.cli.media import described, path_of, shelved
from openclaw.errors import FileRefused
from openclaw.outbound.shelf import Shelf


def test_each_is_copied_in_its_order(tmp_path: Path) -> None:
    """By its path, or as a file: address of this machine."""
    (tmp_path / "a b.txt").write_text("one")
    (tmp_path / "c").write_bytes(b"%PDF-1.7")
    named = [str(tmp_path / "a b.txt"), f"file://{tmp_path}/c"]
    copies = shelved(Shelf.of(tmp_path), named, 1)
    assert [(copy.name, copy.mime_type) for copy in copies] == [
        ("a b.txt", "text/plain"),
        ("c.pdf", "application/pdf"),
    ]


def test_when_one_fails_none_is_kept(tmp_path: Path) -> None:
    """Half of what was meant is not sent."""
    (tmp_path / "a").write_text("one")
    shelf = Shelf.of(tmp_path)
    for wrong in (
        "missing",
        "",
        str(tmp_path),
        "/dev/null",
        "file://example.com/a",
        "ftp://x/y",
        "http://127.0.0.1/a",
    ):
        with pytest.raises(FileRefused):
            shelved(shelf, [str(tmp_path / "a"), wrong], 1)
        assert list(shelf.root.iterdir()) == []
    with pytest.raises(FileRefused, match="at most 10"):
        shelved(shelf, ["a"] * 11, 1)


def test_a_description_fetches_and_copies_nothing(tmp_path: Path) -> None:
    """Demand K6: a dry run does nothing."""
    (tmp_path / "a").write_text("one")
    said = described([str(tmp_path / "a"), "https://user-less.example/b.png?secret=1"], 1)
    assert said == [
        f"{tmp_path}/a (3 bytes)",
        "https://user-less.example/b.png (not fetched now; at most 1 MB)",
    ]
    (tmp_path / "empty").touch()
    (tmp_path / "big").write_bytes(b"x" * 2000)
    for wrong, limit in (("empty", 1), ("big", 0.001)):
        with pytest.raises(FileRefused):
            described([str(tmp_path / wrong)], limit)


def test_a_picture_over_the_limit_is_made_smaller(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Between others, in its place, and the operator is told; a dry run says so and makes nothing."""
    (tmp_path / "a").write_text("one")
    (tmp_path / "photo.png").write_bytes(samples.heavy_png(400, 400))
    named, shelf = [str(tmp_path / "photo.png"), str(tmp_path / "a")], Shelf.of(tmp_path)
    said = described(named, 0.05)
    assert "a smaller picture of at most 0.05 MB" in said[0]
    assert not shelf.root.exists()
    copies = shelved(shelf, named, 0.05)
    assert [copy.name for copy in copies] == ["photo.jpg", "a.txt"]
    assert "photo.png is larger than 0.05 MB; sent is a smaller picture, photo.jpg" in capsys.readouterr().err
    assert len(list(shelf.root.iterdir())) == 2


def test_a_home_directory_is_the_users(monkeypatch: pytest.MonkeyPatch) -> None:
    """As the shell would have it, had the path not been in quotes."""
    monkeypatch.setenv("HOME", "/home/ann")
    assert path_of("~/a.png") == "/home/ann/a.png"
    assert path_of("FILE:///tmp/a%20b") == "/tmp/a b"
