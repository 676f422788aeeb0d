"""Carrying out commands: once, by authority asked for again, with nothing told to whoever has none."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator

import pytest
from tests.making import ACCOUNT, ANN, NOON, inbound
from tests.rig import Agent, running
from tests.waiting import until

from openclaw.config.change import Change
from openclaw.domain.admission import Admitted, Reason
from openclaw.domain.delivery import DeliveryState
from openclaw.domain.ids import AgentId, SessionKey
from openclaw.domain.messages import LedgerMessage, MessageState
from openclaw.domain.sessions import Peer, PeerKind, Route
from openclaw.domain.turns import Finished, Prompt, TextDelta, TurnEvent, TurnState
from openclaw.errors import ConfigUnreadable
from openclaw.outbound.compose import bubble
from openclaw.store import Ledger, Tx, deliveries, messages, turns
from openclaw.turns.commands.carry_out import CommandRunner
from openclaw.turns.commands.lane import Lane
from openclaw.turns.commands.recognise import command_of
from openclaw.turns.commands.rules import CommandRules

from .house import OTHER, Desk, Outside, give, house, in_group, reasons, says

KEY, MAIN = SessionKey("agent:main:main"), AgentId("main")
IDLE = Lane(cancel=lambda key: False, is_running=lambda key: False)


def admit(tx: Tx, row: int, text: str, *, owner: bool = True, authorised: bool = True) -> LedgerMessage:
    """An admitted message of the session."""
    [received] = messages.load(tx, messages.receive(tx, [inbound(row, text)], NOON))
    peer = Peer(PeerKind.DIRECT, ANN)
    verdict = Admitted(Reason.DM_ALLOWED, peer, authorised, command_of(text), owner=owner)
    messages.judge(tx, received, verdict, Route(ACCOUNT, MAIN, KEY, peer, "default"), NOON)
    return messages.load(tx, [received.id])[0]


async def carry(ledger: Ledger, held: LedgerMessage, outside: Outside | None = None) -> list[str]:
    """The answers that carrying ``held`` out queued."""
    runner = CommandRunner(ledger, (outside or Outside()).ports, IDLE, lambda: NOON)
    await runner.carry_out(held, CommandRules(), lambda account, chat, text: [bubble(account, chat, text)])
    queued = await ledger.read(lambda tx: deliveries.in_state(tx, DeliveryState.QUEUED))
    return [one.message.text for one in queued]


async def test_a_turn_that_was_to_run_again_is_stopped_too(ledger: Ledger) -> None:
    """Behaviour facts D.12: between two attempts nothing runs, and still an answer was on its way."""

    def wait(tx: Tx) -> LedgerMessage:
        turn = turns.create(tx, [admit(tx, 1, "think hard")], NOON)
        turns.put_back(tx, turn.id, NOON, "the model was busy")
        return admit(tx, 2, "/stop")

    assert await carry(ledger, await ledger.write(wait)) == ["Stopped."]
    [record] = await ledger.read(lambda tx: turns.records(tx, [], 10))
    assert record.state is TurnState.CANCELLED


@pytest.mark.parametrize(
    ("owner", "authorised", "reason"),
    [(False, True, Reason.COMMAND_OWNER), (False, False, Reason.COMMAND_UNAUTHORISED)],
)
async def test_authority_is_asked_for_again(
    ledger: Ledger, owner: bool, authorised: bool, reason: Reason
) -> None:
    """Whatever let it through: what the ledger says of the sender decides, in silence."""
    outside = Outside()
    held = await ledger.write(lambda tx: admit(tx, 1, "/restart", owner=owner, authorised=authorised))
    assert await carry(ledger, held, outside) == []
    assert outside.restarts == 0
    [after] = await ledger.read(lambda tx: messages.load(tx, [held.id]))
    assert (after.state, after.reason) == (MessageState.DROPPED, reason)


async def test_a_restart_is_on_disk_before_it_is_asked_for(ledger: Ledger) -> None:
    """Otherwise the next gateway would find the command open, and restart again, for ever."""
    outside = Outside()
    assert await give(ledger, says(1, "/restart"), outside=outside) == ["Restarting."]
    assert outside.restarts == 1
    async with running(ledger, house(), ports=outside.ports) as rig:
        await rig.hear(says(2, "hello"))
        assert await rig.phone.texts(1) == ["You said hello"]
    assert outside.restarts == 1


async def test_a_command_that_was_cut_off_is_carried_out_by_the_next_gateway_and_answered_once(
    ledger: Ledger,
) -> None:
    """Killed after the file was written and before that was on disk: it is written again, and says the same."""
    outside = Outside()

    def leave(tx: Tx) -> LedgerMessage:
        return admit(tx, 1, "/config set messages.queue.cap=25")

    held = await ledger.write(leave)
    await outside.desk.change([Change(("messages", "queue", "cap"), 25)], by="the one before")
    document = house()
    async with running(ledger, document, ports=outside.ports) as rig:
        assert await rig.phone.texts(1) == ["messages.queue.cap = 25"]
    assert outside.desk.document == {"messages": {"queue": {"cap": 25}}}
    async with running(ledger, document, ports=outside.ports) as rig:
        await rig.hear(says(2, "hello"))
        assert await rig.phone.texts(1) == ["You said hello"]
    [after] = await ledger.read(lambda tx: messages.load(tx, [held.id]))
    # It may have held a secret.
    assert (after.state, after.message.text) == (MessageState.ANSWERED, "")


async def test_a_flag_that_is_off_is_named_to_the_owner_alone(ledger: Ledger) -> None:
    """Behaviour facts I.1: after authority, the key to set; whoever may not give the command gets no answer."""
    outside = Outside()
    document = house(config=False, debug=False, restart=False)
    said = [says(row, text) for row, text in enumerate(("/config show", "/debug show", "/restart"), 1)]
    assert await give(ledger, *said, outside=outside, document=document) == [
        "/config is off here; commands.config switches it on.",
        "/debug is off here; commands.debug switches it on.",
        "/restart is off here; commands.restart switches it on.",
    ]
    assert outside.restarts == 0
    assert set(await reasons(ledger)) == {Reason.COMMAND_DISABLED}


async def test_what_fails_outside_is_told_without_its_cause(ledger: Ledger) -> None:
    """A path or an error of the machine is the operator's."""

    class Broken(Desk):
        async def change(self, edits: object, by: str) -> bool:
            raise ConfigUnreadable("/home/me/.openclaw/openclaw.json cannot be written")

    outside = Outside(desk=Broken())
    [told] = await give(ledger, says(1, "/config set messages.queue.cap=5"), outside=outside)
    assert told == "That could not be done; the gateway's log says why."
    assert await reasons(ledger) == [Reason.COMMAND_FAILED]


