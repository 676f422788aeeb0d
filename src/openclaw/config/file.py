"""Reading one JSON5 file into plain data, with bounds.

Knows nothing of includes, variables or sections.
"""

from __future__ import annotations

import os
import re
import stat
from pathlib import Path

import pyjson5

from openclaw.errors import ConfigUnreadable

# The original's bound for included files; no honest configuration comes near it.
SIZE_LIMIT = 2 * 1024 * 1024
# Deeper than any section goes, and far from where recursion over the document would fail.
NESTING_LIMIT = 64

# What some editors put before the first character of a UTF-8 file.
_MARK = "\ufeff"

_POSITION = re.compile(r"near (\d+)")
_CODE_POINT = re.compile(r"U\+([0-9a-fA-F]{2,6})")


def read_json5(path: Path, *, single_link: bool = False) -> object:
    """Return the plain data in ``path``; raises ConfigUnreadable as ``read_text`` and ``decode_json5``."""
    return decode_json5(read_text(path, single_link=single_link), str(path))


def decode_json5(text: str, source: str) -> object:
    """Return the plain data of ``text``; raises ConfigUnreadable when it is not JSON5, naming ``source``."""
    text = text.removeprefix(_MARK)
    try:
        return pyjson5.decode(text, NESTING_LIMIT)
    except pyjson5.Json5Exception as error:
        reason = str(error.args[0]) if error.args else type(error).__name__
        raise ConfigUnreadable(f"{source} is not JSON5: {_explain(reason, text)}") from error


def read_text(path: Path, *, single_link: bool = False) -> str:
    """Return the text of ``path`` as it stands, a byte order mark included.

    Raises ConfigUnreadable when it is missing, not a regular file, over 2 MiB or not UTF-8. With ``single_link`` a
    file with other hard links is refused too: such a link could reach out of its directory.
    """
    try:
        # Without O_NONBLOCK a named pipe in the place of the file would hang the program before it can be refused.
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
    except OSError as error:
        raise ConfigUnreadable(
            f"{path} cannot be read: {error.strerror}. Check that it exists and is yours"
        ) from error
    state = os.fstat(descriptor)
    if not stat.S_ISREG(state.st_mode):
        os.close(descriptor)
        raise ConfigUnreadable(f"{path} is not a regular file; put the configuration into a plain file")
    with open(descriptor, "rb") as file:
        data = file.read(SIZE_LIMIT + 1)
    if single_link and state.st_nlink > 1:
        raise ConfigUnreadable(f"{path} has other hard links; include a plain copy instead")
    if len(data) > SIZE_LIMIT:
        raise ConfigUnreadable(f"{path} is larger than 2 MiB; this is not a configuration file")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise ConfigUnreadable(f"{path} is not UTF-8 text (byte {error.start}); save it as UTF-8") from error


def _explain(reason: str, text: str) -> str:
    """Put the decoder's message into a person's terms: line and column instead of an offset."""
    reason = _CODE_POINT.sub(lambda match: repr(chr(int(match[1], 16))), reason.replace("b'", "'"))
    found = _POSITION.search(reason)
    if found is None:
        return reason
    before = text[: int(found[1])]
    line, column = before.count("\n") + 1, len(before) - (before.rfind("\n") + 1)
    return f"{_POSITION.sub(f'at line {line}, column {max(column, 1)}', reason)}"
