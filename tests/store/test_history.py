"""The whole history, page by page."""

from __future__ import annotations

from datetime import timedelta

from tests.making import ACCOUNT, BOB, NOON, direct_chat, inbound

from openclaw.domain.ids import AccountId
from openclaw.store import Ledger, history
from openclaw.store.history import Span

from .keeping import keep, say


async def test_more_than_a_page_comes_whole_and_in_order(ledger: Ledger) -> None:
    """A million rows are read a page at a time."""
    await ledger.write(lambda tx: keep(tx, *(inbound(row, "text") for row in range(1, 1203))))

    rows = await ledger.read(lambda tx: [one.message.row_id for _, one in history.messages(tx, Span())])

    assert rows == list(range(1, 1203))


async def test_only_the_span_is_told(ledger: Ledger) -> None:
    """An account, chats, a beginning; no chat at all is nothing."""
    await ledger.write(lambda tx: keep(tx, inbound(1, "of ann")))
    later = NOON + timedelta(hours=1)
    await ledger.write(lambda tx: keep(tx, inbound(2, "of bob", sender=BOB), now=later))
    await ledger.write(lambda tx: say(tx, "to bob", chat=direct_chat(BOB), at=later))

    async def told(span: Span) -> tuple[int, int]:
        return await ledger.read(
            lambda tx: (len(list(history.messages(tx, span))), len(list(history.deliveries(tx, span))))
        )

    assert await told(Span()) == (2, 1)
    assert await told(Span(chats=[(ACCOUNT, direct_chat(BOB).key)])) == (1, 1)
    assert await told(Span(chats=[])) == (0, 0)
    assert await told(Span(since=later)) == (1, 1)
    assert await told(Span(account=AccountId("work"))) == (0, 0)
