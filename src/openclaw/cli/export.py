"""`openclaw messages export`: what was said and done as lines of JSON, to a file or to standard output."""

from __future__ import annotations

import contextlib
import json
import os
import sys
from collections.abc import Generator
from datetime import datetime
from pathlib import Path
from typing import TextIO

from openclaw.cli.reach import here
from openclaw.control.export import lines
from openclaw.domain.ids import AccountId
from openclaw.errors import OpenClawError
from openclaw.store import FILE_NAME
from openclaw.store.view import open_view


def export_to(path: Path | None, target: str | None, account: str | None, since: datetime | None) -> int:
    """Write the lines to the new file ``path``, or to standard output; how many there were.

    Raises:
        OpenClawError: the file is there already, or the ledger cannot be read.
    """
    count = 0
    with open_view(here().state_dir / FILE_NAME) as tx, _opened(path) as out:
        for line in lines(tx, target, AccountId(account) if account else None, since):
            out.write(json.dumps(line) + "\n")
            count += 1
    return count


@contextlib.contextmanager
def _opened(path: Path | None) -> Generator[TextIO]:
    """Standard output, or ``path`` as a new file for its owner alone, which is taken away when the context fails."""
    if path is None:
        yield sys.stdout
        return
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    except FileExistsError as error:
        raise OpenClawError(f"{path} is there already and is left as it is; name another file") from error
    except (FileNotFoundError, NotADirectoryError) as error:
        raise OpenClawError(f"{path.parent} is no folder; make it, or name a file elsewhere") from error
    try:
        with open(descriptor, "w", encoding="utf-8") as file:
            yield file
    except BaseException:
        path.unlink()
        raise
