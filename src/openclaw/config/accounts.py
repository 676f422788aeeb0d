"""The phone accounts with every value resolved: the account's own, else the channel's, else the default.

The only place that knows how accounts inherit (design rulings 2 and 3). Pure.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, is_dataclass, replace
from types import MappingProxyType
from typing import Any, TypeVar, cast

from openclaw.config.document import plain
from openclaw.config.grammar import normalise_id
from openclaw.config.sections.imessage import (
    Account,
    ChunkMode,
    Coalesce,
    ContextVisibility,
    DirectChat,
    DmPolicy,
    Entry,
    GroupConfig,
    GroupPolicy,
    HealthMonitor,
    IMessage,
    Markdown,
    Pairing,
    PairingNotify,
    Service,
    Services,
    Tables,
)
from openclaw.config.sections.root import Config
from openclaw.domain.ids import DEFAULT_ACCOUNT, AccountId
from openclaw.domain.tapbacks import TapbackNotes

T = TypeVar("T")

DEFAULT_ATTACHMENT_ROOT = "/Users/*/Library/Messages/Attachments"
_GROUP_HISTORY = 50

# What an account is when nobody says otherwise; the rest is unset on purpose.
_DEFAULTS = Account(
    enabled=True,
    cli_path="imsg",
    service="auto",
    services="both",
    region="US",
    dm_policy="pairing",
    group_policy="allowlist",
    require_mention_in_dms=False,
    pairing=Pairing(notify="challenge"),
    context_visibility="all",
    history_limit=_GROUP_HISTORY,
    include_attachments=False,
    attachment_roots=(DEFAULT_ATTACHMENT_ROOT,),
    media_max_mb=16,
    inbound_media_max_mb=100,
    text_chunk_limit=4000,
    chunk_mode="length",
    markdown=Markdown(tables="code"),
    block_streaming=False,
    send_read_receipts=False,
    reaction_notifications="own",
    config_writes=True,
    send_timeout_ms=120_000,
    health_monitor=HealthMonitor(enabled=True),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountConfig:
    """One account, ready to use. Times are milliseconds, sizes megabytes.

    ``group_allow_from`` None means "as ``allow_from``", empty means nobody. ``db_path`` None means imsg's own choice.
    ``deaf_restarts_per_hour`` is how often a watch that hears nothing may be restarted, 0 without a health monitor.
    ``settle_ms`` None means "decide from the ledger". ``dm_history_limit`` None means no limit.
    """

    id: AccountId
    name: str
    enabled: bool
    cli_path: str
    db_path: str | None
    remote_host: str | None
    service: Service
    services: Services
    region: str
    own_handles: tuple[str, ...]
    dm_policy: DmPolicy
    allow_from: tuple[str, ...]
    group_policy: GroupPolicy
    group_allow_from: tuple[str, ...] | None
    groups: Mapping[str, GroupConfig]
    require_mention_in_dms: bool
    pairing_notify: PairingNotify
    pairing_text: str | None
    context_visibility: ContextVisibility
    history_limit: int
    dm_history_limit: int | None
    dms: Mapping[str, DirectChat]
    include_attachments: bool
    attachment_roots: tuple[str, ...]
    remote_attachment_roots: tuple[str, ...]
    media_max_mb: float
    inbound_media_max_mb: int
    default_to: str | None
    response_prefix: str | None
    text_chunk_limit: int
    chunk_mode: ChunkMode
    markdown_tables: Tables
    block_streaming: bool
    block_streaming_coalesce: Coalesce | None
    send_read_receipts: bool
    reaction_notifications: TapbackNotes
    config_writes: bool
    send_timeout_ms: int
    settle_ms: int | None
    health_monitor: bool
    deaf_restarts_per_hour: int

    @property
    def group_senders(self) -> tuple[str, ...]:
        """Who may speak in groups: ``groupAllowFrom``, where that is unset ``allowFrom`` (ruling 3)."""
        return self.allow_from if self.group_allow_from is None else self.group_allow_from


def resolve_accounts(config: Config) -> tuple[AccountConfig, ...]:
    """Return the accounts to run, sorted by id: the listed ones, else one called ``default``.

    Without a ``channels.imessage`` section the one account is there with safe values, but not enabled.
    """
    channel = config.channels.imessage
    base = _channel_values(config)
    if channel is None:
        return (_account(DEFAULT_ACCOUNT, replace(base, enabled=False), config),)
    if not channel.accounts:
        return (_account(DEFAULT_ACCOUNT, base, config),)
    listed = {AccountId(normalise_id(key)): account for key, account in channel.accounts.items()}
    return tuple(_account(key, _of_account(base, account), config) for key, account in sorted(listed.items()))


def default_account(config: Config) -> AccountId:
    """Return the account that is meant when none is named."""
    ids = [account.id for account in resolve_accounts(config)]
    channel = config.channels.imessage
    wanted = normalise_id(channel.default_account) if channel and channel.default_account else DEFAULT_ACCOUNT
    if wanted in ids:
        return AccountId(wanted)
    return DEFAULT_ACCOUNT if DEFAULT_ACCOUNT in ids else ids[0]


def filled_channel(config: Config) -> dict[str, Any]:
    """Return the channel section as plain data with its defaults, without accounts; empty when there is no section."""
    if config.channels.imessage is None:
        return {}
    return cast("dict[str, Any]", plain(_channel_values(config)))


def _channel_values(config: Config) -> Account:
    """Return what an account has that sets nothing itself."""
    written = config.channels.imessage or IMessage()
    own = Account(**{field.name: getattr(written, field.name) for field in fields(Account)})
    return _overlay(_overlay(_DEFAULTS, _elsewhere(config)), own)


def _elsewhere(config: Config) -> Account:
    """Return what other sections say for every channel."""
    defaults = config.channels.defaults
    streaming = config.agents.defaults.block_streaming_default
    return Account(
        # Without a section for the phone the strictest policy holds, whatever the defaults say (design ruling 3).
        group_policy=defaults.group_policy if config.channels.imessage else None,
        context_visibility=defaults.context_visibility,
        history_limit=config.messages.group_chat.history_limit,
        response_prefix=config.messages.response_prefix,
        media_max_mb=config.agents.defaults.media_max_mb,
        block_streaming=None if streaming is None else streaming == "on",
        block_streaming_coalesce=config.agents.defaults.block_streaming_coalesce,
    )


def _of_account(base: Account, account: Account) -> Account:
    merged = _overlay(base, account)
    # Switched off for the whole channel is off for each account.
    return replace(merged, enabled=base.enabled is not False and account.enabled is not False)


def _overlay(base: T, top: T) -> T:
    """Return ``base`` with every value that ``top`` sets; fixed sub-sections key by key, lists and maps whole."""
    values = {field.name: getattr(top, field.name) for field in fields(cast("Any", top))}
    merged = {name: _laid(getattr(base, name), value) for name, value in values.items() if value is not None}
    return cast("T", replace(cast("Any", base), **merged))


def _laid(under: Any, over: Any) -> Any:
    return _overlay(under, over) if is_dataclass(under) and is_dataclass(over) else over


def _account(account_id: AccountId, values: Account, config: Config) -> AccountConfig:
    # An explicit empty list admits no file at all, so only an unset one falls back.
    remote_roots = (
        values.attachment_roots if values.remote_attachment_roots is None else values.remote_attachment_roots
    )
    pairing, markdown, monitor = (
        values.pairing or Pairing(),
        values.markdown or Markdown(),
        values.health_monitor,
    )
    is_minded = (monitor is None or monitor.enabled is not False) and bool(
        config.gateway.channel_health_check_minutes
    )
    chosen: dict[str, Any] = {
        field.name: getattr(values, field.name)
        for field in fields(AccountConfig)
        if hasattr(values, field.name)
    }
    chosen |= {
        "id": account_id,
        "name": (values.name or "").strip() or account_id,
        "cli_path": config.locations.expand((values.cli_path or "").strip()),
        "db_path": _database(values, config),
        "remote_host": values.remote_host.strip() if values.remote_host else None,
        "own_handles": _texts(values.own_handles),
        "allow_from": _texts(values.allow_from),
        "group_allow_from": None if values.group_allow_from is None else _texts(values.group_allow_from),
        "groups": values.groups or MappingProxyType({}),
        "dms": values.dms or MappingProxyType({}),
        "remote_attachment_roots": remote_roots,
        "pairing_notify": pairing.notify,
        "pairing_text": pairing.text,
        "markdown_tables": markdown.tables,
        "health_monitor": is_minded,
        "deaf_restarts_per_hour": config.gateway.channel_max_restarts_per_hour if is_minded else 0,
    }
    return AccountConfig(**chosen)


def _database(values: Account, config: Config) -> str | None:
    """Return the database path; one on another machine means that machine's home, so ``~`` stays."""
    if values.db_path is None:
        return None
    return values.db_path if values.remote_host else config.locations.expand(values.db_path.strip())


def _texts(entries: tuple[Entry, ...] | None) -> tuple[str, ...]:
    return tuple(text for entry in entries or () if (text := str(entry).strip()))
