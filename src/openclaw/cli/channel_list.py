"""`openclaw channels list`: which phone accounts are configured. Asks nobody."""

from __future__ import annotations

import os
from typing import Any

import click

from openclaw.cli.options import as_json_option
from openclaw.cli.output import print_json, print_table
from openclaw.cli.reach import here
from openclaw.config.accounts import AccountConfig, default_account, resolve_accounts
from openclaw.config.load import Loaded, load_config

_CHANNEL = "imessage"


@click.command("list")
@click.option("--no-usage", is_flag=True, help="Accepted for the original's scripts; usage is never shown.")
@as_json_option
def list_(no_usage: bool, as_json: bool) -> None:
    """List the configured phone accounts, and the providers with a key. Asks nobody."""
    loaded = load_config(here(), os.environ)
    accounts = resolve_accounts(loaded.config) if loaded.config.channels.imessage else ()
    usual = default_account(loaded.config)
    if as_json:
        print_json(
            {
                "chat": {_CHANNEL: [account.id for account in accounts]},
                "auth": _providers(loaded),
                "defaultAccountId": usual if accounts else None,
                "accounts": [_shape(account) for account in accounts],
            }
        )
        return
    if not accounts:
        click.echo("No phone account is configured; add one with: openclaw channels add")
        return
    rows = [_row(account, is_default=account.id == usual) for account in accounts]
    print_table(("Account", "Name", "State", "imsg", "Database", "Direct", "Groups"), rows)
    if providers := [one["id"] for one in _providers(loaded)]:
        click.echo(f"Providers with a key: {', '.join(providers)}")


def _shape(account: AccountConfig) -> dict[str, Any]:
    return {
        "accountId": account.id,
        "name": account.name,
        "enabled": account.enabled,
        "cliPath": account.cli_path,
        "dbPath": account.db_path,
        "remoteHost": account.remote_host,
        "dmPolicy": account.dm_policy,
        "groupPolicy": account.group_policy,
    }


def _row(account: AccountConfig, *, is_default: bool) -> tuple[object, ...]:
    state = "enabled" if account.enabled else "disabled"
    return (
        account.id,
        account.name if account.name != account.id else None,
        f"{state}, default" if is_default else state,
        f"{account.cli_path} ({account.remote_host})" if account.remote_host else account.cli_path,
        account.db_path or "imsg's own",
        account.dm_policy,
        account.group_policy,
    )


def _providers(loaded: Loaded) -> list[dict[str, Any]]:
    known = loaded.config.models.providers or {}
    return [
        {"id": name, "provider": name, "type": "api_key"}
        for name, provider in known.items()
        if provider.api_key is not None
    ]
