"""Files of a Mac that is this machine: only from below the roots, whole or not at all."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from openclaw.imessage.files import Fault, Fetched, NotFetched, Staged
from openclaw.imessage.local_files import LocalFiles

LIMIT = 1000


@pytest.fixture
def roof(tmp_path: Path) -> Path:
    """An allowed folder for attachments, ``Users/ann/Attachments``."""
    folder = tmp_path / "Users" / "ann" / "Attachments"
    folder.mkdir(parents=True)
    return folder


def files(tmp_path: Path) -> LocalFiles:
    """The files below ``Users/*/Attachments``."""
    return LocalFiles([f"{tmp_path}/Users/*/Attachments"])


async def fetched(tmp_path: Path, path: Path | str, limit: int = LIMIT) -> Fetched | NotFetched:
    """What comes of one try; nothing half done may be left."""
    target = tmp_path / "here" / "incoming"
    target.parent.mkdir(exist_ok=True)
    outcome = await files(tmp_path).fetch(str(path), target, limit)
    assert os.listdir(target.parent) == (["incoming"] if isinstance(outcome, Fetched) else [])
    return outcome


async def test_a_file_below_a_root_is_copied_for_us_alone(tmp_path: Path, roof: Path) -> None:
    """The copy is ours: 0600, and untouched by what becomes of the phone's."""
    photo = roof / "ab" / "IMG 1.heic"
    photo.parent.mkdir()
    photo.write_bytes(b"pixels")

    assert await fetched(tmp_path, photo) == Fetched(6, str(photo))
    assert (tmp_path / "here" / "incoming").read_bytes() == b"pixels"
    assert stat.S_IMODE((tmp_path / "here" / "incoming").stat().st_mode) == 0o600


async def test_links_that_lead_out_are_not_followed(tmp_path: Path, roof: Path) -> None:
    """Ruling 7: checked after links are resolved; the reason names path, target and key."""
    (tmp_path / "secret").write_text("key")
    (roof / "photo.jpg").symlink_to(tmp_path / "secret")
    (roof / "folder").symlink_to(tmp_path)

    for path in (
        roof / "photo.jpg",
        roof / "folder" / "secret",
        tmp_path / "secret",
        f"{roof}/../../../secret",
    ):
        outcome = await fetched(tmp_path, path)
        assert isinstance(outcome, NotFetched)
        assert (outcome.fault, outcome.again) == (Fault.OUTSIDE, False)
        assert "channels.imessage.attachmentRoots" in outcome.reason
        assert str(path) in outcome.reason


async def test_links_inside_and_a_root_that_is_one_are_fine(tmp_path: Path, roof: Path) -> None:
    """On a Mac /var and /tmp are links themselves."""
    (roof / "real.txt").write_text("words")
    (roof / "link.txt").symlink_to(roof / "real.txt")
    (tmp_path / "alias").symlink_to(tmp_path / "Users")
    alias = LocalFiles([f"{tmp_path}/alias/*/Attachments"])

    assert isinstance(await fetched(tmp_path, roof / "link.txt"), Fetched)
    outcome = await alias.fetch(f"{tmp_path}/alias/ann/Attachments/real.txt", tmp_path / "copy", LIMIT)
    assert isinstance(outcome, Fetched)


async def test_what_is_not_there_or_empty_is_tried_again(tmp_path: Path, roof: Path) -> None:
    """iCloud is still bringing it; macOS makes the file before it fills it."""
    (roof / "empty").touch()

    missing, empty = await fetched(tmp_path, roof / "no.jpg"), await fetched(tmp_path, roof / "empty")

    assert isinstance(missing, NotFetched)
    assert isinstance(empty, NotFetched)
    assert [(one.fault, one.again) for one in (missing, empty)] == [
        (Fault.MISSING, True),
        (Fault.GROWING, True),
    ]


async def test_too_large_and_no_file_at_all_are_final(tmp_path: Path, roof: Path) -> None:
    """A folder, or a pipe that nobody writes into, must not hold anybody up."""
    (roof / "large").write_bytes(b"x" * (LIMIT + 1))
    (roof / "folder").mkdir()
    os.mkfifo(roof / "pipe")

    outcomes = [await fetched(tmp_path, roof / name) for name in ("large", "folder", "pipe")]

    assert [one.fault for one in outcomes if isinstance(one, NotFetched)] == [
        Fault.TOO_LARGE,
        Fault.NOT_A_FILE,
        Fault.NOT_A_FILE,
    ]


async def test_a_file_of_ours_is_handed_out_under_its_name(tmp_path: Path) -> None:
    """Where it is, or as a copy beside it that goes when it was sent."""
    ours = tmp_path / "out.jpg"
    ours.write_bytes(b"pixels")
    phone = files(tmp_path)

    as_it_is, renamed = await phone.stage(ours, "out.jpg"), await phone.stage(ours, "beach.jpg")

    assert as_it_is == Staged(str(ours))
    assert isinstance(renamed, Staged)
    assert Path(renamed.path).name == "beach.jpg"
    assert Path(renamed.path).read_bytes() == b"pixels"
    for staged in (as_it_is, renamed):
        await phone.unstage(staged.path)
    assert [one.name for one in tmp_path.iterdir()] == ["out.jpg"]
