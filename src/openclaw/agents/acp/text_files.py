"""Text files inside a session's folder, read and written for its agent with bounds."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from openclaw.errors import ToolFailed

MOST_BYTES = 8 * 1024 * 1024
"""Of one file, read or written."""


def read(path: Path) -> str:
    """The text of a regular file. Raises ToolFailed when it is none, too large, or not to be had."""
    try:
        # Not blocking, so that a pipe in the place of a file holds up nobody.
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK | os.O_NOFOLLOW)
        with open(descriptor, "rb") as file:
            if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                raise ToolFailed("this is no regular file")
            content = file.read(MOST_BYTES + 1)
    except OSError as error:
        raise ToolFailed(f"the file cannot be read: {error.strerror}") from error
    if len(content) > MOST_BYTES:
        raise ToolFailed(f"the file is larger than {MOST_BYTES} bytes")
    return content.decode("utf-8", "replace")


def write(path: Path, text: str) -> None:
    """Put ``text`` at ``path``, folders included. Raises ToolFailed when it is too large or the system refuses."""
    content = text.encode("utf-8", "surrogatepass")
    if len(content) > MOST_BYTES:
        raise ToolFailed(f"the file is larger than {MOST_BYTES} bytes")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(
            path, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC | os.O_NONBLOCK | os.O_NOFOLLOW, 0o666
        )
        with open(descriptor, "wb") as file:
            if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                raise ToolFailed("this is no regular file")
            file.truncate()
            file.write(content)
    except OSError as error:
        raise ToolFailed(f"the file cannot be written: {error.strerror}") from error
