"""Facts: what the ledger knows, as the gates need it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from tests.inbound.policies import ME, policy
from tests.making import ACCOUNT, ANN, BOB, NOON, direct_chat, group_chat, inbound
from tests.store.keeping import claim, say

from openclaw.domain.delivery import DeliveryState
from openclaw.domain.handles import Handle
from openclaw.domain.ids import AccountId, MessageGuid, RowId
from openclaw.domain.messages import InboundMessage
from openclaw.inbound.access import AccessPolicy
from openclaw.inbound.admit import Facts
from openclaw.inbound.facts import Lookup, Times
from openclaw.inbound.second_looks import Look
from openclaw.store import Ledger, Tx, accounts, deliveries, messages, pairing

TEN = timedelta(minutes=10)


def facts_of(tx: Tx, row: InboundMessage, rules: AccessPolicy | None = None, now: datetime = NOON) -> Facts:
    """The facts about a row that has just been kept."""
    [held] = messages.load(tx, messages.receive(tx, [row], now))
    return Lookup(tx, [held], frozenset({ME})).facts(
        held, rules or policy(), Times(now, TEN), Look(last=True)
    )


async def test_a_stranger_in_an_empty_ledger(ledger: Ledger) -> None:
    """Nothing is known, nothing is granted."""
    found = await ledger.write(lambda tx: facts_of(tx, inbound(1, "hi")))

    assert found == Facts(NOON, own_handles=frozenset({ME}))


async def test_a_grant_is_known_for_its_account_in_every_spelling(ledger: Ledger) -> None:
    """The grant of a handle counts however the phone spells it, and only where it was given (demand I8)."""

    def look(tx: Tx) -> list[bool]:
        pairing.grant(tx, ACCOUNT, Handle(ANN), "operator", NOON)
        rows = [
            inbound(1, "hi", sender="(555) 010-0001"),
            inbound(2, "hi", sender=BOB),
            inbound(3, "hi", account=AccountId("work")),
            inbound(4, "hi", from_me=True),
        ]
        return [facts_of(tx, row).granted for row in rows]

    assert await ledger.write(look) == [True, False, False, False]


async def test_open_requests_are_counted_where_pairing_rules(ledger: Ledger) -> None:
    """Whether this sender waits, and how many do in the account."""

    def look(tx: Tx) -> list[tuple[bool, int]]:
        for n in range(3):
            pairing.add(tx, ACCOUNT, Handle(f"+1555010000{n}"), direct_chat(), f"CODE000{n}", NOON)
        cases = [
            (inbound(1, "hi", sender=ANN), policy(), NOON),
            (inbound(2, "hi", sender="new@example.com"), policy(), NOON),
            (inbound(3, "hi"), policy(), NOON + timedelta(hours=1)),
            (inbound(4, "hi"), policy(dm_policy="open", allow_from=("*",)), NOON),
        ]
        found = [facts_of(tx, *case) for case in cases]
        return [(one.pairing_open, one.requests_open) for one in found]

    assert await ledger.write(look) == [(True, 3), (False, 3), (False, 0), (False, 0)]


async def test_own_handles_of_the_account_are_configured_and_learned(ledger: Ledger) -> None:
    """A chat with oneself is one of this account's handles, never of another's (design section 4, rules 1 and 5)."""

    def look(tx: Tx) -> frozenset[Handle]:
        accounts.learn_handles(tx, ACCOUNT, [Handle(ANN)], NOON)
        accounts.learn_handles(tx, AccountId("work"), [Handle(BOB)], NOON)
        return facts_of(tx, inbound(1, "hi"), policy(own_handles=("old@example.com",))).account_handles

    assert await ledger.write(look) == {ANN, "old@example.com"}


@pytest.mark.parametrize(("minutes", "late"), [(9, False), (11, True)])
async def test_lateness_is_age_at_first_sight(ledger: Ledger, minutes: int, late: bool) -> None:
    """A message that waits here does not become late by waiting (demand C5)."""

    def look(tx: Tx) -> list[bool]:
        [held] = messages.load(
            tx, messages.receive(tx, [inbound(1, "hi", at=NOON - timedelta(minutes=minutes))], NOON)
        )
        return [
            Lookup(tx, [held], frozenset())
            .facts(held, policy(), Times(NOON + timedelta(hours=n), TEN), Look())
            .late
            for n in (0, 5)
        ]

    assert await ledger.write(look) == [late, late]


async def test_a_pause_is_seen(ledger: Ledger) -> None:
    """Of the chat under its lasting name."""

    def look(tx: Tx) -> list[bool]:
        accounts.set_pause(tx, ACCOUNT, direct_chat().key, NOON)
        return [
            facts_of(tx, inbound(1, "hi", chat=direct_chat(service="any"))).paused,
            facts_of(tx, inbound(2, "hi", chat=group_chat())).paused,
        ]

    assert await ledger.write(look) == [True, False]


@pytest.mark.parametrize(
    ("state", "is_open"),
    [
        (DeliveryState.QUEUED, None),
        (DeliveryState.SENDING, True),
        (DeliveryState.SENT, True),
        (DeliveryState.UNKNOWN, True),
        (DeliveryState.UNCONFIRMED, True),
        (DeliveryState.PARKED, True),
        (DeliveryState.CONFIRMED, False),
        (DeliveryState.EXPIRED, None),
        (DeliveryState.FAILED, None),
    ],
)
async def test_our_words_are_open_until_confirmed(
    ledger: Ledger, state: DeliveryState, is_open: bool | None
) -> None:
    """What never left the house cannot echo; what may have left waits for its row."""

    def look(tx: Tx) -> list[bool]:
        [bubble] = say(tx, "hello there")
        deliveries.mark(tx, bubble.id, state, NOON)
        return [words.open for words in facts_of(tx, inbound(1, "hi")).own_words]

    assert await ledger.write(look) == ([] if is_open is None else [is_open])


@pytest.mark.parametrize("state", [DeliveryState.QUEUED, DeliveryState.EXPIRED, DeliveryState.DROPPED])
async def test_what_was_tried_and_waits_again_is_still_open(ledger: Ledger, state: DeliveryState) -> None:
    """Its row may come late (design section 4: nothing twice): it must settle the bubble, not look owner typed."""

    def look(tx: Tx) -> list[bool]:
        say(tx, "hello there")
        bubble = claim(tx)
        assert bubble is not None
        deliveries.mark(tx, bubble.id, state, NOON)
        return [words.open for words in facts_of(tx, inbound(1, "hi")).own_words]

    assert await ledger.write(look) == [True]


async def test_our_words_are_those_of_this_chat(ledger: Ledger) -> None:
    """Same chat, whatever its service is called today, and no other (rule 3)."""

    def look(tx: Tx) -> list[int]:
        [bubble] = say(tx, "hello there")
        deliveries.mark(tx, bubble.id, DeliveryState.SENT, NOON)
        rows = [inbound(1, "a", chat=direct_chat(service="any")), inbound(2, "b", sender=BOB)]
        return [len(facts_of(tx, row).own_words) for row in rows]

    assert await ledger.write(look) == [1, 0]


async def test_a_guid_is_ours_however_old_and_wherever(ledger: Ledger) -> None:
    """Rule 2 has no window and no chat: a row that lost its join is still recognised by its guid."""
    much_later = NOON + timedelta(days=30)

    def look(tx: Tx) -> list[list[str]]:
        for n, bubble in enumerate(say(tx, "hello", "there"), start=1):
            deliveries.confirm(tx, bubble.id, MessageGuid(f"guid-{n}"), RowId(n), NOON)
        rows = [
            replace(inbound(1, "x", from_me=True), chat=None),
            inbound(2, "x", chat=group_chat(), at=much_later),
            inbound(3, "x", chat=group_chat(), at=much_later),
        ]
        found = [facts_of(tx, row, now=much_later) for row in rows]
        return [[words.guid for words in one.own_words] for one in found]

    assert await ledger.write(look) == [["guid-1"], ["guid-2"], []]


async def test_a_late_row_still_meets_the_words_of_its_time(ledger: Ledger) -> None:
    """After a stop of hours the phone's rows are judged beside what was said when they were sent."""
    later = NOON + timedelta(hours=5)

    def look(tx: Tx) -> int:
        [bubble] = say(tx, "hello there")
        deliveries.mark(tx, bubble.id, DeliveryState.SENT, NOON)
        return len(facts_of(tx, inbound(1, "hello there", from_me=True, at=NOON), now=later).own_words)

    assert await ledger.write(look) == 1
