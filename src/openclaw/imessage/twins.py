"""Two accounts that read one phone database: found out by a row that both tell. Pure; keeps the newest rows in mind.

Two accounts of one group are told the same guids, but by databases of their own: the row's number must be the same
too, and the own handle it was sent to, where imsg tells that.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

from openclaw.domain.ids import AccountId, MessageGuid, RowId
from openclaw.domain.messages import InboundMessage
from openclaw.errors import PhoneUnusable

SHARED = "database-shared"
"""The code of the error; the account's state is ``misconfigured``."""

# More than can be on the way into the ledger at a time; what is there is looked up there.
_KEPT = 4096


class Twins:
    """Which account told a row first, while it is on its way into the ledger. One for all accounts."""

    def __init__(self) -> None:
        self._first: dict[tuple[RowId, MessageGuid], tuple[AccountId, str]] = {}

    def claim(
        self, account: AccountId, rows: Iterable[InboundMessage], others: Collection[AccountId]
    ) -> AccountId | None:
        """Who of ``others`` told one of ``rows`` first; ``None`` says that they are now known as this account's."""
        known = {(row.row_id, row.guid): row.destination for row in rows if row.guid}
        for key, destination in known.items():
            first, other = self._first.get(key, (account, ""))
            if first in others and may_be_one(destination, other):
                return first
        mine = {key: (account, destination) for key, destination in known.items()}
        self._first.update({key: one for key, one in mine.items() if self._holder(key) not in others})
        while len(self._first) > _KEPT:
            del self._first[next(iter(self._first))]
        return None

    def _holder(self, key: tuple[RowId, MessageGuid]) -> AccountId | None:
        return self._first[key][0] if key in self._first else None


def may_be_one(destination: str, other: str) -> bool:
    """Whether two rows may be one, by the own handles they were sent to; "" is not told."""
    return not destination or not other or destination == other


def shared(other: AccountId) -> PhoneUnusable:
    """The error for an account whose database the account ``other`` reads already."""
    return PhoneUnusable(
        SHARED,
        f"reads the same Messages database as {other}; it is left alone, or every message would be answered twice",
        "Give this account its own cliPath or dbPath, or remove it",
    )
