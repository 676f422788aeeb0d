"""The settings file beside the database, changed in place: what this page does not know stays as it is.

Owns reading the raw document and one change at a time; what the keys mean is in `behaviour`.
"""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Callable
from pathlib import Path

from openclaw.simulator import behaviour

# Two windows may change the file at once, each in a thread of its own.
_CHANGING = threading.Lock()


def read_document(database: Path) -> dict[str, object]:
    """Return the settings as they stand, empty without a file. Raises BadSettings for an unusable one."""
    path = f"{database}{behaviour.SUFFIX}"
    try:
        with open(path, encoding="utf-8") as file:
            text = file.read()
    except FileNotFoundError:
        return {}
    try:
        behaviour.read_settings(text)
    except behaviour.BadSettings as error:
        raise behaviour.BadSettings(f"{path} cannot be used: {error}") from None
    document: dict[str, object] = json.loads(text)
    return document


def change_settings(database: Path, change: Callable[[dict[str, object]], None]) -> None:
    """Write the settings as ``change`` leaves them. Raises BadSettings for a file that cannot be used."""
    with _CHANGING:
        document = read_document(database)
        change(document)
        behaviour.write_settings(str(database), document)


def settings_stamp(database: Path) -> tuple[int, int]:
    """Return a value that differs whenever the file was replaced; (0, 0) without a file."""
    try:
        stat = os.stat(f"{database}{behaviour.SUFFIX}")
    except FileNotFoundError:
        return 0, 0
    return stat.st_mtime_ns, stat.st_ino
