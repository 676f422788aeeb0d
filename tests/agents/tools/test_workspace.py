"""The fence around an agent's folder, against every trick with a path that we know of."""

from __future__ import annotations

import os
import stat
import tempfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openclaw.agents.tools.workspace import MAX_FILE_BYTES, Workspace
from openclaw.errors import ToolFailed

SECRET = b"the secret outside"


def _house(tmp: Path) -> Workspace:
    """A workspace with a file, links to the outside and odd things; a secret lies beside it."""
    (tmp / "secret.txt").write_bytes(SECRET)
    (tmp / "beside").mkdir()
    (tmp / "beside" / "secret.txt").write_bytes(SECRET)
    root = tmp / "work"
    (root / "notes").mkdir(parents=True)
    (root / "notes" / "a.txt").write_bytes(b"inside")
    (root / "link.txt").symlink_to(tmp / "secret.txt")
    (root / "out").symlink_to(tmp / "beside")
    (root / "up").symlink_to("..")
    (root / "own").symlink_to("notes")
    os.mkfifo(root / "pipe")
    return Workspace(root)


TRICKS = (
    "../secret.txt",
    "notes/../../secret.txt",
    "./../secret.txt",
    "notes/..",
    "/etc/passwd",
    "//etc/passwd",
    "link.txt",
    "out/secret.txt",
    "up/secret.txt",
    "up/work/../secret.txt",
    "own/a.txt",
    "pipe",
    "/dev/zero",
    "/dev/stdin",
    "/proc/self/environ",
    "secret.txt\0",
    "notes/a.txt\0.png",
    "~/secret.txt",
    "~root/.ssh/id_rsa",
    "file:///etc/passwd",
    "..\\secret.txt",
    "%2e%2e/secret.txt",
    "..%2fsecret.txt",
    "notes/a.txt/../../../secret.txt",
    "notes/a.txt/x",
    "",
    ".",
    "/",
    "x" * 300,
    "a/" * 600 + "b",
    "\ud800",
    "．．/secret.txt",
)


@pytest.mark.parametrize("path", TRICKS, ids=ascii)
def test_no_trick_reads_what_lies_outside(tmp_path: Path, path: str) -> None:
    """Upwards, absolute, through links, devices, NUL: refused, in words that name nothing of the machine (design 8)."""
    workspace = _house(tmp_path)
    with pytest.raises(ToolFailed) as caught:
        workspace.read(path)
    assert str(tmp_path) not in str(caught.value).replace(path, "")


@pytest.mark.parametrize("path", TRICKS, ids=ascii)
def test_no_trick_writes_outside(tmp_path: Path, path: str) -> None:
    """What is written lands below the root or nowhere; what lies outside stays as it was."""
    workspace = _house(tmp_path)
    outside = {found for found in tmp_path.rglob("*") if not found.is_relative_to(workspace.root)}
    with suppress(ToolFailed):
        workspace.write(path, b"new")
    assert {found for found in tmp_path.rglob("*") if not found.is_relative_to(workspace.root)} == outside
    assert (tmp_path / "secret.txt").read_bytes() == SECRET
    assert (tmp_path / "beside" / "secret.txt").read_bytes() == SECRET


def test_an_absolute_path_inside_is_the_same_file(tmp_path: Path) -> None:
    """A model that was told where its workspace is may say so; the root itself may be a link."""
    workspace = _house(tmp_path)
    (tmp_path / "alias").symlink_to(workspace.root)
    assert workspace.read(f"{workspace.root}/notes/a.txt") == b"inside"
    aliased = Workspace(tmp_path / "alias")
    assert aliased.read(f"{workspace.root}/notes/a.txt") == aliased.read(" notes//./a.txt ") == b"inside"


