"""Every private file of the installation that is there, and how open it is."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable
from pathlib import Path

from openclaw.config.environment import DOTENV
from openclaw.config.history import DIRECTORY as HISTORY
from openclaw.config.locations import user_path
from openclaw.config.sources import source_files
from openclaw.doctor.checks.files import FileFacts, Seen
from openclaw.doctor.visit import Visit
from openclaw.store import FILE_NAME
from openclaw.store.backup import DIRECTORY


def files(visit: Visit) -> FileFacts:
    """The state directory and what is private in it and beside it."""
    places, state_dir = visit.locations, visit.locations.state_dir
    dotenv = state_dir / DOTENV
    sources = [path for path in source_files(visit.locations) if path != dotenv]
    groups = {
        "state directory": [state_dir],
        "configuration": sources,
        "variables (.env)": [dotenv],
        "ledger": [state_dir / f"{FILE_NAME}{suffix}" for suffix in ("", "-wal", "-shm", "-journal")],
        "address and token": [state_dir / name for name in ("gateway.json", "gateway.token", "gateway.lock")],
        "logs": [places.logs, *_below(places.logs, "*.log"), *_configured_log(visit)],
        "copies of the ledger": [state_dir / DIRECTORY, *_below(state_dir / DIRECTORY, "**/*")],
        "earlier configurations": [state_dir / HISTORY, *_below(state_dir / HISTORY, "**/*")],
        "conversations that were exported": [places.exports, *_below(places.exports, "*")],
        "sessions of ACP clients": [state_dir / "acp-sessions", *_below(state_dir / "acp-sessions", "*")],
        "pairing files": [state_dir / "credentials", *_below(state_dir / "credentials", "*.json")],
        "sessions of the original": [*_below(state_dir / "agents", "*/sessions/*.json*")],
        "keys of the original": [*_below(state_dir / "agents", "*/agent/auth-profiles.json")],
        "attachments": [state_dir / "media"],
        "scripts": [*_below(places.scripts, "*")],
    }
    seen = ((what, tuple(filter(None, map(look, paths)))) for what, paths in groups.items())
    found = tuple((what, several) for what, several in seen if several)
    is_there = state_dir.is_dir()
    return FileFacts(
        state_dir,
        is_there,
        found,
        is_blocked=os.path.lexists(state_dir) and not is_there,
        is_writable=not is_there or os.access(state_dir, os.W_OK | os.X_OK),
    )


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


def _below(directory: Path, pattern: str) -> Iterable[Path]:
    try:
        return sorted(directory.glob(pattern))
    except OSError:
        return ()


def _configured_log(visit: Visit) -> list[Path]:
    fixed = visit.loaded.config.logging.file if visit.loaded else None
    return [user_path(fixed)] if fixed else []