async def test_stop_words_stop_only_what_is_there(ledger: Ledger) -> None:
    """Behaviour facts D.12: "stop" ends the answer that is being written, and is talk when there is none."""
    agent, begun = Agent(), asyncio.Event()

    async def endless(prompt: Prompt) -> AsyncGenerator[TurnEvent]:
        begun.set()
        await asyncio.Event().wait()
        yield TextDelta("")

    async with running(ledger, house(), agent) as rig:
        await rig.hear(says(1, "stop"))
        assert await rig.phone.texts(1) == ["You said stop"]
        agent.behave = endless
        await rig.hear(says(2, "tell me everything"))
        await begun.wait()
        await rig.hear(says(3, "Stop!", OTHER))
        await until(lambda: _count(rig.agent.prompts, 3), "the other's stop is talk")
        await rig.hear(says(4, "STOP please"))
        assert (await rig.phone.texts(2))[1] == "Stopped."


async def _count(found: list[Prompt], wanted: int) -> bool:
    return len(found) >= wanted


async def test_in_a_group_the_name_may_stand_before_the_stop_word(ledger: Ledger) -> None:
    """Behaviour facts D.12: mentions are stripped first; who may not command only talks."""
    agent, begun = Agent(), asyncio.Event()

    async def endless(prompt: Prompt) -> AsyncGenerator[TurnEvent]:
        begun.set()
        await asyncio.Event().wait()
        yield Finished("m")

    agent.behave = endless
    document = house() | {
        "messages": {"groupChat": {"mentionPatterns": ["@?claw"]}, "queue": {"debounceMs": 0}}
    }
    async with running(ledger, document, agent) as rig:
        await rig.hear(in_group(1, "claw, tell me everything"))
        await begun.wait()
        await rig.hear(in_group(2, "@Claw stop!"))
        assert await rig.phone.texts(1) == ["Stopped."]


async def test_a_long_answer_is_several_bubbles(ledger: Ledger) -> None:
    """channels.imessage.textChunkLimit holds for what the gateway says as well."""
    document = house()
    document["channels"]["imessage"]["textChunkLimit"] = 200
    async with running(ledger, document, ports=Outside().ports) as rig:
        await rig.hear(says(1, "/commands"))
        texts = await rig.phone.texts(4)
    assert all(len(text) <= 200 for text in texts)


async def test_people_who_share_a_session_do_not_stop_each_other(ledger: Ledger) -> None:
    """Under ``dmScope: main`` whoever stops means their own chat: nobody else's answer is lost by it (promise 3)."""
    agent, begun, told = Agent(), asyncio.Event(), asyncio.Event()

    async def slow(prompt: Prompt) -> AsyncGenerator[TurnEvent]:
        begun.set()
        await told.wait()
        yield TextDelta("a long answer")
        yield Finished("m")

    agent.behave = slow
    document = house() | {"session": {"dmScope": "main"}}
    async with running(ledger, document, agent) as rig:
        await rig.hear(says(1, "tell me everything"))
        await begun.wait()
        await rig.hear(says(2, "and me", OTHER), says(3, "one thing more"))
        await rig.hear(says(4, "/stop", OTHER))
        assert await rig.phone.texts(1) == ["Stopped."]
        await rig.hear(says(5, "/stop", OTHER))
        assert (await rig.phone.texts(2))[1] == "There is nothing to stop."
        told.set()
        assert [text for text in await rig.phone.texts(4) if "top" not in text] == ["a long answer"] * 2
    by_text = {one.message.text: one.state for one in await ledger.read(lambda tx: messages.latest(tx, 20))}
    assert by_text["and me"] is MessageState.CANCELLED
