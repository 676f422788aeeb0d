"""Where files of messages lie: in folders of their own below the state directory, each under a name that nobody chose.

A folder belongs to one attachment; one that no attachment names is nobody's, and is removed with whatever copies were
made of its files. The ledger is written last when a file comes and first when it goes, so that a stop in between leaves
such a folder and nothing else.
"""

from __future__ import annotations

import contextlib
import os
import re
import secrets
import shutil
from collections.abc import Collection
from pathlib import Path

INBOUND = Path("media") / "inbound"
"""Below the state directory."""

# Beside the files of a folder: the folders elsewhere that hold copies of them, one on each line.
_COPIES = ".copies"
_NAME = re.compile(r"[0-9a-f]{32}")


def make(root: Path) -> Path:
    """A new, empty folder below ``root`` that its owner alone can read."""
    for each in (root.parent, root):
        each.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder = root / secrets.token_hex(16)
    folder.mkdir(mode=0o700)
    return folder


def copy(folder: Path, name: str, into: Path) -> Path:
    """A copy of a file of ``folder`` in the folder ``into``, which goes with it; as it is when it is there already.

    Raises:
        OSError: the disk refused, or something of another name lies in the way.
    """
    target = into / name
    if not target.exists():
        # Noted first: a copy that nobody knows of would outlive what it is a copy of.
        with open(folder / _COPIES, "a", encoding="utf-8", opener=_private) as notes:
            notes.write(f"{into}\n")
        into.mkdir(mode=0o700, parents=True, exist_ok=True)
        draft = into / f".{secrets.token_hex(8)}"
        with open(folder / name, "rb") as source, open(draft, "xb", opener=_private) as copied:
            shutil.copyfileobj(source, copied)
        draft.rename(target)
    return target


def discard(folder: Path) -> None:
    """Remove a folder with its files and the copies that were made of them."""
    if not _NAME.fullmatch(folder.name):
        raise ValueError(f"{folder} is no folder of ours")
    with contextlib.suppress(OSError):
        for line in (folder / _COPIES).read_text(encoding="utf-8").splitlines():
            # Only what is called as its source is: the note is ours, but the place is an agent's.
            if Path(line).name == folder.name:
                shutil.rmtree(line, ignore_errors=True)
    shutil.rmtree(folder, ignore_errors=True)


def names(root: Path) -> frozenset[str]:
    """The folders that are below ``root``."""
    if not root.is_dir():
        return frozenset()
    return frozenset(one.name for one in root.iterdir() if _NAME.fullmatch(one.name))


def discard_all(root: Path, unneeded: Collection[str]) -> None:
    """Remove folders below ``root`` by their names."""
    for name in unneeded:
        discard(root / name)


def _private(path: str, flags: int) -> int:
    return os.open(path, flags | os.O_NOFOLLOW, 0o600)
