"""Contacts: who wrote to us, as the messages, the approvals and the open requests together tell. Only looks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection, func, select

from openclaw.domain.handles import Handle, parse_handle
from openclaw.domain.ids import AccountId
from openclaw.store import pairing
from openclaw.store.clock import from_ms
from openclaw.store.schema import message


@dataclass(frozen=True, slots=True)
class Contact:
    """A person at one account: how many messages are kept of them, when they wrote last, and how they stand.

    ``approved_at`` is when the operator let them in, ``asks`` whether a request of theirs is open. Neither says
    anything about the lists of the configuration.
    """

    account: AccountId
    handle: Handle
    messages: int = 0
    last_seen: datetime | None = None
    approved_at: datetime | None = None
    asks: bool = False


def contacts(tx: Connection, now: datetime, account: AccountId | None, limit: int) -> list[Contact]:
    """At most ``limit`` people, those who wrote last first."""
    found: dict[tuple[AccountId, Handle], Contact] = {}
    for one in _wrote(tx, account):
        known = found.get((one.account, one.handle), Contact(one.account, one.handle))
        seen = max(filter(None, (known.last_seen, one.last_seen)), default=None)
        found[one.account, one.handle] = replace(
            known, messages=known.messages + one.messages, last_seen=seen
        )
    for grant in pairing.grants(tx, account):
        known = found.get((grant.account, grant.handle), Contact(grant.account, grant.handle))
        found[grant.account, grant.handle] = replace(known, approved_at=grant.granted_at)
    for request in pairing.open_requests(tx, now, account):
        known = found.get((request.account, request.handle), Contact(request.account, request.handle))
        found[request.account, request.handle] = replace(known, asks=True)
    return sorted(found.values(), key=_recency, reverse=True)[:limit]


def _wrote(tx: Connection, account: AccountId | None) -> Iterator[Contact]:
    """One entry for each spelling of each handle."""
    table = message
    query = select(table.c.account, table.c.sender, func.count(), func.max(table.c.sent_at)).where(
        table.c.from_me.is_not(True), table.c.sender != ""
    )
    if account is not None:
        query = query.where(table.c.account == account)
    for name, sender, count, last in tx.execute(query.group_by(table.c.account, table.c.sender)):
        yield Contact(AccountId(name), parse_handle(sender) or Handle(sender), count, from_ms(last))


def _recency(one: Contact) -> tuple[float, str]:
    return (one.last_seen.timestamp() if one.last_seen else 0.0, one.handle)
