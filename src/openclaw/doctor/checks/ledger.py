"""Whether the ledger is whole, has room, is copied now and then, and lies where a database may lie. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from openclaw.doctor.findings import Finding, error, fine, note, warning
from openclaw.doctor.names import Check

_MIB = 1024 * 1024
# A burst of pictures and a day of log fit into it; under the other nothing can be kept for long.
SCARCE_BYTES = 1024 * _MIB
EXHAUSTED_BYTES = 64 * _MIB
_BACKUP = "openclaw backup"

# Parts of a path that name a directory which another program copies to another machine.
_SYNCED = {
    "Mobile Documents": "iCloud Drive",
    "com~apple~CloudDocs": "iCloud Drive",
    "iCloudDrive": "iCloud Drive",
    "Dropbox": "Dropbox",
    "OneDrive": "OneDrive",
    "Google Drive": "Google Drive",
    "GoogleDrive": "Google Drive",
    "CloudStorage": "a cloud drive",
    "Nextcloud": "Nextcloud",
    "Syncthing": "Syncthing",
}
_NETWORK = frozenset(
    {
        "nfs",
        "nfs4",
        "cifs",
        "smbfs",
        "smb3",
        "afpfs",
        "webdav",
        "9p",
        "fuse.sshfs",
        "sshfs",
        "glusterfs",
        "ceph",
    }
)


@dataclass(frozen=True, slots=True)
class LedgerFacts:
    """The ledger's file as it was found; sizes in bytes.

    ``problem`` is what keeps it from being used, ``fix`` what helps; ``schema`` the version it has, ``known`` the one
    this release has. ``checked`` is how far it was read: "", "quick", "full", or "unfinished" when time ran out.
    """

    path: Path
    exists: bool
    size: int = 0
    schema: int = 0
    known: int = 0
    checked: str = ""
    problem: str = ""
    fix: str = ""


@dataclass(frozen=True, slots=True)
class PlaceFacts:
    """Where the state directory lies, who holds it, and what is kept beside the ledger.

    ``holder`` is the process that holds the lock, 0 for one that does not say, ``None`` for nobody; ``gateway`` the
    process of the gateway that runs here, if one does.
    """

    state_dir: Path
    free: int | None
    file_system: str = ""
    holder: int | None = None
    gateway: int | None = None
    newest_backup: datetime | None = None
    has_ledger: bool = True


def judge_file(facts: LedgerFacts) -> Iterator[Finding]:
    """Whether the file can be used, and is whole."""
    place = str(facts.path)
    if not facts.exists:
        yield note(Check.LEDGER_FILE, place, "there is none yet; the first start makes it")
    elif facts.problem:
        yield error(Check.LEDGER_FILE, place, facts.problem, facts.fix)
    elif facts.schema < facts.known:
        found = f"has schema {facts.schema} of an older release; the next start brings it to {facts.known}"
        yield note(Check.LEDGER_FILE, place, found, f"keep a copy before: {_BACKUP}")
    elif facts.checked == "unfinished":
        found = f"{_size(facts.size)}, no damage in what could be read in time"
        yield note(Check.LEDGER_FILE, place, found, "read all of it: openclaw doctor --deep")
    else:
        yield fine(Check.LEDGER_FILE, place, f"{_size(facts.size)}, whole ({facts.checked} check)")


def judge_place(facts: PlaceFacts, now: datetime) -> Iterator[Finding]:
    """Lock, room, copies, and the kind of directory."""
    place = str(facts.state_dir)
    if facts.holder is not None and facts.holder != facts.gateway:
        who = f"process {facts.holder}" if facts.holder else "another process"
        found = (
            f"{who} holds it and says nowhere where it listens: a gateway that starts, or a command at work"
        )
        yield warning(Check.LEDGER_LOCK, place, found, "try again in a moment; if it stays, end that process")
    yield from _room(facts)
    yield from _kind(facts)
    if facts.has_ledger:
        yield _backup(facts, now)


def _room(facts: PlaceFacts) -> Iterator[Finding]:
    if facts.free is None:
        return
    place, found = f"the disk of {facts.state_dir}", f"{_size(facts.free)} free"
    if facts.free < EXHAUSTED_BYTES:
        fix = "make room on it; what waits goes on by itself then"
        yield error(Check.LEDGER_DISK, place, f"{found}: messages cannot be kept much longer", fix)
    elif facts.free < SCARCE_BYTES:
        yield warning(Check.LEDGER_DISK, place, found, "make room on it")
    else:
        yield fine(Check.LEDGER_DISK, place, found)


def _kind(facts: PlaceFacts) -> Iterator[Finding]:
    place = str(facts.state_dir)
    elsewhere = "move it to a plain directory of this machine and name that in OPENCLAW_STATE_DIR"
    if synced := syncing_program(facts.state_dir):
        found = f"{synced} copies it to other machines: a database that is copied while it is written gets damaged"
        yield warning(Check.LEDGER_PLACE, place, found, elsewhere)
    if facts.file_system in _NETWORK:
        found = f"is on a network file system ({facts.file_system}), whose locks SQLite cannot rely on"
        yield warning(Check.LEDGER_PLACE, place, found, elsewhere)


def syncing_program(path: Path) -> str:
    """Who copies the directory ``path`` to other machines, "" when its name shows nobody."""
    for part in path.parts:
        for mark, who in _SYNCED.items():
            # `OneDrive - Company` and `Dropbox (Personal)` are names that these programs give.
            if part == mark or part.startswith((f"{mark} ", f"{mark}-")):
                return who
    return ""


def _backup(facts: PlaceFacts, now: datetime) -> Finding:
    place = f"{facts.state_dir}/backups"
    if facts.newest_backup is None:
        return note(Check.LEDGER_BACKUP, place, "there is no copy of the ledger", _BACKUP)
    days = (now - facts.newest_backup).days
    return note(
        Check.LEDGER_BACKUP, place, f"the newest copy is {days} day{'' if days == 1 else 's'} old", _BACKUP
    )


def _size(count: int) -> str:
    return f"{count / _MIB:,.1f} MiB" if count < SCARCE_BYTES else f"{count / SCARCE_BYTES:,.1f} GiB"
