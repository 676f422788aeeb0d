"""Writing a new configuration file: whole or not at all, readable by its owner only.

Only new files: changing one in place, with its comments kept, is another module's work.
"""

from __future__ import annotations

import json
import os
import re
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

from openclaw.errors import ConfigUnreadable

_FILE_MODE = 0o600
_DIRECTORY_MODE = 0o700
_INDENT = "  "
_PLAIN_KEY = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


def write_new(
    path: Path,
    document: Mapping[str, Any],
    *,
    comments: Mapping[str, str] | None = None,
    replace: bool = False,
) -> Path | None:
    """Write ``document`` as JSON5 to ``path``; return where the previous file was kept, None when there was none.

    ``comments`` maps key paths such as ``channels.imessage.dmPolicy`` to a line above that key. Directories are made
    0700, the file is 0600. Raises ConfigUnreadable when a file is there already and ``replace`` is false, or when
    nothing can be written.
    """
    backup = path.with_name(path.name + ".bak")
    try:
        make_directory(path.parent)
        staged = _stage(path.parent, format_json5(document, comments or {}))
        try:
            return _put(staged, path, backup, replace=replace)
        finally:
            staged.unlink(missing_ok=True)
    except FileExistsError as error:
        raise ConfigUnreadable(
            f"{path} is there already; it was left as it is. Say replace to write over it"
        ) from error
    except OSError as error:
        raise ConfigUnreadable(
            f"{path} cannot be written: {error.strerror}. Check who owns {path.parent}"
        ) from error


def format_json5(document: Mapping[str, Any], comments: Mapping[str, str]) -> str:
    """Return ``document`` as indented JSON5 with trailing commas, and ``comments`` above the keys they are for."""
    return _formatted(document, "", "", comments) + "\n"


def _put(staged: Path, path: Path, backup: Path, *, replace: bool) -> Path | None:
    if not replace:
        # A hard link, unlike a rename, fails when the name is taken: no moment in which a file could be lost.
        os.link(staged, path)
        return None
    if not path.exists():
        os.replace(staged, path)
        return None
    previous = _stage(path.parent, path.read_text(encoding="utf-8"))
    os.replace(previous, backup)
    os.replace(staged, path)
    return backup


def make_directory(directory: Path) -> None:
    """Make ``directory`` and the parents it lacks, for their owner only; raises OSError."""
    for parent in reversed([directory, *directory.parents]):
        if not parent.exists():
            # Another program may have been quicker.
            parent.mkdir(mode=_DIRECTORY_MODE, exist_ok=True)


def fill(descriptor: int, path: Path, data: bytes) -> None:
    """Write ``data`` through ``descriptor``, which was opened for the new file ``path``, to the disk, and close it.

    Raises OSError; then ``path`` is gone again: half a file serves nobody, and may hold secrets.
    """
    try:
        with open(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
    except OSError:
        path.unlink(missing_ok=True)
        raise


def _stage(directory: Path, text: str) -> Path:
    descriptor, name = tempfile.mkstemp(prefix=".openclaw-", dir=directory)
    os.fchmod(descriptor, _FILE_MODE)
    fill(descriptor, Path(name), text.encode())
    return Path(name)


def _formatted(value: Any, place: str, indent: str, comments: Mapping[str, str]) -> str:
    inner = indent + _INDENT
    if isinstance(value, Mapping) and value:
        lines: list[str] = []
        for key, item in cast("Mapping[str, Any]", value).items():
            here = f"{place}.{key}" if place else key
            lines += [f"{inner}// {line}\n" for line in comments.get(here, "").splitlines()]
            lines.append(f"{inner}{_key(key)}: {_formatted(item, here, inner, comments)},\n")
        return "{\n" + "".join(lines) + indent + "}"
    if isinstance(value, (list, tuple)) and any(
        isinstance(item, Mapping) for item in cast("list[Any]", value)
    ):
        items = [f"{inner}{_formatted(item, place, inner, comments)},\n" for item in cast("list[Any]", value)]
        return "[\n" + "".join(items) + indent + "]"
    return json.dumps(value, ensure_ascii=False)


def _key(name: str) -> str:
    return name if _PLAIN_KEY.fullmatch(name) else json.dumps(name, ensure_ascii=False)
