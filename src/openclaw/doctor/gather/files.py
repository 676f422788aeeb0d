"""Every private file of the installation that is there, and how open it is."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterable, Iterator
from pathlib import Path

from openclaw.config.include import INCLUDE
from openclaw.doctor.checks.files import FileFacts, Seen
from openclaw.doctor.visit import Visit
from openclaw.store import FILE_NAME
from openclaw.store.backup import DIRECTORY

# A name in the text is enough: a file that turns out not to be included is no harm to look at.
_INCLUDES = re.compile(rf"""["']?\{INCLUDE}["']?\s*:\s*(\[[^\]]*\]|"[^"]*"|'[^']*')""")
_QUOTED = re.compile(r"""["']([^"']+)["']""")
_LARGEST_TEXT = 2 * 1024 * 1024


def files(visit: Visit) -> FileFacts:
    """The state directory and what is private in it and beside it."""
    state_dir = visit.locations.state_dir
    groups = {
        "state directory": [state_dir],
        "configuration": [visit.locations.config_path, *included(visit.locations.config_path)],
        "variables (.env)": [state_dir / ".env"],
        "ledger": [state_dir / f"{FILE_NAME}{suffix}" for suffix in ("", "-wal", "-shm", "-journal")],
        "address and token": [state_dir / name for name in ("gateway.json", "gateway.token", "gateway.lock")],
        "logs": [state_dir / "logs", *_below(state_dir / "logs", "*.log"), *_configured_log(visit)],
        "copies of the ledger": [state_dir / DIRECTORY, *_below(state_dir / DIRECTORY, "**/*")],
        "pairing files": [state_dir / "credentials", *_below(state_dir / "credentials", "*.json")],
        "attachments": [state_dir / "media"],
        "scripts": [*_below(state_dir / "scripts", "*")],
    }
    seen = ((what, tuple(filter(None, map(look, paths)))) for what, paths in groups.items())
    return FileFacts(state_dir, state_dir.is_dir(), tuple((what, found) for what, found in seen if found))


def look(path: Path) -> Seen | None:
    """The path as it is, ``None`` when nothing is there or it may not be seen."""
    try:
        is_link, state = path.is_symlink(), path.stat()
    except OSError:
        return None
    return Seen(
        path,
        stat.S_IMODE(state.st_mode),
        is_directory=stat.S_ISDIR(state.st_mode),
        is_link=is_link,
        is_ours=state.st_uid == os.geteuid(),
    )


def included(config: Path) -> list[Path]:
    """The files that the text of ``config`` names to be included, and those that they name."""
    found: dict[Path, None] = {}
    waiting = [config]
    while waiting:
        here = waiting.pop()
        for name in _names(here):
            target = Path(os.path.normpath(here.parent / name))
            if target not in found and target != config:
                found[target] = None
                waiting.append(target)
    return list(found)


def _names(path: Path) -> Iterator[str]:
    try:
        with path.open(encoding="utf-8", errors="replace") as file:
            text = file.read(_LARGEST_TEXT)
    except OSError:
        return
    for match in _INCLUDES.finditer(text):
        yield from _QUOTED.findall(match[1])


def _below(directory: Path, pattern: str) -> Iterable[Path]:
    try:
        return sorted(directory.glob(pattern))
    except OSError:
        return ()


def _configured_log(visit: Visit) -> list[Path]:
    fixed = visit.loaded.config.logging.file if visit.loaded else None
    return [Path(fixed).expanduser()] if fixed else []
