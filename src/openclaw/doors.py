"""The door of each account: who is let in, how strangers are met, and whom to tell; from the configuration. Pure."""

from __future__ import annotations

from openclaw.config.accounts import AccountConfig, default_account, resolve_accounts
from openclaw.config.sections.root import Config
from openclaw.domain.access import Notified
from openclaw.domain.handles import parse_handle
from openclaw.inbound.access import compile_access
from openclaw.inbound.verdicts import Door
from openclaw.outbound.notices import Readers


def door(account: AccountConfig, config: Config) -> Door:
    """Who is let in at one account, and how strangers are met there."""
    silent = account.pairing_notify == "silent"
    policy = compile_access(
        account, config.commands, approver=config.notify.owner, sms_owner=config.services.sms_owner
    )
    return Door(policy, silent, account.pairing_text, notified(account, config))


def notified(account: AccountConfig, config: Config) -> Notified | None:
    """Who is sent notices and may answer them, as the account writes their handle."""
    handle = parse_handle(config.notify.owner or "", account.region)
    if handle is None:
        return None
    policy = compile_access(account, config.commands)
    return Notified(
        handle,
        config.services.sms_owner,
        listed=policy.lets_in(handle),
        by_grant=account.dm_policy == "pairing",
    )


def readers(config: Config) -> Readers:
    """To whom notices go, by which accounts."""
    enabled = [account for account in resolve_accounts(config) if account.enabled]
    known = {account.id: notified(account, config) for account in enabled}
    return Readers({name: one for name, one in known.items() if one}, default_account(config))
