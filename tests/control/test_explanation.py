"""Why a message became what it became: gates, keys, route and what is waited for, beside its story."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from tests.control.test_hypothesis import judged
from tests.making import ACCOUNT, ANN, BOB, NOON, group_chat, inbound
from tests.rig import Agent, open_to_all, running
from tests.waiting import until

from openclaw.control.explanation import explain
from openclaw.control.judging import Judging
from openclaw.domain.ids import MessageId
from openclaw.domain.messages import MessageState
from openclaw.domain.reasons import Reason
from openclaw.errors import NotFound
from openclaw.store import Ledger, accounts, messages, pairing


async def told(ledger: Ledger, judging: Judging | None, **params: Any) -> list[Any]:
    """The explanations that ``params`` ask for."""
    body = (await ledger.read(lambda tx: explain(tx, params, NOON, judging))).body
    found = body["messages"]
    assert isinstance(found, list)
    return found


async def test_an_answered_message_is_explained_from_gate_to_own_row(ledger: Ledger) -> None:
    """Heard, judged, routed, answered, sent and seen: each with what it went by (issue: explain)."""
    document = open_to_all()
    async with running(ledger, document) as rig:
        await rig.hear(inbound(1, "hello", at=NOON - timedelta(seconds=3)))
        await rig.phone.texts(1)

        async def answered() -> Any:
            [one] = await told(ledger, judged(document), guid="guid-1")
            seen = [each["state"] for each in one["deliveries"]] == ["confirmed"]
            return one if one["message"]["state"] == "answered" and seen else None

        one = await until(answered, "the answer")
    assert one["delaySeconds"] == 3
    assert (one["verdict"]["reason"], one["verdict"]["keys"][0]["key"]) == (
        "dm-open",
        "channels.imessage.dmPolicy",
    )
    assert all(gate["passed"] for gate in one["gates"])
    assert one["route"] == {
        "agent": "main",
        "session": f"agent:main:imessage:direct:{ANN}",
        "matchedBy": "default",
    }
    assert (one["turn"]["attempts"], one["turn"]["model"]) == (1, "echo/1")
    assert one["ownRows"][0]["deliveryId"] == one["deliveries"][0]["id"]
    assert one["ownRows"][0]["guid"].startswith("own-")
    assert (one["waitsFor"], one["whatHelps"]) == ("", "")


async def test_a_refused_message_names_gate_key_and_fix_and_not_its_forgotten_text(ledger: Ledger) -> None:
    """The text of a stranger is gone; why it is gone is told (ruling 18)."""
    document = {"channels": {"imessage": {"allowFrom": [BOB], "settleMs": 0, "accounts": {"default": {}}}}}
    async with running(ledger, document) as rig:
        await rig.hear(inbound(1, "let me in", chat=group_chat()))
    [one] = await told(ledger, judged(document), id=1)

    assert one["message"]["text"] == ""
    assert one["isGroup"] is True
    assert one["gates"][-1] == {
        "gate": "senders",
        "passed": False,
        "says": "The sender is not in the group allowlist.",
    }
    assert one["verdict"]["keys"][0]["key"] == "channels.imessage.allowFrom"
    assert one["verdict"]["fix"] == "Add them to channels.imessage.allowFrom."
    assert one["route"] is None


async def test_a_binding_that_matched_is_named_by_its_place(ledger: Ledger) -> None:
    """Which rule sent it to which agent (demand L2)."""
    document = open_to_all(groupPolicy="open")
    document["agents"]["list"] = [{"id": "main"}, {"id": "family"}]
    match = {"channel": "imessage", "peer": {"kind": "group", "id": "chat_id:7"}}
    document["bindings"] = [
        {"agentId": "main", "match": {"channel": "telegram"}},
        {"agentId": "family", "match": match},
    ]
    async with running(ledger, document) as rig:
        await rig.hear(inbound(1, "hello", chat=group_chat()))
        await rig.phone.texts(1)
    [one] = await told(ledger, judged(document), id=1)
    assert (one["route"]["agent"], one["route"]["matchedBy"]) == ("family", "bindings[1] (peer)")

    # Another configuration would send it elsewhere now; where it went stays told, by no rule of today.
    [later] = await told(ledger, judged(open_to_all()), id=1)
    assert (later["route"]["agent"], later["route"]["matchedBy"]) == ("family", "")


async def test_a_challenged_message_shows_its_code_and_what_to_do(ledger: Ledger) -> None:
    """The request, the bubble with the code, and the command that lets the sender in."""
    document = {"channels": {"imessage": {"settleMs": 0}}}
    async with running(ledger, document) as rig:
        await rig.hear(inbound(1, "hello"))
        await rig.phone.texts(1)
    [one] = await told(ledger, judged(document), id=1)
    [request] = await ledger.read(lambda tx: pairing.open_requests(tx, NOON))

    assert one["verdict"]["reason"] == "pairing-started"
    assert [each["cause"] for each in one["deliveries"]] == ["challenge"]
    assert any(request.code in step["title"] for step in one["steps"])
    assert one["whatHelps"] == "openclaw pairing list imessage"


async def test_what_is_waited_for_is_told(ledger: Ledger) -> None:
    """No agent that could answer, a pause, a turn that failed for good: each with the way on."""
    without = open_to_all()
    del without["agents"]
    async with running(ledger, without) as rig:
        await rig.hear(inbound(1, "hello"))
        [first] = await told(ledger, judged(without))
        await ledger.write(lambda tx: accounts.set_pause(tx, ACCOUNT, accounts.EVERY_CHAT, NOON))
        await rig.hear(inbound(2, "and again"))
    second, _ = await told(ledger, judged(without), last=2)

    assert (first["message"]["state"], second["message"]["state"]) == ("waiting", "paused")
    assert "no model" in first["waitsFor"]
    assert second["whatHelps"] == "openclaw resume --account default"
    assert second["gates"][-1]["gate"] == "pause"


async def test_a_failed_turn_shows_its_error_to_the_operator(ledger: Ledger) -> None:
    """Attempts and the error, which a contact never sees (design section 7)."""
    agent, document = Agent(), open_to_all()

    async def broken(_prompt: Any) -> Any:
        raise ZeroDivisionError("the model is gone")
        yield  # pragma: no cover

    agent.behave = broken
    async with running(ledger, document, agent) as rig:
        await rig.hear(inbound(1, "hello"))

        async def failed() -> bool:
            return bool(await ledger.read(lambda tx: messages.in_state(tx, MessageState.FAILED)))

        await until(failed, "the third failure")
    [one] = await told(ledger, judged(document))
    assert one["turn"]["attempts"] == 3
    assert one["turn"]["error"]
    assert one["whatHelps"] == f"openclaw turns retry {one['turn']['id']}"


async def test_without_a_configuration_the_past_is_told_without_keys(ledger: Ledger) -> None:
    """A file that is broken now hides nothing of what happened."""
    async with running(ledger, {"channels": {"imessage": {"dmPolicy": "disabled", "settleMs": 0}}}) as rig:
        await rig.hear(inbound(1, "hello"))
    [one] = await told(ledger, None)
    assert (one["verdict"]["reason"], one["verdict"]["keys"]) == ("dm-disabled", [])


async def test_what_is_not_there_is_not_found(ledger: Ledger) -> None:
    """Neither by number nor by guid; and an empty ledger has no newest message."""
    for wrong in ({"id": 9}, {"guid": "nobody"}):
        with pytest.raises(NotFound):
            await told(ledger, None, **wrong)
    assert await told(ledger, None) == []


async def test_what_became_of_it_behind_the_gates_is_told_beside_their_verdict(ledger: Ledger) -> None:
    """A full queue refuses what the gates let in; both are told, each with its keys."""
    document = open_to_all()
    del document["agents"]
    async with running(ledger, document) as rig:
        await rig.hear(inbound(1, "hello"))
    full = Reason.QUEUE_FULL_OLD
    await ledger.write(lambda tx: messages.settle(tx, [MessageId(1)], MessageState.DROPPED, NOON, full))

    [one] = await told(ledger, judged(document))
    assert (one["verdict"]["reason"], one["afterwards"]["reason"]) == ("dm-open", "queue-full-old")
    assert all(gate["passed"] for gate in one["gates"])
    assert one["afterwards"]["keys"][0]["says"] == "default (messages.queue.cap is not set)"
