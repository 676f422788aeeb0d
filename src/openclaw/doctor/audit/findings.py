"""Findings of the audit, in the words of the original: check, severity, title, detail and remediation. Values only."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from openclaw.config.paths import KeyPath
from openclaw.doctor.repairs import ChangeMode

Json = dict[str, object]


class Level(StrEnum):
    """How bad: anybody gets in or at secrets; a guard is missing; worth knowing."""

    CRITICAL = "critical"
    WARN = "warn"
    INFO = "info"


class AuditCheck(StrEnum):
    """Every check of the audit; the names are the original's where it has the check (behaviour facts L.3)."""

    says: str

    def __new__(cls, name: str, says: str) -> AuditCheck:
        """A name and the title of its findings."""
        member = str.__new__(cls, name)
        member._value_ = name
        member.says = says
        return member

    STATE_WORLD_WRITABLE = "fs.state_dir.perms_world_writable", "Everybody can write into the state directory"
    STATE_GROUP_WRITABLE = "fs.state_dir.perms_group_writable", "A group can write into the state directory"
    STATE_READABLE = "fs.state_dir.perms_readable", "Others can read the state directory"
    STATE_SYMLINK = "fs.state_dir.symlink", "The state directory is a symbolic link"
    CONFIG_WRITABLE = "fs.config.perms_writable", "Others can write the configuration"
    CONFIG_WORLD_READABLE = "fs.config.perms_world_readable", "Everybody can read the configuration"
    CONFIG_GROUP_READABLE = "fs.config.perms_group_readable", "A group can read the configuration"
    CONFIG_SYMLINK = "fs.config.symlink", "The configuration is a symbolic link"
    INCLUDE_WRITABLE = "fs.config_include.perms_writable", "Others can write an included file"
    INCLUDE_WORLD_READABLE = "fs.config_include.perms_world_readable", "Everybody can read an included file"
    INCLUDE_GROUP_READABLE = "fs.config_include.perms_group_readable", "A group can read an included file"
    INCLUDE_SYMLINK = "fs.config_include.symlink", "An included file is a symbolic link"
    CREDENTIALS_WRITABLE = "fs.credentials_dir.perms_writable", "Others can write the pairing files"
    CREDENTIALS_READABLE = "fs.credentials_dir.perms_readable", "Others can read the pairing files"
    SESSIONS_READABLE = "fs.sessions_store.perms_readable", "Others can get at conversations"
    LOG_READABLE = "fs.log_file.perms_readable", "Others can get at the log"
    SECRETS_WRITABLE = "fs.auth_profiles.perms_writable", "Others can write keys and tokens"
    SECRETS_READABLE = "fs.auth_profiles.perms_readable", "Others can read keys and tokens"
    SYNCED_DIR = "fs.synced_dir", "The state directory is copied to other machines"
    BIND_NO_AUTH = (
        "gateway.bind_no_auth",
        "The gateway is to listen beyond this machine without authentication",
    )
    TOKEN_SHORT = "gateway.token_too_short", "The gateway's token can be guessed"
    ANSWERS_ANYBODY = "gateway.answers_without_token", "The running gateway answers without a token"
    PROBE_FAILED = "gateway.probe_failed", "The running gateway could not be looked at"
    OPEN_WITH_EXEC = (
        "security.exposure.open_channels_with_exec",
        "Anybody can reach an agent that runs programs",
    )
    OPEN_GROUPS_WITH_TOOLS = (
        "security.exposure.open_groups_with_runtime_or_fs",
        "Any member of any group can reach an agent with tools",
    )
    MULTI_USER = (
        "security.trust_model.multi_user_heuristic",
        "Several people share the authority of one agent",
    )
    REDACT_OFF = "logging.redact_off", "Secrets are not kept out of the log"
    DANGEROUS_FLAGS = "config.insecure_or_dangerous_flags", "A guard is switched off"
    CONFIG_UNJUDGED = "config.not_judged", "Who can get in could not be judged"
    DM_OPEN = "channels.imessage.dm.open", "Anybody who knows the address can talk to the agent"
    DM_SHARED = "channels.imessage.dm.scope_main_multiuser", "Several people share the main session"
    GROUPS_OPEN = "channels.imessage.groups.open", "Any member of any group can talk to the agent"
    SURFACE = "summary.attack_surface", "Who can get in"


@dataclass(frozen=True, slots=True)
class Setting:
    """A key of the configuration and the value that closes what was open."""

    path: KeyPath
    value: str


@dataclass(frozen=True, slots=True)
class AuditFinding:
    """One finding. ``modes`` and ``settings`` are what ``--fix`` changes about it."""

    check: AuditCheck
    level: Level
    detail: str
    remediation: str = ""
    modes: tuple[ChangeMode, ...] = ()
    settings: tuple[Setting, ...] = ()

    @property
    def is_fixable(self) -> bool:
        """Whether ``--fix`` can do something about it."""
        return bool(self.modes or self.settings)


def audit_shape(finding: AuditFinding) -> Json:
    """A finding as ``--json`` prints it, in the keys of the original."""
    return {
        "checkId": finding.check,
        "severity": finding.level,
        "title": finding.check.says,
        "detail": finding.detail,
        "remediation": finding.remediation,
    }


def counts(findings: Iterable[AuditFinding]) -> dict[str, int]:
    """How many findings there are of each level."""
    found = dict.fromkeys([str(level) for level in Level], 0)
    for finding in findings:
        found[finding.level] += 1
    return found
