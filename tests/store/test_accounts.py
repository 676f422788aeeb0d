"""Accounts: cursor, own handles, chats, pauses."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from tests.making import ACCOUNT, ANN, BOB, NOON, direct_chat, group_chat, inbound

from openclaw.domain.handles import Handle
from openclaw.domain.ids import AccountId, ChatKey, RowId
from openclaw.store import Ledger, Tx, accounts
from openclaw.store.accounts import EVERY_ACCOUNT, EVERY_CHAT

WORK = AccountId("work")
ANNS, BOBS = direct_chat(ANN).key, direct_chat(BOB).key


async def test_the_cursor_begins_once_and_never_goes_back(ledger: Ledger) -> None:
    """Nothing at or below the start is ever answered, nothing kept is read again (design section 5)."""

    def move(tx: Tx) -> list[int | None]:
        seen = [accounts.cursor(tx, ACCOUNT)]
        accounts.begin(tx, ACCOUNT, RowId(40), NOON)
        accounts.begin(tx, ACCOUNT, RowId(10), NOON)
        for row in (45, 41, 45, 46):
            accounts.advance(tx, ACCOUNT, RowId(row))
            seen.append(accounts.cursor(tx, ACCOUNT))
        return [*seen, accounts.cursor(tx, WORK)]

    assert await ledger.write(move) == [None, 45, 45, 45, 46, None]


async def test_own_handles_are_learned_per_account(ledger: Ledger) -> None:
    """Learned from outgoing rows; asked for one account or for the installation (design section 4, rule 5)."""

    def learn(tx: Tx) -> list[frozenset[Handle]]:
        accounts.learn_handles(tx, ACCOUNT, [Handle(ANN), Handle(ANN)], NOON)
        accounts.learn_handles(tx, ACCOUNT, [Handle(ANN)], NOON)
        accounts.learn_handles(tx, WORK, [Handle(BOB)], NOON)
        return [accounts.own_handles(tx), accounts.own_handles(tx, ACCOUNT), accounts.own_handles(tx, WORK)]

    assert await ledger.write(learn) == [{ANN, BOB}, {ANN}, {BOB}]


async def test_a_chat_is_remembered_under_its_lasting_name(ledger: Ledger) -> None:
    """A renamed service updates the spelling and makes no second chat (design section 4, chat identities)."""

    def note(tx: Tx) -> None:
        later = NOON + timedelta(seconds=1)
        accounts.note_chat(tx, inbound(1, "hi"), is_group=False)
        accounts.note_chat(
            tx, inbound(2, "hi", chat=direct_chat(row=9, service="any"), at=later), is_group=False
        )
        accounts.note_chat(
            tx, replace(inbound(3, "hi", chat=group_chat()), chat_name="Family"), is_group=True
        )
        accounts.note_chat(tx, replace(inbound(4, "hi"), chat=None), is_group=False)

    await ledger.write(note)
    first, second = await ledger.read(accounts.chats)

    assert (first.chat, first.is_group) == (direct_chat(row=9, service="any"), False)
    assert (second.chat, second.name, second.is_group) == (group_chat(), "Family", True)
    assert await ledger.read(lambda tx: accounts.chats(tx, WORK)) == []


@pytest.mark.parametrize(
    ("account", "chat", "covered"),
    [
        (ACCOUNT, ANNS, {(ACCOUNT, ANNS)}),
        (ACCOUNT, EVERY_CHAT, {(ACCOUNT, ANNS), (ACCOUNT, BOBS)}),
        (EVERY_ACCOUNT, EVERY_CHAT, {(ACCOUNT, ANNS), (ACCOUNT, BOBS), (WORK, ANNS), (WORK, BOBS)}),
    ],
)
async def test_a_pause_covers_a_chat_an_account_or_everything(
    ledger: Ledger, account: AccountId, chat: ChatKey, covered: set[tuple[AccountId, ChatKey]]
) -> None:
    """The three levels of pause (design section 4, operator)."""

    everything = [(who, where) for who in (ACCOUNT, WORK) for where in (ANNS, BOBS)]

    def covers(tx: Tx) -> set[tuple[AccountId, ChatKey]]:
        paused = accounts.paused_chats(tx)
        return {one for one in everything if accounts.is_paused(paused, *one)}

    def look(tx: Tx) -> list[set[tuple[AccountId, ChatKey]]]:
        accounts.set_pause(tx, account, chat, NOON)
        accounts.set_pause(tx, account, chat, NOON)
        during = covers(tx)
        assert accounts.clear_pause(tx, account, chat, NOON)
        assert not accounts.clear_pause(tx, account, chat, NOON)
        return [during, covers(tx)]

    assert await ledger.write(look) == [covered, set()]


async def test_resuming_an_account_resumes_its_chats(ledger: Ledger) -> None:
    """The wider word ends the narrower pauses inside it, and no others."""

    def resume(tx: Tx) -> frozenset[tuple[AccountId, ChatKey]]:
        for account in (ACCOUNT, WORK):
            accounts.set_pause(tx, account, ANNS, NOON)
        accounts.clear_pause(tx, ACCOUNT, EVERY_CHAT, NOON)
        return accounts.paused_chats(tx)

    assert await ledger.write(resume) == {(WORK, ANNS)}


async def test_a_listed_chat_shows_its_pause(ledger: Ledger) -> None:
    """The operator sees in the list what will not be answered."""

    def note(tx: Tx) -> list[bool]:
        accounts.note_chat(tx, inbound(1, "hi"), is_group=False)
        before = accounts.chats(tx)[0].paused
        accounts.set_pause(tx, ACCOUNT, EVERY_CHAT, NOON)
        return [before, accounts.chats(tx)[0].paused]

    assert await ledger.write(note) == [False, True]
