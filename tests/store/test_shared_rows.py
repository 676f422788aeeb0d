"""Who kept a row already."""

from __future__ import annotations

from tests.making import NOON, inbound

from openclaw.domain.ids import AccountId, RowId
from openclaw.store import Ledger, messages, shared_rows

HOME, WORK = AccountId("home"), AccountId("work")


async def test_a_row_that_another_account_kept_is_found_by_guid_and_number(ledger: Ledger):
    """Not one of the asking account, of one that is not asked about, or under another number."""
    rows = [inbound(1, "a", account=HOME), inbound(2, "b", account=HOME)]
    await ledger.write(lambda tx: messages.receive(tx, rows, NOON))
    told = [inbound(2, "b", account=WORK), inbound(3, "c", account=WORK)]

    async def keepers(others: set[AccountId], rows=told) -> list[tuple[AccountId, RowId]]:
        found = await ledger.read(lambda tx: shared_rows.keepers(tx, others, rows))
        return [(account, row.row_id) for account, row, _ in found]

    assert await keepers({HOME}) == [(HOME, 2)]
    assert await keepers({AccountId("other")}) == []
    assert await keepers(set()) == []
    assert await keepers({HOME}, []) == []
    moved = [inbound(2, "b", account=WORK)]
    object.__setattr__(moved[0], "row_id", RowId(9))
    assert await keepers({HOME}, moved) == []
