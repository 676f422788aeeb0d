"""Shared rows: did another account keep the very row that one tells now?"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from sqlalchemy import Connection, bindparam, select

from openclaw.domain.ids import AccountId
from openclaw.domain.messages import InboundMessage
from openclaw.store.schema import message as table

_KEPT = select(table.c.account, table.c.identity, table.c.row_id, table.c.destination).where(
    table.c.account.in_(bindparam("others", expanding=True)),
    table.c.identity.in_(bindparam("guids", expanding=True)),
)


def keepers(
    tx: Connection, others: Collection[AccountId], rows: Sequence[InboundMessage]
) -> list[tuple[AccountId, InboundMessage, str]]:
    """Who of ``others`` kept one of ``rows`` by guid and number: the account, the row, and its own handle there."""
    told = {row.guid: row for row in rows if row.guid}
    if not told or not others:
        return []
    kept = tx.execute(_KEPT, {"others": list(others), "guids": list(told)})
    return [
        (AccountId(one.account), told[one.identity], one.destination)
        for one in kept
        if told[one.identity].row_id == one.row_id
    ]
