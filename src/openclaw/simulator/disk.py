"""What happens to the database file as a whole: another Mac in its place, a copy of it, an older copy put back.

Owns the files and their journals. A program that has the file open keeps the old one, as with every replaced file on a
Mac; whoever opens it afterwards gets the new one.
"""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from pathlib import Path

from openclaw.simulator import schema

_JOURNALS = ("-wal", "-shm")
_COUNTED = ("message", "chat", "handle", "attachment")


def replace_database(
    path: Path | str, own_handle: str | None = None, *, guid_prefix: str | None = None, first_id: int = 1
) -> None:
    """Put the empty database of another Mac in the place of the one at ``path``.

    It is of the same account unless ``own_handle`` says otherwise. Its rows, chats and handles count from ``first_id``.
    Raises NotSimulated for a database that the simulator did not make.
    """
    draft = _draft(path)
    with closing(schema.open_writing(path)) as connection:
        own = own_handle or schema.own_property(connection, schema.OWN_HANDLE)
        prefix = schema.own_property(connection, schema.GUID_PREFIX) if guid_prefix is None else guid_prefix
    schema.create(draft, own, prefix)
    with closing(schema.open_writing(draft)) as connection:
        numbers = [(name, first_id - 1) for name in _COUNTED]
        connection.executemany("INSERT INTO sqlite_sequence (name, seq) VALUES (?, ?)", numbers)
    _put(draft, path)


def snapshot(path: Path | str, copy: Path | str) -> Path:
    """Write the database at ``path``, as it is now, to ``copy`` and return that path; `restore` puts it back."""
    target = Path(copy)
    os.close(os.open(target, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600))
    with closing(schema.open_writing(path)) as source, closing(sqlite3.connect(target)) as written:
        source.backup(written)
    return target


def restore(path: Path | str, copy: Path | str) -> None:
    """Put a `snapshot` in the place of the database at ``path``; the copy stays as it is."""
    _put(snapshot(copy, _draft(path)), path)


def _draft(path: Path | str) -> Path:
    draft = Path(f"{path}.new")
    draft.unlink(missing_ok=True)
    return draft


def _put(draft: Path, path: Path | str) -> None:
    """Move ``draft`` to ``path`` while nobody writes: the old journals would be read into the new file."""
    with closing(schema.open_writing(path)) as connection:
        connection.execute("BEGIN IMMEDIATE")
        for suffix in _JOURNALS:
            Path(f"{path}{suffix}").unlink(missing_ok=True)
            Path(f"{draft}{suffix}").unlink(missing_ok=True)
        os.replace(draft, path)
        connection.execute("ROLLBACK")
