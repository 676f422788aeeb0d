"""Recording a phone for `openclaw channels record`: from an account's name to a file."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

import click

from openclaw.cli.reach import here
from openclaw.config.accounts import resolve_accounts
from openclaw.config.load import load_config
from openclaw.errors import NotFound
from openclaw.imessage.command import command_of
from openclaw.imessage.record import Recorded, record_phone


def record_account(name: str, seconds: float, out: Path) -> Recorded:
    """Record the phone of the account ``name`` into ``out``, for ``seconds``.

    Raises:
        NotFound: there is no such account.
        ClickException: ``out`` is there already or cannot be written.
        ConfigError, PhoneUnusable, WireError: the configuration, or imsg, cannot be used.
    """
    accounts = {
        str(account.id): account for account in resolve_accounts(load_config(here(), os.environ).config)
    }
    if name not in accounts:
        raise NotFound(f"there is no account {name}; configured: {', '.join(accounts)}")
    try:
        return asyncio.run(record_phone(command_of(accounts[name]), out, seconds))
    except FileExistsError:
        raise click.ClickException(f"{out} is there already; name another file") from None
    except OSError as error:
        raise click.ClickException(f"{out} cannot be written: {error.strerror}") from None
