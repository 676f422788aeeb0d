"""What other users of the machine could do with the files. Pure."""

from __future__ import annotations

import stat
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from openclaw.doctor.audit.findings import AuditCheck, AuditFinding, Level
from openclaw.doctor.checks.files import Seen
from openclaw.doctor.checks.ledger import syncing_program
from openclaw.doctor.repairs import ChangeMode

_WORLD_WRITE, _GROUP_WRITE = stat.S_IWOTH, stat.S_IWGRP
_WORLD_READ, _GROUP_READ = stat.S_IROTH, stat.S_IRGRP
_ANY_WRITE, _ANY_READ = _WORLD_WRITE | _GROUP_WRITE, 0o055


@dataclass(frozen=True, slots=True)
class _Rule:
    """Rights that others must not have, and what it means when they have one."""

    rights: int
    check: AuditCheck
    level: Level


_STATE = (
    _Rule(_WORLD_WRITE, AuditCheck.STATE_WORLD_WRITABLE, Level.CRITICAL),
    _Rule(_GROUP_WRITE, AuditCheck.STATE_GROUP_WRITABLE, Level.WARN),
    _Rule(_ANY_READ, AuditCheck.STATE_READABLE, Level.WARN),
)
_CONFIG = (
    _Rule(_ANY_WRITE, AuditCheck.CONFIG_WRITABLE, Level.CRITICAL),
    _Rule(_WORLD_READ, AuditCheck.CONFIG_WORLD_READABLE, Level.CRITICAL),
    _Rule(_GROUP_READ, AuditCheck.CONFIG_GROUP_READABLE, Level.WARN),
)
_INCLUDE = (
    _Rule(_ANY_WRITE, AuditCheck.INCLUDE_WRITABLE, Level.CRITICAL),
    _Rule(_WORLD_READ, AuditCheck.INCLUDE_WORLD_READABLE, Level.CRITICAL),
    _Rule(_GROUP_READ, AuditCheck.INCLUDE_GROUP_READABLE, Level.WARN),
)
_CREDENTIALS = (
    _Rule(_ANY_WRITE, AuditCheck.CREDENTIALS_WRITABLE, Level.CRITICAL),
    _Rule(_ANY_READ, AuditCheck.CREDENTIALS_READABLE, Level.WARN),
)
_SECRETS = (
    _Rule(_ANY_WRITE, AuditCheck.SECRETS_WRITABLE, Level.CRITICAL),
    _Rule(_ANY_READ, AuditCheck.SECRETS_READABLE, Level.WARN),
)
_SESSIONS = (_Rule(_ANY_WRITE | _ANY_READ, AuditCheck.SESSIONS_READABLE, Level.WARN),)
_LOG = (_Rule(_ANY_WRITE | _ANY_READ, AuditCheck.LOG_READABLE, Level.WARN),)


@dataclass(frozen=True, slots=True)
class AuditedFiles:
    """The files of an installation that are there, by what they hold."""

    state_dir: Path
    state: Seen | None = None
    config: Seen | None = None
    includes: tuple[Seen, ...] = ()
    credentials: tuple[Seen, ...] = ()
    secrets: tuple[Seen, ...] = ()
    sessions: tuple[Seen, ...] = ()
    logs: tuple[Seen, ...] = ()


def judge(files: AuditedFiles) -> Iterator[AuditFinding]:
    """The worst thing about each file, and links and synchronised directories."""
    for seen, rules in _ruled(files):
        rule = next((one for one in rules if seen.mode & one.rights), None)
        if rule is not None:
            repairs = (ChangeMode(seen.path, seen.wanted),) if seen.is_ours and not seen.is_link else ()
            detail = f"{seen.path} has the mode {seen.mode:04o}"
            yield AuditFinding(rule.check, rule.level, detail, f"chmod {seen.wanted:o} {seen.path}", repairs)
    yield from _links(files)
    if synced := syncing_program(files.state_dir):
        detail = f"{files.state_dir} lies where {synced} copies everything: conversations, keys and tokens"
        remediation = "move it, and name the new place in OPENCLAW_STATE_DIR"
        yield AuditFinding(AuditCheck.SYNCED_DIR, Level.WARN, detail, remediation)


def _ruled(files: AuditedFiles) -> Iterator[tuple[Seen, tuple[_Rule, ...]]]:
    groups: tuple[tuple[Iterable[Seen | None], tuple[_Rule, ...]], ...] = (
        ([files.state], _STATE),
        ([files.config], _CONFIG),
        (files.includes, _INCLUDE),
        (files.credentials, _CREDENTIALS),
        (files.secrets, _SECRETS),
        (files.sessions, _SESSIONS),
        (files.logs, _LOG),
    )
    for several, rules in groups:
        yield from ((seen, rules) for seen in several if seen is not None)


def _links(files: AuditedFiles) -> Iterator[AuditFinding]:
    linked = (
        (files.state, AuditCheck.STATE_SYMLINK),
        (files.config, AuditCheck.CONFIG_SYMLINK),
        *((include, AuditCheck.INCLUDE_SYMLINK) for include in files.includes),
    )
    for seen, check in linked:
        if seen is not None and seen.is_link:
            detail = f"{seen.path} leads elsewhere; whoever may change what it leads to, or the link, decides"
            yield AuditFinding(check, Level.WARN, detail, "put the thing itself there")
