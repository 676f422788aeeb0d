"""No accepted path lies outside of its roots."""

from __future__ import annotations

import posixpath
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openclaw.imessage.roots import Outside, Within, judge_path

DEFAULT = ("/Users/*/Library/Messages/Attachments",)
INSIDE = "/Users/ann/Library/Messages/Attachments"


@pytest.mark.parametrize(
    "path",
    [
        f"{INSIDE}/ab/11/at_0/IMG 0001.HEIC",
        f"{INSIDE}//ab/./x.jpg",
        f"{INSIDE}/ab/../x.jpg",
        f"/Users/{'n' * 255}/Library/Messages/Attachments/x",
        f"{INSIDE}/new\nline $(x) `y` *.jpg",
    ],
)
def test_what_lies_below_a_root_is_accepted_whatever_its_name(path: str) -> None:
    """The default root of the requirements; names are data."""
    assert judge_path(path, DEFAULT) == Within(posixpath.normpath(path), DEFAULT[0])


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        (INSIDE, "outside"),
        (f"{INSIDE}/../chat.db", "outside"),
        (f"{INSIDE}/a/../../../Mail/x", "outside"),
        (f"{INSIDE}-old/x.jpg", "outside"),
        ("/Users/ann/bob/Library/Messages/Attachments/x", "outside"),
        ("/Users/Library/Messages/Attachments/x", "outside"),
        ("/users/ann/library/messages/attachments/x", "outside"),
        ("/Users/../Users/ann/../../etc/passwd", "outside"),
        (f"{INSIDE}/x\0.jpg", "zero character"),
        ("Library/Messages/Attachments/x", "absolute"),
        ("~/Library/Messages/Attachments/x", "absolute"),
        ("", "absolute"),
        (f"{INSIDE}/{'n' * 256}", "longer than 255"),
        (f"{INSIDE}/{'é' * 128}", "longer than 255"),
        (f"{INSIDE}/{'d/' * 2100}x", "longer than 4096"),
    ],
)
def test_what_does_not_is_refused_with_the_reason(path: str, reason: str) -> None:
    """Traversal, look-alikes of a prefix, one segment too many or too few, case, zero bytes, very long names."""
    found = judge_path(path, DEFAULT)

    assert isinstance(found, Outside)
    assert reason in found.reason


def test_a_root_of_the_whole_disk_and_no_root_at_all_accept_nothing() -> None:
    """Deny in doubt; the configuration refuses such roots too."""
    assert isinstance(judge_path("/etc/passwd", ["/"]), Outside)
    assert isinstance(judge_path("/etc/passwd", [""]), Outside)
    assert isinstance(judge_path(f"{INSIDE}/x", []), Outside)


SEGMENT = st.sampled_from(["a", "b", "..", ".", "", "A", "*", "a*", "ab", "a b"])
PATH = st.lists(SEGMENT, max_size=9).map(lambda parts: "/" + "/".join(parts))
ROOT = st.lists(st.sampled_from(["a", "b", "*", "ab"]), max_size=3).map(lambda parts: "/" + "/".join(parts))


@given(PATH, st.lists(ROOT, max_size=3))
def test_no_accepted_path_lies_outside_of_its_roots(path: str, roots: list[str]) -> None:
    """An oracle of another make: a regular expression over what the system's own rules make of the path."""
    found = judge_path(path, roots)

    real = posixpath.normpath(path).replace("//", "/")
    patterns = [
        "".join(f"/{'[^/]+' if s == '*' else re.escape(s)}" for s in r.split("/") if s) for r in roots
    ]
    inside = [
        root
        for root, pattern in zip(roots, patterns, strict=True)
        if pattern and re.match(pattern + "/.", real)
    ]
    assert isinstance(found, Within) == bool(inside)
    if isinstance(found, Within):
        assert found.root in inside
        assert ".." not in found.path.split("/")
