"""Reading the log that this program writes: the newest lines of its files, and what is added to them from now on.

Follows the log over its changes of day and size. Knows the names that ``file`` gives; judges no line.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import BinaryIO

from openclaw.config.locations import user_path

_BLOCK = 64 * 1024
# A line is one event; what is longer is none of ours, and is shown in pieces.
_LONGEST_LINE = 4 * 1024 * 1024
_DATED = re.compile(r"openclaw-(?P<day>\d{4}-\d\d-\d\d)(?:\.(?P<number>\d+))?\.log")


def log_files(directory: Path, fixed: str | None = None) -> list[Path]:
    """The files of the log, the oldest first: those set aside, and last the one that is written to.

    ``fixed`` is ``logging.file``; where there is none of it, the gateway may have logged to ``directory`` all the same.
    Empty when nothing was logged yet.
    """
    if fixed is None:
        return _sorted(directory, _DATED)
    path = user_path(fixed)
    aside = re.compile(rf"{re.escape(path.with_suffix('').name)}\.(?P<number>\d+)\.log(?P<day>)")
    current = [path] if path.is_file() else []
    found = [one for one in _sorted(path.parent, aside) if one != path] + current
    return found or _sorted(directory, _DATED)


def last_lines(
    files: Sequence[Path],
    limit: int,
    accept: Callable[[str], bool],
    most_bytes: int,
    end: int | None = None,
) -> list[str]:
    """The newest ``limit`` lines that ``accept`` takes, the oldest first, from the last ``most_bytes`` of ``files``.

    Of the newest file only what stands before ``end`` counts, when it is given.
    """
    found: list[str] = []
    left = most_bytes
    for path in reversed(files):
        for line in _backwards(path, left, end if path == files[-1] else None):
            left -= len(line) + 1
            text = line.decode("utf-8", "replace")
            if text and accept(text):
                found.append(text)
            if len(found) >= limit:
                return found[::-1]
        if left <= 0:
            break
    return found[::-1]


class Follower:
    """Tells what is added to a log. Begins at its end; close it with :meth:`close`.

    ``position`` is where it began in the file that was the newest then.
    """

    def __init__(self, files: Callable[[], list[Path]]) -> None:
        self._files = files
        self._stream: BinaryIO | None = None
        self._begun = b""
        self.position = 0
        if found := files():
            self._open(found[-1], at_end=True)

    def new_lines(self) -> Iterator[str]:
        """The whole lines that were added since the last time, over as many files as were begun meanwhile."""
        yield from self._read()
        for path in self._later_files():
            # The file before is complete once the next one is there; a last look loses nothing of it.
            yield from self._read()
            self._open(path, at_end=False)
            yield from self._read()

    def close(self) -> None:
        """Let go of the file."""
        if self._stream is not None:
            self._stream.close()
            self._stream = None

    def _later_files(self) -> list[Path]:
        files = self._files()
        if self._stream is None:
            return files
        ours = _identity(os.fstat(self._stream.fileno()))
        places = [place for place, path in enumerate(files) if _identity_of(path) == ours]
        # Ours is gone: it was set aside and deleted, so only the present one is sure to be new.
        return files[places[0] + 1 :] if places else files[-1:]

    def _open(self, path: Path, *, at_end: bool) -> None:
        self.close()
        try:
            stream = path.open("rb")
        except FileNotFoundError:
            return
        if at_end:
            self.position = _after_last_line(stream)
        self._stream, self._begun = stream, b""

    def _read(self) -> Iterator[str]:
        if self._stream is None:
            return
        if os.fstat(self._stream.fileno()).st_size < self._stream.tell():
            # Somebody emptied it in its place.
            self._stream.seek(0)
            self._begun = b""
        while block := self._stream.read(_BLOCK):
            *lines, self._begun = (self._begun + block).split(b"\n")
            if len(self._begun) > _LONGEST_LINE:
                lines, self._begun = [*lines, self._begun], b""
            yield from (line.decode("utf-8", "replace") for line in lines if line)


def _sorted(directory: Path, names: re.Pattern[str]) -> list[Path]:
    if not directory.is_dir():
        return []
    found = [(match, path) for path in directory.iterdir() if (match := names.fullmatch(path.name))]
    # Of one day the highest number is the oldest, and the one without a number the newest.
    found.sort(key=lambda one: (one[0]["day"], -int(one[0]["number"] or 0)))
    return [path for _, path in found]


def _after_last_line(stream: BinaryIO) -> int:
    """Go to where the line begins that is not finished yet; how far that is from the beginning."""
    size = stream.seek(0, os.SEEK_END)
    before = stream.seek(max(0, size - _BLOCK))
    *_, unfinished = stream.read(size - before).split(b"\n")
    return stream.seek(size - len(unfinished))


def _backwards(path: Path, most_bytes: int, end: int | None) -> Iterator[bytes]:
    """The lines of ``path``, the last one first; an unfinished first one is left out."""
    try:
        stream = path.open("rb")
    except FileNotFoundError:
        return
    with stream:
        size = stream.seek(0, os.SEEK_END)
        position = size if end is None else min(size, end)
        least, rest = max(0, position - most_bytes), b""
        while position > least:
            size = min(_BLOCK, position - least)
            position -= size
            stream.seek(position)
            first, *lines = (stream.read(size) + rest).split(b"\n")
            yield from reversed(lines)
            rest = first
        if least == 0:
            yield rest


def _identity(state: os.stat_result) -> tuple[int, int]:
    return state.st_dev, state.st_ino


def _identity_of(path: Path) -> tuple[int, int] | None:
    try:
        return _identity(path.stat())
    except FileNotFoundError:
        return None
