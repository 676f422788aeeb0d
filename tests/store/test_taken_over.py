"""What was taken over is remembered, and by nobody's name."""

from __future__ import annotations

from tests.making import ANN, NOON

from openclaw.store import Ledger, taken_over
from openclaw.store.people_schema import taken_over as table


async def test_each_thing_is_new_once(ledger: Ledger) -> None:
    """Another account's entry, or another kind of thing, is another thing."""
    names = [
        ("grant", "default", ANN),
        ("grant", "default", ANN),
        ("grant", "work", ANN),
        ("request", "default", ANN),
    ]
    news = await ledger.write(lambda tx: [taken_over.once(tx, NOON, *one) for one in names])

    assert news == [True, False, True, True]


async def test_who_it_was_cannot_be_read_there(ledger: Ledger) -> None:
    """Whoever is forgotten must not stand in the ledger, and must not come back from the file either."""
    await ledger.write(lambda tx: taken_over.once(tx, NOON, "grant", "default", ANN))
    [row] = await ledger.read(lambda tx: tx.execute(table.select()).all())

    assert ANN not in str(row)
