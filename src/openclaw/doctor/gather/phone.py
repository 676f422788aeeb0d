"""What each account's imsg says when it is asked, and whose permissions it uses."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from typing import Any

from openclaw.config.accounts import AccountConfig
from openclaw.control.address import ControlAddress
from openclaw.doctor.checks.phone import PhoneFacts
from openclaw.doctor.checks.process_chain import Chain
from openclaw.doctor.gather.processes import chain_above
from openclaw.doctor.gather.traffic import Traffic
from openclaw.imessage.command import command_of
from openclaw.imessage.probe import probe_imsg


async def phone(
    account: AccountConfig, traffic: Traffic, gateway: ControlAddress | None, status: Mapping[str, Any] | None
) -> PhoneFacts:
    """Ask imsg itself, beside the gateway; takes at most a few times the bound of a probe."""
    command = command_of(account)
    signs = traffic.signs.get(account.id)
    return PhoneFacts(
        account.id,
        account.cli_path,
        # How files travel is looked at with the machine behind the wrapper.
        await probe_imsg(command),
        is_remote=command.is_remote,
        on_mac=sys.platform == "darwin",
        sending=_sending(account, status),
        refused=signs.refused if signs else "",
        last_sent=signs.last_out if signs else None,
        chains=() if command.is_remote else _chains(gateway),
    )


def _sending(account: AccountConfig, status: Mapping[str, Any] | None) -> str:
    told = (status or {}).get("accounts", ())
    return next((str(one.get("sending") or "") for one in told if one["accountId"] == account.id), "")


def _chains(gateway: ControlAddress | None) -> tuple[tuple[str, Chain], ...]:
    chains = [("this command", chain_above(os.getpid()))]
    if gateway is not None:
        chains.append(("the gateway", chain_above(gateway.pid)))
    return tuple((whose, chain) for whose, chain in chains if chain)
