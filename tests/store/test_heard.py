"""What people said in a chat, for an agent that points to it."""

from __future__ import annotations

from dataclasses import replace

from tests.making import ACCOUNT, BOB, NOON, direct_chat, inbound

from openclaw.domain.ids import MessageGuid
from openclaw.domain.messages import MessageState
from openclaw.store import Ledger, Tx, heard, messages


async def test_only_what_was_let_in_and_has_a_name_is_found(ledger: Ledger) -> None:
    """Newest first; neither own rows, tapbacks, refused ones, rows without a guid nor those of another chat."""

    def work(tx: Tx) -> list[str]:
        rows = [
            inbound(1, "first"),
            inbound(2, "second"),
            inbound(3, "own", from_me=True),
            replace(inbound(4, "love"), is_reaction=True),
            replace(inbound(5, "nameless"), guid=MessageGuid("")),
            inbound(6, "Bob's", sender=BOB, chat=direct_chat(BOB, 2)),
            inbound(7, "third"),
        ]
        ids = messages.receive(tx, rows, NOON)
        messages.settle(tx, ids, MessageState.ANSWERED, NOON)
        messages.settle(tx, messages.receive(tx, [inbound(8, "refused")], NOON), MessageState.DROPPED, NOON)
        return [held.message.text for held in heard.newest(tx, ACCOUNT, direct_chat().key, 2)]

    assert await ledger.write(work) == ["third", "second"]