def test_the_workspace_is_made_for_its_owner_alone(tmp_path: Path) -> None:
    """0700 for folders, 0600 for files, made when first needed (design: directories 0700)."""
    workspace = Workspace(tmp_path / "fresh")
    assert workspace.entries(".", 10) == ([], False)
    workspace.write("deep/er/note.txt", b"hello")
    modes = [stat.S_IMODE(found.stat().st_mode) for found in (workspace.root, workspace.root / "deep/er")]
    assert modes == [0o700, 0o700]
    assert stat.S_IMODE((workspace.root / "deep/er/note.txt").stat().st_mode) == 0o600
    assert workspace.read("deep/er/note.txt") == b"hello"


def test_writing_replaces_whole_and_leaves_nothing_beside(tmp_path: Path) -> None:
    """A file is the old one or the new one; other names of the old one keep it."""
    workspace = _house(tmp_path)
    os.link(workspace.root / "notes/a.txt", tmp_path / "other-name")
    workspace.write("notes/a.txt", b"changed")
    assert workspace.read("notes/a.txt") == b"changed"
    assert (tmp_path / "other-name").read_bytes() == b"inside"
    assert [entry.name for entry in workspace.entries("notes", 10)[0]] == ["a.txt"]


@pytest.mark.parametrize(
    ("act", "says"),
    [
        (lambda one: one.read("gone.txt"), "does not exist"),
        (lambda one: one.read("notes"), "is a folder"),
        (lambda one: one.write("notes", b""), "is no file"),
        (lambda one: one.write("notes/a.txt/b", b""), "no folder"),
        (lambda one: one.write("link.txt", b""), "is no file"),
        (lambda one: one.write("big", b"x" * (MAX_FILE_BYTES + 1)), "at most"),
        (lambda one: one.entries("gone", 1), "does not exist"),
        (lambda one: one.entries("out", 1), "link"),
    ],
)
def test_what_cannot_be_done_says_why(tmp_path: Path, act: Callable[[Workspace], object], says: str) -> None:
    """The model reads the reason and may choose another name (style 21)."""
    with pytest.raises(ToolFailed, match=says):
        act(_house(tmp_path))


def test_a_file_that_is_too_large_is_not_read(tmp_path: Path) -> None:
    """A sparse file of a terabyte costs nothing to make and everything to read (style 25)."""
    workspace = _house(tmp_path)
    with (workspace.root / "huge").open("wb") as huge:
        huge.truncate(MAX_FILE_BYTES + 1)
    with pytest.raises(ToolFailed, match="at most"):
        workspace.read("huge")


def test_a_listing_shows_no_links_and_no_more_than_asked_for(tmp_path: Path) -> None:
    """Sizes of files, folders as folders, and whether there is more."""
    workspace = _house(tmp_path)
    shown, more = workspace.entries(".", 1)
    assert ([entry.name for entry in shown], more) == (["notes"], True)
    assert [(entry.name, entry.size) for entry in workspace.entries("notes", 9)[0]] == [("a.txt", 6)]


PIECES = st.sampled_from(
    [
        "..",
        ".",
        "",
        "notes",
        "out",
        "up",
        "own",
        "link.txt",
        "secret.txt",
        "beside",
        "a.txt",
        "~",
        "work",
        "pipe",
    ]
)
PATHS = st.one_of(
    st.lists(PIECES, max_size=8).map("/".join),
    st.lists(PIECES, max_size=6).map(lambda parts: "/" + "/".join(parts)),
    st.text(max_size=40),
)


@given(PATHS)
def test_no_path_at_all_leads_outside(path: str) -> None:
    """Whatever is accepted was below the root by the system's own reckoning (design 8: never outside)."""
    with tempfile.TemporaryDirectory() as folder:
        tmp = Path(os.path.realpath(folder))
        workspace = _house(tmp)
        before = {
            found: found.stat().st_mtime_ns for found in (tmp / "secret.txt", tmp / "beside/secret.txt")
        }
        with suppress(ToolFailed):
            assert workspace.read(path) != SECRET
        with suppress(ToolFailed):
            workspace.write(path, b"new")
        assert {found: found.stat().st_mtime_ns for found in before} == before
        assert sorted(found.name for found in tmp.iterdir()) == ["beside", "secret.txt", "work"]
        assert [found.name for found in (tmp / "beside").iterdir()] == ["secret.txt"]
