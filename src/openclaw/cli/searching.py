"""Looking on the phones for a message that the ledger does not have: by the running gateway, else directly."""

from __future__ import annotations

import asyncio
import os
from typing import Any

from openclaw.cli.reach import ask_gateway
from openclaw.config.accounts import resolve_accounts
from openclaw.config.load import load_config
from openclaw.config.locations import Locations
from openclaw.control.address import ControlAddress
from openclaw.control.searching import SEARCH_LIMIT_S, Reading, readings, search_shape
from openclaw.control.searching import search as ask_phones
from openclaw.domain.ids import AccountId, MessageGuid
from openclaw.domain.messages import InboundMessage
from openclaw.errors import StoreUnreadable
from openclaw.imessage.command import command_of
from openclaw.imessage.connection import open_imsg
from openclaw.imessage.lookup import find_guid
from openclaw.store import FILE_NAME
from openclaw.store.view import open_view

# The gateway's answer comes after its slowest phone.
_MARGIN_S = 5.0


def search(guid: str, locations: Locations, gateway: ControlAddress | None) -> dict[str, Any]:
    """What the phones say of ``guid``; macOS may let the gateway read what it refuses this command, so it is asked.

    Raises:
        ConfigError: no gateway runs, and the configuration cannot be used.
        ControlUnreachable: a gateway runs and does not answer.
    """
    if gateway is not None:
        return ask_gateway(gateway, "/api/explain/search", SEARCH_LIMIT_S + _MARGIN_S, guid=guid)
    loaded = load_config(locations, os.environ)
    phones = {account.id: account for account in resolve_accounts(loaded.config) if account.enabled}

    async def find(account: AccountId, wanted: MessageGuid) -> InboundMessage | None:
        async with open_imsg(command_of(phones[account])) as peer:
            return await find_guid(peer, account, wanted)

    found = asyncio.run(ask_phones(find, list(phones), MessageGuid(guid)))
    return dict(search_shape(MessageGuid(guid), found, _readings(locations, list(phones))))


def _readings(locations: Locations, known: list[AccountId]) -> dict[AccountId, Reading]:
    try:
        with open_view(locations.state_dir / FILE_NAME) as tx:
            return readings(tx, known)
    except StoreUnreadable:
        # Nothing was ever kept here.
        return {}
