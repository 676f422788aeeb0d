"""Which paths of attachments may be read: those below a root. The same for this machine and for another Mac. Pure.

A path is judged by its segments, after `.` and `..` are resolved; a root's ``*`` stands for exactly one segment
(behaviour facts D 10). Links are not seen here: the path that a machine says it really is must be judged again.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterable
from dataclasses import dataclass

# macOS and Linux know no longer ones; a text beyond them is no path of a file.
LONGEST_PATH = 4096
LONGEST_NAME = 255


@dataclass(frozen=True, slots=True)
class Within:
    """``path`` is normalised, and below ``root``."""

    path: str
    root: str


@dataclass(frozen=True, slots=True)
class Outside:
    """Why the path may not be read."""

    reason: str


def judge_path(path: str, roots: Iterable[str]) -> Within | Outside:
    """Whether ``path`` lies below one of ``roots``; a root itself is a folder and no attachment.

    Upper and lower case are told apart: on a disk that does not, the machine's own spelling is what is judged last.
    """
    if "\0" in path:
        return Outside("it holds a zero character")
    if not path.startswith("/"):
        return Outside("it is not an absolute path")
    if len(path.encode("utf-8", "surrogateescape")) > LONGEST_PATH:
        return Outside(f"it is longer than {LONGEST_PATH} bytes")
    segments = _segments(path)
    if any(len(segment.encode("utf-8", "surrogateescape")) > LONGEST_NAME for segment in segments):
        return Outside(f"a name in it is longer than {LONGEST_NAME} bytes")
    listed = tuple(roots)
    for root in listed:
        if _is_below(segments, _segments(root)):
            return Within("/" + "/".join(segments), root)
    return Outside(f"it is outside of the allowed folders ({', '.join(listed) or 'none'})")


def _segments(path: str) -> list[str]:
    return [segment for segment in posixpath.normpath(path).split("/") if segment]


def _is_below(segments: list[str], root: list[str]) -> bool:
    if not root or len(segments) <= len(root):
        return False
    return all(wanted in ("*", segment) for wanted, segment in zip(root, segments, strict=False))
