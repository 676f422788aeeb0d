"""Pairing over any sequence of messages, decisions and hours: what never happens."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.inbound.policies import policy
from tests.making import ACCOUNT, ANN, NOON, direct_chat, inbound

from openclaw.domain.admission import Reason
from openclaw.domain.delivery import Cause, DeliveryState
from openclaw.domain.handles import Handle
from openclaw.domain.ids import AgentId, SessionKey
from openclaw.domain.messages import MessageState
from openclaw.domain.sessions import Route
from openclaw.errors import NotFound
from openclaw.inbound import requests
from openclaw.inbound.brakes import Brakes
from openclaw.inbound.judge import Judge
from openclaw.inbound.manners import NO_MANNERS
from openclaw.inbound.verdicts import Directions, Door
from openclaw.outbound.compose import bubble
from openclaw.store import Ledger, Tx, checkpoints, deliveries, messages, open_ledger, pairing

PEOPLE = tuple(f"+1555010{number:04}" for number in range(5))
DIRECTIONS = Directions(
    route=lambda tx, account, peer, chat, now: Route(
        account, AgentId("main"), SessionKey("main"), peer, "default"
    ),
    manners=lambda route: NO_MANNERS,
    command=lambda text: None,
    bubble=bubble,
)

writes = st.tuples(st.just("write"), st.sampled_from(PEOPLE))
decides = st.tuples(st.sampled_from(("approve", "deny", "again")), st.integers(0, 9))
passes = st.tuples(st.just("wait"), st.integers(0, 70))
STORIES = st.lists(st.one_of(writes, writes, decides, passes), max_size=30)


@dataclass
class Story:
    """What happened so far, and what must hold after each step."""

    judge: Judge
    now: datetime = NOON
    row: int = 0
    codes: list[tuple[str, datetime]] = field(default_factory=list[tuple[str, datetime]])
    used: set[str] = field(default_factory=set[str])

    def step(self, tx: Tx, what: str, which: str | int) -> None:
        """One message, decision or while."""
        if what == "write":
            self.row += 1
            message = inbound(self.row, "hi", sender=str(which), at=self.now)
            self.judge.judge(tx, messages.receive(tx, [message], self.now))
        elif what == "wait":
            self.now += timedelta(minutes=int(which))
        elif self.codes:
            self.decide(tx, what, *self.codes[int(which) % len(self.codes)])
        waiting = pairing.open_requests(tx, self.now)
        self.codes += [(one.code, one.created_at) for one in waiting if one.code not in dict(self.codes)]
        assert len(waiting) <= 3
        assert len({one.handle for one in waiting}) == len(waiting)

    def decide(self, tx: Tx, what: str, code: str, since: datetime) -> None:
        """Any code that was ever given, at any time."""
        is_open = code not in self.used and self.now < since + timedelta(hours=1)
        try:
            request = requests.open_request(tx, code.lower(), None, self.now)
        except NotFound:
            assert not is_open
            return
        assert is_open
        self.used.add(code)
        if what == "deny":
            requests.deny(tx, request, "operator", self.now)
        else:
            requests.approve(tx, request, "operator", self.now)


async def _tell(directory: Path, story: list[tuple[str, str | int]]) -> None:
    async with open_ledger(directory) as ledger:
        told = Story(Judge({ACCOUNT: Door(policy())}, DIRECTIONS, Brakes(), lambda: told.now))
        for what, which in story:
            await ledger.write(lambda tx, what=what, which=which: told.step(tx, what, which))
        sent = await ledger.read(lambda tx: deliveries.in_state(tx, DeliveryState.QUEUED))
        challenges = [one.cause_id for one in sent if one.cause is Cause.CHALLENGE]
        assert len(challenges) == len(set(challenges)) == len(told.codes)


@settings(max_examples=40)
@given(STORIES)
def test_three_open_one_challenge_each_and_a_code_decides_once_within_its_hour(
    story: list[tuple[str, str | int]],
) -> None:
    """Behaviour facts B.1 and B.4, ruling 12: over any sequence, in any order, at any pace."""
    with TemporaryDirectory() as directory:
        asyncio.run(_tell(Path(directory), story))


async def test_silent_pairing_makes_the_request_and_sends_nothing(ledger: Ledger) -> None:
    """Ruling 12: the operator is told, the stranger is not (demand I1)."""
    judge = Judge({ACCOUNT: Door(policy(), silent=True)}, DIRECTIONS, Brakes(), lambda: NOON)
    await ledger.write(lambda tx: judge.judge(tx, messages.receive(tx, [inbound(1, "hi")], NOON)))

    assert len(await ledger.read(lambda tx: pairing.open_requests(tx, NOON))) == 1
    assert await ledger.read(lambda tx: deliveries.in_state(tx, DeliveryState.QUEUED)) == []


@pytest.mark.parametrize(("by", "decide"), [("owner", requests.approve), ("operator", requests.deny)])
async def test_the_trail_says_who_decided(ledger: Ledger, by: str, decide: object) -> None:
    """Promise 4: every step has its reason."""

    def work(tx: Tx) -> list[str]:
        request = pairing.add(tx, ACCOUNT, Handle(ANN), direct_chat(), "ABCD2345", NOON)
        (requests.approve if decide is requests.approve else requests.deny)(tx, request, by, NOON)
        return [step.reason for step in checkpoints.story(tx, "pairing", request.id)]

    assert await ledger.write(work) == [by]


async def test_a_request_of_the_originals_file_is_told_by_its_handle(ledger: Ledger) -> None:
    """What the original noted of the chat may be another one by now: never to the wrong person (promise 1)."""

    def work(tx: Tx) -> list[object]:
        chat = direct_chat(row=0)
        request = pairing.add(tx, ACCOUNT, Handle(ANN), chat, "ABCD2345", NOON)
        requests.approve(tx, request, "operator", NOON, notify=True)
        return [one.message.target for one in deliveries.in_state(tx, DeliveryState.QUEUED)]

    assert await ledger.write(work) == [ANN]


async def test_a_flood_of_strangers_leaves_three_requests_and_a_row_for_each_message(ledger: Ledger) -> None:
    """Hostile input: what grows is what was received, in the batches in which it came; nothing else does."""
    judge = Judge({ACCOUNT: Door(policy())}, DIRECTIONS, Brakes(), lambda: NOON)
    flood = [inbound(n, "let me in", sender=f"+1555{n:07}") for n in range(1, 1001)]

    def work(tx: Tx) -> None:
        judge.judge(tx, messages.receive(tx, flood, NOON))

    await ledger.write(work)
    assert len(await ledger.read(lambda tx: pairing.open_requests(tx, NOON))) == 3
    assert len(await ledger.read(lambda tx: deliveries.in_state(tx, DeliveryState.QUEUED))) == 3
    dropped = await ledger.read(lambda tx: messages.in_state(tx, MessageState.DROPPED))
    assert {held.reason for held in dropped} == {Reason.PAIRING_FULL}
    assert {held.message.text for held in dropped} == {""}
    assert len(dropped) == 997
