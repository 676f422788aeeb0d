"""What was changed in the configuration, when and by whom, with the text that stood there before.

One file a change in a directory of the state directory, for the owner only: the texts hold secrets. Whoever writes
holds the lock of the configuration.
"""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

from openclaw.config.locations import Locations
from openclaw.config.swap import cannot_write, look_at
from openclaw.config.write import fill, make_directory
from openclaw.errors import ConfigError, ConfigUnreadable

DIRECTORY = "config-history"
LIMIT = 50
"""Changes that are kept; older ones go when a new one comes."""

# A change is noted under this name first, and under its own once it is made.
_PENDING = ".pending"


@dataclass(frozen=True, slots=True)
class PastChange:
    """One write: its number, when, by whom, what in words without values, and in which file.

    ``before`` is the text that stood there, None when there was no file; ``left`` is the digest of what it left.
    """

    number: int
    at: datetime
    by: str
    what: tuple[str, ...]
    config: str
    file: Path
    before: str | None
    left: str


def past_changes(locations: Locations) -> tuple[PastChange, ...]:
    """Return the changes of this configuration that are kept, the newest first.

    Raises ConfigUnreadable, naming the file, for one that is damaged.
    """
    found = [_read(path) for path in sorted(_directory(locations).glob("*.json"), reverse=True)]
    return tuple(change for change in found if change.config == str(locations.config_path))


def begin(
    locations: Locations, file: Path, before: str | None, after: str | None, *, by: str, what: tuple[str, ...]
) -> Path:
    """Note a change that is about to be made; ``finish`` or ``withdraw`` takes what is returned.

    Raises ConfigRefused when the history cannot be written: a change that cannot be undone is not made.
    """
    body = {
        "at": datetime.now(UTC).isoformat(),
        "by": by,
        "what": list(what),
        "config": str(locations.config_path),
        "file": str(file),
        "before": before,
        "left": digest(after),
    }
    directory = _directory(locations)
    try:
        make_directory(directory)
        path = directory / f"{_last_number(directory) + 1:08}.json{_PENDING}"
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        fill(descriptor, path, json.dumps(body).encode())
    except OSError as error:
        raise cannot_write(directory, error) from error
    return path


def finish(pending: Path) -> None:
    """The change has been made: let it count, and let the oldest beyond the limit go."""
    _take(pending)
    for path in sorted(pending.parent.glob("*.json"))[:-LIMIT]:
        path.unlink(missing_ok=True)


def withdraw(pending: Path) -> None:
    """The change was not made after all."""
    pending.unlink(missing_ok=True)


def settle(locations: Locations) -> None:
    """Decide what a killed writer left open: its change counts unless the text before it still stands."""
    for pending in _directory(locations).glob(f"*{_PENDING}"):
        try:
            change = _read(pending)
        except ConfigUnreadable:
            # It was killed while it noted the change, so the change was not begun.
            withdraw(pending)
            continue
        if change.config != str(locations.config_path):
            # Another configuration of this state directory, whose writer may be at work on it.
            continue
        if _stands(change):
            withdraw(pending)
        else:
            _take(pending)


def digest(text: str | None) -> str:
    """Return what tells a text from every other; "" for no file."""
    return "" if text is None else hashlib.sha256(text.encode()).hexdigest()


def _stands(change: PastChange) -> bool:
    try:
        return look_at(change.file).text == change.before
    except ConfigError:
        # Something else has been put there since; what the change may have replaced is worth keeping.
        return False


def _take(pending: Path) -> None:
    os.replace(pending, pending.with_suffix(""))


def _last_number(directory: Path) -> int:
    return max((int(path.name.split(".")[0]) for path in directory.glob("[0-9]*.json*")), default=0)


def _read(path: Path) -> PastChange:
    try:
        body = cast("dict[str, Any]", json.loads(path.read_bytes()))
        return PastChange(
            number=int(path.name.split(".")[0]),
            at=datetime.fromisoformat(body["at"]),
            by=str(body["by"]),
            what=tuple(str(item) for item in body["what"]),
            config=str(body["config"]),
            file=Path(body["file"]),
            before=body["before"],
            left=str(body["left"]),
        )
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ConfigUnreadable(f"{path} cannot be read as a kept change ({error}); remove it") from error


def _directory(locations: Locations) -> Path:
    return locations.state_dir / DIRECTORY
