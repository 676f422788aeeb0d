"""The fence: nothing that it lets through lies outside of its folder."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openclaw.agents.acp.fence import Fence

_PART = st.one_of(
    st.sampled_from(["..", ".", "", "inside", "out", "up", "loop", "deep", "file", "~", "a\x00b", "\ud800"]),
    st.text(max_size=6),
)
_PATH = st.builds(
    lambda start, parts: start + "/".join(parts), st.sampled_from(["", "/", "ROOT/"]), st.lists(_PART)
)


@pytest.fixture(scope="module")
def root() -> str:
    """A folder with links to everywhere."""
    top = Path(tempfile.mkdtemp()).resolve()
    found = top / "fence"
    (found / "inside" / "deep").mkdir(parents=True)
    (top / "other").mkdir()
    (found / "file").write_text("x")
    (found / "out").symlink_to(top / "other")
    (found / "up").symlink_to("..")
    (found / "loop").symlink_to("loop")
    (found / "inside" / "back").symlink_to("../inside")
    return str(found)


@given(path=_PATH)
def test_what_is_accepted_lies_inside(root: str, path: str) -> None:
    """Whatever the path is made of: links, dots, zero bytes, half characters."""
    found = Fence(Path(root)).inside(path.replace("ROOT", root))
    if found is not None:
        assert os.path.realpath(found) == str(found)
        assert os.path.commonpath([root, str(found)]) == root


@pytest.mark.parametrize(
    ("path", "where"),
    [
        ("file", "file"),
        ("inside/new/not-there-yet", "inside/new/not-there-yet"),
        ("inside/../file", "file"),
        ("inside/back/deep", "inside/deep"),
        ("ROOT/file", "file"),
        (".", ""),
        ("..", None),
        ("../fence2/file", None),
        ("ROOT2/file", None),
        ("out/file", None),
        ("up/fence/../other", None),
        ("up/fence/file", "file"),
        ("/etc/passwd", None),
        ("loop", None),
        ("", None),
        ("a\x00b", None),
        ("\ud800", None),
    ],
)
def test_links_are_followed_and_neighbours_are_outside(root: str, path: str, where: str | None) -> None:
    """A name that only begins like the folder is not in it; a link out of it leads out of it."""
    found = Fence(Path(root)).inside(path.replace("ROOT", root))
    assert found == (None if where is None else Path(root) / where)
