"""``channels.imessage``: the phone accounts, who may talk to them, and how they speak.

Everything is optional here, because an account inherits what it does not set; ``openclaw.config.accounts`` resolves.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Literal

from openclaw.config.grammar import (
    attachment_root_error,
    executable_error,
    normalise_id,
    not_blank_error,
    remote_host_error,
)
from openclaw.config.paths import KeyPath, render_path
from openclaw.config.shape import Check, NotNegative, Positive, Range
from openclaw.domain.tapbacks import TapbackNotes

DmPolicy = Literal["pairing", "allowlist", "open", "disabled"]
GroupPolicy = Literal["open", "disabled", "allowlist"]
ContextVisibility = Literal["all", "allowlist", "allowlist_quote"]
Service = Literal["imessage", "sms", "auto"]
Services = Literal["both", "imessage", "sms"]
ChunkMode = Literal["length", "newline"]
Tables = Literal["off", "bullets", "code", "block"]
PairingNotify = Literal["challenge", "silent"]
Megabytes = Annotated[float, Range(0.001)]
Entry = str | int
"""An entry of an allow-list: people write phone numbers with and without quotes."""

Executable = Annotated[str, Check(executable_error, "give the path of imsg or of a wrapper script")]
RemoteHost = Annotated[str, Check(remote_host_error, "put ports and options into ~/.ssh/config")]
AttachmentRoot = Annotated[
    str, Check(attachment_root_error, "write it like /Users/*/Library/Messages/Attachments")
]
NotBlank = Annotated[str, Check(not_blank_error)]


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolPolicy:
    """Which tools a turn gets."""

    allow: tuple[str, ...] | None = None
    also_allow: tuple[str, ...] | None = None
    deny: tuple[str, ...] | None = None

    def conflicts(self) -> list[tuple[str, str, str]]:
        """Refuse two lists that contradict each other in meaning."""
        if self.allow and self.also_allow:
            return [("alsoAllow", "must not stand beside allow", "put its tools into allow, or remove allow")]
        return []


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupConfig:
    """One entry of ``groups``: a chat by any of its spellings, or ``*``."""

    require_mention: bool | None = None
    system_prompt: str | None = None
    tools: ToolPolicy | None = None
    tools_by_sender: Mapping[str, ToolPolicy] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DirectChat:
    """One entry of ``dms``."""

    history_limit: NotNegative | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Markdown:
    """How markup becomes plain text."""

    tables: Tables | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Coalesce:
    """Merging of small streamed blocks."""

    min_chars: Positive | None = None
    max_chars: Positive | None = None
    idle_ms: NotNegative | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class HealthMonitor:
    """Whether the watchdog may restart the account."""

    enabled: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Pairing:
    """How an unknown sender is met."""

    notify: PairingNotify | None = None
    text: NotBlank | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """The keys that the channel and each of its accounts have in common."""

    name: str | None = None
    enabled: bool | None = None
    cli_path: Executable | None = None
    db_path: NotBlank | None = None
    remote_host: RemoteHost | None = None
    service: Service | None = None
    services: Services | None = None
    region: NotBlank | None = None
    own_handles: tuple[Entry, ...] | None = None
    dm_policy: DmPolicy | None = None
    allow_from: tuple[Entry, ...] | None = None
    group_policy: GroupPolicy | None = None
    group_allow_from: tuple[Entry, ...] | None = None
    groups: Mapping[str, GroupConfig] | None = None
    require_mention_in_dms: bool | None = None
    pairing: Pairing | None = None
    context_visibility: ContextVisibility | None = None
    history_limit: NotNegative | None = None
    dm_history_limit: NotNegative | None = None
    dms: Mapping[str, DirectChat] | None = None
    include_attachments: bool | None = None
    attachment_roots: tuple[AttachmentRoot, ...] | None = None
    remote_attachment_roots: tuple[AttachmentRoot, ...] | None = None
    media_max_mb: Megabytes | None = None
    inbound_media_max_mb: Positive | None = None
    default_to: str | None = None
    response_prefix: str | None = None
    text_chunk_limit: Positive | None = None
    chunk_mode: ChunkMode | None = None
    markdown: Markdown | None = None
    block_streaming: bool | None = None
    block_streaming_coalesce: Coalesce | None = None
    send_read_receipts: bool | None = None
    reaction_notifications: TapbackNotes | None = None
    config_writes: bool | None = None
    send_timeout_ms: Positive | None = None
    settle_ms: NotNegative | None = None
    health_monitor: HealthMonitor | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class IMessage(Account):
    """The whole section."""

    accounts: Mapping[str, Account] | None = None
    default_account: str | None = None

    def conflicts(self) -> list[tuple[str, str, str]]:
        """Return the policies that their allow-lists do not bear out, and account ids that are not distinct.

        What counts is what an account ends up with: where accounts are listed, the channel itself is none.
        """
        listed = self.accounts or {}
        broken = [] if listed else _policy_conflicts((), self, self)
        for key, account in listed.items():
            inherits = account.dm_policy is None and account.allow_from is None
            broken += _policy_conflicts(() if inherits else ("accounts", key), account, self)
        return list(dict.fromkeys(broken)) + _id_conflicts(tuple(listed))


def _policy_conflicts(place: KeyPath, account: Account, channel: Account) -> list[tuple[str, str, str]]:
    policy = account.dm_policy or channel.dm_policy
    allowed = channel.allow_from if account.allow_from is None else account.allow_from
    key = render_path((*place, "allowFrom"))
    if policy == "open" and "*" not in _texts(allowed):
        return [(key, 'must include "*" while dmPolicy is "open"', 'add "*", or set dmPolicy to "pairing"')]
    if policy == "allowlist" and not _texts(allowed):
        return [(key, 'must name someone while dmPolicy is "allowlist"', "add a handle")]
    return []


def _texts(entries: tuple[Entry, ...] | None) -> list[str]:
    return [text for entry in entries or () if (text := str(entry).strip())]


def _id_conflicts(keys: tuple[str, ...]) -> list[tuple[str, str, str]]:
    seen: dict[str, str] = {}
    broken: list[tuple[str, str, str]] = []
    for key in keys:
        first = seen.setdefault(normalise_id(key), key)
        if first != key:
            place = render_path(("accounts", key))
            broken.append(
                (place, f"is the same account as {first} once upper case and signs are folded", "rename one")
            )
    return broken
