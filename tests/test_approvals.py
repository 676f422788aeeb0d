"""The broker of permissions: a question, and how it ends, over a real ledger."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Collection
from datetime import datetime, timedelta

import pytest
from tests.making import ACCOUNT, ANN, NOON, direct_chat, inbound
from tests.rig import Agent, open_to_all, running
from tests.waiting import BOUND_S, until

from openclaw.approvals import MOST_OPEN, Approvals
from openclaw.domain.access import Notified
from openclaw.domain.acp import (
    Decision,
    PermissionQuestion,
    PermissionRequest,
    PermissionState,
    ToolKind,
    outside_agent,
)
from openclaw.domain.chats import ChatRef
from openclaw.domain.delivery import OutboundMessage
from openclaw.domain.handles import Handle
from openclaw.domain.ids import SessionKey
from openclaw.domain.turns import Finished, Origin, Prompt, TextDelta, TurnEvent
from openclaw.inbound.pairing import ALPHABET, CODE_LENGTH
from openclaw.outbound.notices import Readers, gather, tell
from openclaw.store import Ledger, Tx, checkpoints, pairing, permissions
from openclaw.turns.commands.ports import Ports

SESSION = SessionKey("agent:main:acp:1")
OWNER = "+15550100009"
READERS = Readers({ACCOUNT: Notified(Handle(OWNER))}, ACCOUNT)
ORIGIN = Origin(ACCOUNT, direct_chat(), is_group=False)


def question(title: str = "Run it", target: str = "rm -rf build", **more: bool) -> PermissionQuestion:
    """What codex wants to do."""
    return PermissionQuestion(SESSION, outside_agent("codex"), ToolKind.EXECUTE, title, target, **more)


def broker(ledger: Ledger, clock: Collection[datetime] = (NOON,)) -> Approvals:
    """Approvals by a clock that the test turns."""
    return Approvals(ledger, lambda: next(iter(clock)))


async def asked(ledger: Ledger, count: int = 1) -> list[PermissionRequest]:
    """What stands, once so much does."""

    async def look() -> list[PermissionRequest] | None:
        found = await ledger.read(lambda tx: permissions.open_requests(tx, NOON))
        return found if len(found) == count else None

    return await until(look, f"{count} questions stand")


async def kept(ledger: Ledger) -> PermissionRequest:
    """The one request there is."""
    [one] = await ledger.read(permissions.recent)
    return one


@pytest.mark.parametrize("decision", list(Decision))
async def test_whoever_asked_gets_the_answer(ledger: Ledger, decision: Decision) -> None:
    """The decision comes to the one who waits; the row and the trail say who gave it."""
    approvals = broker(ledger)
    async with asyncio.timeout(BOUND_S), asyncio.TaskGroup() as group:
        waiting = group.create_task(approvals.ask(question(), ORIGIN, 600))
        [request] = await asked(ledger)
        done = await approvals.decide(request.code.lower(), decision, SESSION, Handle(ANN))

    assert (done, waiting.result()) == (decision, decision)
    assert (request.account, request.chat, request.expires_at) == (
        ACCOUNT,
        direct_chat().key,
        NOON + timedelta(minutes=10),
    )
    assert (await kept(ledger)).decided_by == ANN
    [step] = await ledger.read(lambda tx: checkpoints.story(tx, "permission", request.id))
    assert step.step == decision


async def test_nobody_answers_and_it_is_denied(ledger: Ledger) -> None:
    """Demand L6: what nobody allowed does not happen."""
    assert await broker(ledger).ask(question(), ORIGIN, 0.01) is Decision.DENY
    assert (await kept(ledger)).state is PermissionState.EXPIRED


async def test_who_stops_waiting_takes_the_question_back(ledger: Ledger) -> None:
    """A turn that is stopped leaves nothing to answer, and its cancellation goes on."""
    approvals = broker(ledger)
    waiting = asyncio.ensure_future(approvals.ask(question(), ORIGIN, 600))
    [request] = await asked(ledger)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting

    assert (await kept(ledger)).state is PermissionState.CANCELLED
    assert await approvals.decide(request.code, Decision.ONCE, SESSION, Handle(ANN)) is None


async def test_a_turn_that_ends_while_the_question_is_written_leaves_none(ledger: Ledger) -> None:
    """The write cannot be stopped; what it wrote is closed by the next one."""
    waiting = asyncio.ensure_future(broker(ledger).ask(question(), ORIGIN, 600))
    # One round of the loop: the question is handed to the writer, and nobody has heard of it yet.
    await asyncio.sleep(0)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting

    assert await ledger.read(lambda tx: permissions.open_requests(tx, NOON)) == []


async def test_of_two_answers_the_first_counts(ledger: Ledger) -> None:
    """Whoever is second is told that it is over."""
    approvals = broker(ledger)
    async with asyncio.timeout(BOUND_S), asyncio.TaskGroup() as group:
        waiting = group.create_task(approvals.ask(question(), ORIGIN, 600))
        [request] = await asked(ledger)
        done = await asyncio.gather(
            approvals.decide(request.code, Decision.DENY, SESSION, Handle(ANN)),
            approvals.decide(request.code, Decision.ALWAYS, SESSION, Handle(ANN)),
        )

    assert done == [Decision.DENY, None]
    assert waiting.result() is Decision.DENY


async def test_an_answer_in_the_last_moment_is_not_lost(ledger: Ledger) -> None:
    """Allowed in the ledger before it was closed there is allowed, though the time is over."""

    def answer(tx: Tx) -> None:
        [one] = permissions.recent(tx)
        permissions.decide(tx, one.id, Decision.ONCE, "page")

    waiting = asyncio.ensure_future(broker(ledger).ask(question(), ORIGIN, 0))
    # One round of the loop: the question is handed to the writer, and its time is not yet over.
    await asyncio.sleep(0)
    await ledger.write(answer)
    assert await waiting is Decision.ONCE


async def test_questions_are_answered_one_by_one(ledger: Ledger) -> None:
    """Each has a code of its own, and its own answer."""
    approvals = broker(ledger)
    async with asyncio.timeout(BOUND_S), asyncio.TaskGroup() as group:
        first = group.create_task(approvals.ask(question("first"), ORIGIN, 600))
        await asked(ledger)
        second = group.create_task(approvals.ask(question("second"), ORIGIN, 600))
        one, other = await asked(ledger, 2)
        await approvals.decide(other.code, Decision.DENY, SESSION, Handle(ANN))
        await asked(ledger)
        assert not first.done()
        await approvals.decide(one.code, Decision.ONCE, SESSION, Handle(ANN))

    assert (first.result(), second.result()) == (Decision.ONCE, Decision.DENY)
    assert one.code != other.code
    assert all(len(code) == CODE_LENGTH and set(code) <= set(ALPHABET) for code in (one.code, other.code))


async def test_what_cannot_be_allowed_always_is_allowed_once(ledger: Ledger) -> None:
    """An agent that does not offer to remember is not made to."""
    approvals = broker(ledger)
    async with asyncio.timeout(BOUND_S), asyncio.TaskGroup() as group:
        waiting = group.create_task(approvals.ask(question(may_always=False), ORIGIN, 600))
        [request] = await asked(ledger)
        done = await approvals.decide(request.code, Decision.ALWAYS, SESSION, Handle(ANN))

    assert (done, waiting.result()) == (Decision.ONCE, Decision.ONCE)


async def test_more_questions_than_anybody_can_answer_are_denied(ledger: Ledger) -> None:
    """A flood is no way to a hasty yes."""
    approvals = broker(ledger)
    waiting = [asyncio.ensure_future(approvals.ask(question(), ORIGIN, 600)) for _ in range(MOST_OPEN)]
    await asked(ledger, MOST_OPEN)

    assert await approvals.ask(question(), ORIGIN, 600) is Decision.DENY

    for one in waiting:
        one.cancel()
    await asyncio.gather(*waiting, return_exceptions=True)
    assert await ledger.read(lambda tx: permissions.open_requests(tx, NOON)) == []


async def test_a_start_closes_what_an_earlier_run_left(ledger: Ledger) -> None:
    """Nobody waits for it, so that nobody is asked about it."""

    def leave(tx: Tx) -> None:
        place = ACCOUNT, direct_chat().key
        permissions.ask(tx, question(), "ABCD2345", place, NOON, NOON + timedelta(minutes=5))

    await ledger.write(leave)
    await broker(ledger).recover()
    assert (await kept(ledger)).state is PermissionState.CANCELLED


async def test_no_code_is_also_one_of_somebody_who_asks_to_be_let_in(ledger: Ledger) -> None:
    """``approve CODE`` must mean one thing."""
    await ledger.write(lambda tx: pairing.add(tx, ACCOUNT, Handle(ANN), direct_chat(), "ABCD2345", NOON))
    waiting = asyncio.ensure_future(broker(ledger).ask(question(), ORIGIN, 600))
    [request] = await asked(ledger)
    waiting.cancel()
    await asyncio.gather(waiting, return_exceptions=True)
    assert request.code != "ABCD2345"


@pytest.mark.parametrize(
    ("reply", "decision"),
    [
        ("yes", Decision.ONCE),
        ("/approve {code} always", Decision.ALWAYS),
        ("/approve deny {code}", Decision.DENY),
    ],
)
async def test_a_turn_waits_for_the_owner_and_goes_on(ledger: Ledger, reply: str, decision: Decision) -> None:
    """From the question in one conversation to the word in another; who wrote learns nothing of it (demand L6)."""
    agent, clock = Agent(), [NOON]
    approvals = Approvals(ledger, lambda: clock[0])

    async def asks(prompt: Prompt) -> AsyncGenerator[TurnEvent]:
        if prompt.text == "clean up":
            yield TextDelta(f"It is {await approvals.ask(question(), ORIGIN, 600)}.")
        yield Finished("codex/1", 1, 1)

    agent.behave = asks
    document = open_to_all() | {"notify": {"owner": OWNER}, "commands": {"ownerAllowFrom": [OWNER]}}
    async with running(ledger, document, agent=agent, ports=Ports(approvals=approvals)) as rig:
        await rig.hear(inbound(1, "clean up"))
        [request] = await asked(ledger)
        await ledger.write(lambda tx: (gather(tx, {}, NOON), tell(tx, READERS, {ACCOUNT}, NOON)))
        rig.gateway.deliver(ACCOUNT)
        await rig.phone.texts(1)
        chat = direct_chat(OWNER, row=9)
        await rig.hear(inbound(5000, reply.format(code=request.code), sender=OWNER, chat=chat))
        await rig.phone.texts(3)
        told = {where(one): one.text for one in rig.phone.sent if where(one) == ANN}
        owner = [one.text for one in rig.phone.sent if where(one) == OWNER]
    assert told == {ANN: f"It is {decision}."}
    assert len(owner) == 2
    assert request.code in owner[0]


def where(message: OutboundMessage) -> str:
    """Whose chat a bubble went to."""
    return message.target.identifier if isinstance(message.target, ChatRef) else message.target
