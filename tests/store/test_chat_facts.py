"""What the ledger knows of one conversation."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from tests.making import ACCOUNT, ANN, BOB, NOON, group_chat, inbound

from openclaw.domain.handles import Handle
from openclaw.domain.turns import ChatFacts, Origin
from openclaw.store import Ledger, Tx, accounts, messages
from openclaw.store.chat_facts import chat_facts

HERE, THERE = group_chat(7), group_chat(8)


async def test_it_tells_the_newest_members_and_the_first_time(ledger: Ledger) -> None:
    """Of this chat and no other; of nothing said in it."""

    first = replace(inbound(1, "secret words", chat=HERE), chat_name="Hut", participants=(ANN,))
    newest = replace(inbound(2, "more", chat=HERE), chat_name="The Hut", participants=(ANN, BOB))
    other = replace(inbound(3, "else", chat=THERE), chat_name="Other", participants=("+15550100009",))

    def write(tx: Tx) -> None:
        for number, message in enumerate((first, newest, other)):
            messages.receive(tx, [message], NOON + timedelta(minutes=number))
            accounts.note_chat(tx, message, is_group=True)
        accounts.learn_handles(tx, ACCOUNT, [Handle("me@example.com")], NOON)

    await ledger.write(write)
    facts = await ledger.read(lambda tx: chat_facts(tx, Origin(ACCOUNT, HERE, True)))
    assert facts == ChatFacts("The Hut", True, (ANN, BOB), ("me@example.com",), NOON)


async def test_a_conversation_that_nobody_knows_is_empty(ledger: Ledger) -> None:
    """An old imsg tells neither name nor members."""
    facts = await ledger.read(lambda tx: chat_facts(tx, Origin(ACCOUNT, HERE, False)))
    assert facts == ChatFacts("", False, (), (), None)
