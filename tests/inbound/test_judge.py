"""Judging: verdicts and what they entail, over a real ledger."""

from __future__ import annotations

from datetime import timedelta

from tests.inbound.policies import policy
from tests.making import ACCOUNT, NOON, inbound
from tests.rig import open_to_all, running

from openclaw.domain.admission import Reason
from openclaw.domain.commands import Command
from openclaw.domain.ids import AgentId, RowId, SessionKey
from openclaw.domain.messages import MessageState
from openclaw.domain.sessions import Route
from openclaw.inbound.brakes import Brakes
from openclaw.inbound.judge import Judge
from openclaw.inbound.manners import NO_MANNERS
from openclaw.inbound.verdicts import Directions, Door
from openclaw.outbound.compose import bubble
from openclaw.store import Ledger, Tx, databases, messages


def _command(text: str) -> Command | None:
    if text == "poison":
        raise ZeroDivisionError
    return None


async def test_a_bug_in_a_gate_costs_one_message_its_verdict_and_not_the_account(ledger: Ledger) -> None:
    """Design section 4, poison: the rows beside it are judged; it stays received, where it can be seen."""
    directions = Directions(
        route=lambda tx, account, peer, chat, now: Route(
            account, AgentId("main"), SessionKey("main"), peer, "default"
        ),
        manners=lambda route: NO_MANNERS,
        command=_command,
        bubble=bubble,
    )
    judge = Judge({ACCOUNT: Door(policy(dm_policy="open"))}, directions, Brakes(), lambda: NOON)

    def work(tx: Tx) -> list[MessageState]:
        ids = messages.receive(tx, [inbound(1, "one"), inbound(2, "poison"), inbound(3, "three")], NOON)
        judge.judge(tx, ids)
        return [held.state for held in messages.load(tx, ids)]

    states = await ledger.write(work)
    assert states == [MessageState.WAITING, MessageState.RECEIVED, MessageState.WAITING]


async def test_a_number_that_nobody_has_confirmed_chooses_no_agent(ledger: Ledger) -> None:
    """Design section 5: in another database ``chat_id:1`` may be anybody; a binding by number has to wait."""
    document = open_to_all()
    document["agents"]["list"] = [{"id": "main"}, {"id": "family"}]
    peer = {"kind": "direct", "id": "chat_id:1"}
    document["bindings"] = [{"agentId": "family", "match": {"channel": "imessage", "peer": peer}}]
    async with running(ledger, document) as rig:
        await ledger.write(lambda tx: databases.replaced(tx, ACCOUNT, RowId(5), [], NOON))
        await rig.hear(inbound(50, "hello"))
        await rig.phone.texts(1)
        await ledger.write(lambda tx: databases.confirm(tx, ACCOUNT, NOON))
        await rig.hear(inbound(51, "hello again"))
        await rig.phone.texts(2)
    assert [key.split(":")[1] for key in rig.agent.sessions] == ["main", "family"]


async def test_what_waits_as_late_says_so(ledger: Ledger) -> None:
    """Attention and lists show the reason: "everybody may write" would not say why a message waits (ruling 18)."""
    document = open_to_all()
    document["messages"]["late"] = {"policy": "hold"}
    async with running(ledger, document) as rig:
        await rig.hear(inbound(1, "hello", at=NOON - timedelta(hours=5)))
        [held] = await ledger.read(lambda tx: messages.in_state(tx, MessageState.LATE))
    assert held.reason == Reason.LATE
