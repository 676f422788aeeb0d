"""Gaps: rows that a phone's history has and that never reached us. From where on to look, and which of them count.

A row is known for ever by its guid, also after its words were forgotten. Judges no row, and keeps none.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, bindparam, func, or_, select, update

from openclaw.domain.ids import AccountId, RowId
from openclaw.domain.messages import TWINS_WITHIN, InboundMessage, is_link_twin, may_be_link
from openclaw.store import accounts, databases, schema
from openclaw.store.clock import to_ms
from openclaw.store.message_rows import text_hash
from openclaw.store.schema import message as table

# More than a busy phone tells between two looks, and what a look reads at most: what a start has to look at again.
_LOOKED_BACK = 300

_NEWEST = (
    select(table.c.row_id, table.c.received_at)
    .where(table.c.account == bindparam("of_account"))
    .order_by(table.c.id.desc())
    .limit(_LOOKED_BACK)
)


def assured(tx: Connection, account: AccountId) -> RowId:
    """The row at or below which nothing is looked for: the one last proven, or where the account began.

    A ledger of before that was written down begins at the 300th newest row it has kept.
    Rows with numbers of a database that is not there any more do not count.
    """
    proven = tx.scalar(select(schema.account.c.proven).where(schema.account.c.id == account))
    if proven is not None:
        return RowId(proven)
    changes = databases.changes(tx, account)
    newest = tx.execute(_NEWEST, {"of_account": account}).all()
    rows = [
        row.row_id
        for row in newest
        if not any(row.received_at <= at and row.row_id > kept for at, kept in changes)
    ]
    start = databases.start(tx, account)
    if start is None:
        return RowId(min(rows, default=accounts.cursor(tx, account) or 0))
    return RowId(max(start, min(rows))) if len(newest) == _LOOKED_BACK and rows else start


def prove(tx: Connection, account: AccountId, row: RowId) -> None:
    """Everything at or below ``row`` was compared; never goes backward but with another database."""
    which = (schema.account.c.id == account) & (func.coalesce(schema.account.c.proven, -1) < row)
    tx.execute(update(schema.account).where(which).values(proven=row))


def unkept(tx: Connection, account: AccountId, rows: Sequence[InboundMessage]) -> list[InboundMessage]:
    """Those of ``rows`` that have a guid, were never kept, and are not the second row of a link; by row number."""
    missing = databases.unkept(tx, account, {row.guid for row in rows if row.guid})
    found: dict[str, InboundMessage] = {}
    for row in sorted(rows, key=lambda row: row.row_id):
        if row.guid not in missing or row.guid in found:
            continue
        if not any(is_link_twin(row, other) for other in found.values()) and not _has_twin(tx, account, row):
            found[row.guid] = row
    return list(found.values())


def _has_twin(tx: Connection, account: AccountId, row: InboundMessage) -> bool:
    """Whether a kept row may be the other one of the same link; one whose words were forgotten may be."""
    if row.chat is None or not may_be_link(row.text):
        return False
    same = (
        (table.c.chat_key == row.chat.key)
        & (table.c.sender == row.sender)
        & (table.c.from_me == row.from_me)
        & (table.c.text_hash == text_hash(row.text))
    )
    around = table.c.sent_at.between(to_ms(row.sent_at - TWINS_WITHIN), to_ms(row.sent_at + TWINS_WITHIN))
    query = select(table.c.id).where(table.c.account == account, around, or_(same, table.c.text_hash == ""))
    return tx.execute(query.limit(1)).first() is not None
