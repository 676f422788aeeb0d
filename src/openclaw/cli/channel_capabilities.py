"""`openclaw channels capabilities`: what each account can do, and what its imsg is able to."""

from __future__ import annotations

import asyncio
import os
import sys
from typing import Any

import click

from openclaw.cli.options import as_json_option, named_account
from openclaw.cli.output import print_json
from openclaw.cli.reach import here
from openclaw.config.accounts import AccountConfig, resolve_accounts
from openclaw.config.grammar import normalise_id
from openclaw.config.load import load_config
from openclaw.errors import NotFound
from openclaw.imessage.capabilities import read_capabilities
from openclaw.imessage.command import command_of

_CHANNEL = "imessage"
_CHAT_TYPES = ("direct", "group")
_ACTIONS = ("send",)
_LIMIT_MS = 10_000


@click.command("capabilities")
@click.option(
    "--channel", type=click.Choice([_CHANNEL]), default=_CHANNEL, help="The channel; there is one only."
)
@click.option("--account", metavar="ID", callback=named_account, help="This account only.")
@click.option(
    "--timeout",
    "timeout_ms",
    type=click.IntRange(100, 30_000),
    default=_LIMIT_MS,
    show_default=True,
    metavar="MS",
    help="How long each imsg may take, in milliseconds.",
)
@as_json_option
def capabilities(channel: str, account: str | None, timeout_ms: int, as_json: bool) -> None:
    """Show what each account can do: kinds of chats, actions, and what its imsg is able to.

    imsg is asked for its release and its status, which opens no database. The exit code is 1 when one does not answer.
    """
    accounts = resolve_accounts(load_config(here(), os.environ).config)
    chosen = [one for one in accounts if account is None or one.id == normalise_id(account)]
    if not chosen:
        raise NotFound(f"there is no account {account}; configured: {', '.join(one.id for one in accounts)}")
    found = asyncio.run(_ask_all(chosen, timeout_ms / 1000))
    if as_json:
        print_json({"channel": channel, "accounts": found})
    else:
        for one in found:
            _show(one)
    sys.exit(0 if all(one["probe"] == "ok" for one in found) else 1)


async def _ask_all(accounts: list[AccountConfig], limit_s: float) -> list[dict[str, Any]]:
    return list(await asyncio.gather(*(_ask(account, limit_s) for account in accounts)))


async def _ask(account: AccountConfig, limit_s: float) -> dict[str, Any]:
    shape: dict[str, Any] = {
        "accountId": account.id,
        "support": {"chatTypes": list(_CHAT_TYPES), "media": True},
        "actions": list(_ACTIONS),
    }
    try:
        async with asyncio.timeout(limit_s):
            found = await read_capabilities(command_of(account), limit_s)
    except TimeoutError:
        return shape | {"probe": "unavailable", "version": None, "imsg": {}, "rpcMethods": []}
    return shape | {
        "probe": "ok" if found.version else "failed",
        "version": found.version or None,
        "imsg": dict(found.abilities),
        "rpcMethods": list(found.methods),
    }


def _show(one: dict[str, Any]) -> None:
    release = f"imsg {one['version']}" if one["version"] else "imsg did not tell its release"
    click.echo(f"{one['accountId']}: {release} (probe {one['probe']})")
    click.echo(f"  Support: chatTypes={','.join(one['support']['chatTypes'])} media")
    click.echo(f"  Actions: {', '.join(one['actions'])}")
    if one["version"]:
        width = max(map(len, one["imsg"]))
        for name, ability in one["imsg"].items():
            click.echo(f"  {name.ljust(width)}  {ability}")
    else:
        click.echo("  See why with: openclaw channels status --probe")
