"""How the ledger's file is, and what there is to know of the place where it lies."""

from __future__ import annotations

import os
import shutil
from datetime import UTC, datetime
from pathlib import Path

import psutil

from openclaw.control.address import running_gateway
from openclaw.doctor.checks.ledger import LedgerFacts, PlaceFacts
from openclaw.doctor.visit import Visit
from openclaw.errors import StoreError
from openclaw.store import FILE_NAME, backup, soundness
from openclaw.store.lock import holder_of

# A quick check of a ledger of a year takes a second; a full one reads each page and each index.
_QUICK_S, _FULL_S = 5.0, 300.0
_RESTORE = "stop the gateway and put a copy back: openclaw restore FILE"


def ledger(visit: Visit) -> LedgerFacts:
    """The file: its schema, and whether it is whole."""
    path = visit.locations.state_dir / FILE_NAME
    if not path.exists():
        return LedgerFacts(path, exists=False)
    limit_s = _FULL_S if visit.deep else _QUICK_S
    try:
        found = soundness.examine(path, limit_s, every_index=visit.deep)
    except StoreError as error:
        return LedgerFacts(path, exists=True, problem=error.problem, fix=error.fix or _RESTORE)
    problem, fix = "", ""
    if found.schema > found.known:
        problem = f"has schema {found.schema}, this release knows {found.known}"
        fix = "install the newer release again; docs/upgrading.md says how to go back"
    elif found.damage:
        problem, fix = f"is damaged: {found.damage}", _RESTORE
    checked = ("full" if visit.deep else "quick") if found.finished else "unfinished"
    return LedgerFacts(path, True, found.size, found.schema, found.known, checked, problem, fix)


def place(visit: Visit) -> PlaceFacts:
    """The directory: its disk, who holds it, and its copies."""
    state_dir = visit.locations.state_dir
    there = _nearest(state_dir)
    gateway = running_gateway(state_dir)
    return PlaceFacts(
        state_dir.resolve(),
        _free(there),
        _file_system(there),
        _holder(state_dir),
        gateway.pid if gateway else None,
        _newest_backup(state_dir),
        has_ledger=(state_dir / FILE_NAME).exists(),
    )


def _nearest(path: Path) -> Path:
    """The directory itself, or the one in which it will be made."""
    return next(one for one in (path, *path.absolute().parents) if one.exists())


def _free(path: Path) -> int | None:
    try:
        return shutil.disk_usage(path).free
    except OSError:
        return None


def _file_system(path: Path) -> str:
    """The kind of file system that ``path`` is on: of the mount points above it the nearest one's."""
    real = os.path.realpath(path)
    try:
        mounts = psutil.disk_partitions(all=True)
    except (OSError, psutil.Error):
        return ""
    above = [mount for mount in mounts if Path(real).is_relative_to(mount.mountpoint)]
    return max(above, key=lambda mount: len(mount.mountpoint)).fstype if above else ""


def _holder(state_dir: Path) -> int | None:
    try:
        return holder_of(state_dir)
    except OSError:
        return None


def _newest_backup(state_dir: Path) -> datetime | None:
    times = [path.stat().st_mtime for path in backup.existing(state_dir)]
    return datetime.fromtimestamp(max(times), UTC) if times else None
