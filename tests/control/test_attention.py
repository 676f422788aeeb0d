from __future__ import annotations

from typing import Any

from openclaw.control.attention import attention
from openclaw.control.operations import perform
from openclaw.domain.admission import Held, Reason
from openclaw.domain.delivery import Cause, DeliveryState, OutboundMessage
from openclaw.domain.ids import ChatKey, RowId
from openclaw.outbound.notices import gather
from openclaw.store import Tx, accounts, databases, deliveries, messages

from .conftest import ANNS_CHAT, DEFAULT, NOW, Running


async def something_of_each(running: Running) -> None:
    """A request, a held message and a bubble in doubt."""
    await running.ann_asked()
    message = await running.ann_wrote()

    def trouble(tx: Tx) -> None:
        messages.judge(tx, messages.load(tx, [message])[0], Held(Reason.SUSPECT_ECHO), None, NOW)
        deliveries.queue(tx, Cause.NOTICE, 1, [OutboundMessage(DEFAULT, ANNS_CHAT, "Hello")], NOW)
        [bubble] = deliveries.in_state(tx, DeliveryState.QUEUED)
        deliveries.mark(tx, bubble.id, DeliveryState.PARKED, NOW, "why")

    await running.ledger.write(trouble)


async def test_whoever_waits_outside_comes_first(running: Running):
    """Pairing requests, then the rest, each with what can be decided (docs/http.md, attention)."""
    await something_of_each(running)
    found: Any = await running.ledger.read(lambda tx: attention(tx, NOW, 10))
    assert found["items"][0]["kind"] == "pairing"
    assert all(item["actions"] for item in found["items"])
    assert found["counts"] == {
        "permissions": 0,
        "pairing": 1,
        "messages": 1,
        "deliveries": 1,
        "turns": 0,
        "pauses": 0,
        "databases": 0,
        "notices": 0,
    }
    assert not found["truncated"]


async def test_a_cut_list_says_so_and_still_counts_everything(running: Running):
    """A page that shows some must not look as if it were all."""
    await something_of_each(running)
    found: Any = await running.ledger.read(lambda tx: attention(tx, NOW, 1))
    assert (len(found["items"]), found["truncated"]) == (1, True)
    assert sum(found["counts"].values()) == 3


async def test_another_database_is_told_with_the_command_that_confirms_it(running: Running):
    """Design 5: nothing keyed by a chat number is trusted until the operator says so, who must hear of it."""

    def replace_it(tx: Tx) -> Any:
        accounts.begin(tx, DEFAULT, RowId(5), NOW)
        databases.replaced(tx, DEFAULT, RowId(1), [], NOW)
        told = attention(tx, NOW, 10)
        confirmed = perform(tx, "channels/confirm-database", {}, NOW).body
        again = perform(tx, "channels/confirm-database", {"account": DEFAULT}, NOW).body
        return told, confirmed, again, attention(tx, NOW, 10)

    told, confirmed, again, after = await running.ledger.write(replace_it)
    [item] = told["items"]
    assert item["resume"] == "openclaw channels confirm-database --account default"
    assert told["counts"]["databases"] == 1
    assert (confirmed, again) == ({"accounts": ["default"]}, {"accounts": []})
    assert after["items"] == []


async def test_a_fuse_that_went_is_told_with_the_command_that_ends_it(running: Running):
    """Issue 4, point 2: fuses park, tell, and resume on command; who paused a chat knows of it."""

    def trip(tx: Tx) -> Any:
        accounts.set_pause(tx, DEFAULT, ChatKey("-;+15550100009"), NOW, "fuse: 20 bubbles")
        accounts.set_pause(tx, DEFAULT, accounts.EVERY_CHAT, NOW, "fuse: 60 bubbles")
        accounts.set_pause(tx, DEFAULT, ChatKey("-;+15550100008"), NOW)
        return attention(tx, NOW, 10)

    found = await running.ledger.write(trip)
    assert found["counts"]["pauses"] == 2
    told = {one["resume"]: (one["title"], one["says"], one["actions"]) for one in found["items"]}
    assert told == {
        "openclaw resume +15550100009 --account default": (
            "Sending to +15550100009 stopped",
            "Fuse: 20 bubbles.",
            ["resume"],
        ),
        "openclaw resume --account default": (
            "Sending of the account stopped",
            "Fuse: 60 bubbles.",
            ["resume"],
        ),
    }


async def test_an_agent_that_asks_comes_before_whoever_waits_outside(running: Running):
    """Its turn has stopped: what, where, until when, and what can be answered; no notice beside it."""
    await running.ann_asked()
    await running.codex_asked()
    await running.codex_asked("WXYZ2345", may_always=False)
    await running.ledger.write(lambda tx: gather(tx, {}, NOW))
    found: Any = await running.ledger.read(lambda tx: attention(tx, NOW, 10))
    assert [item["kind"] for item in found["items"]] == ["permission", "permission", "pairing"]
    newest, first = found["items"][:2]
    assert (first["id"], first["who"], first["chatKey"]) == ("WXYZ6789", "codex", ANNS_CHAT.key)
    assert first["title"] == "codex asks for permission"
    assert first["says"].startswith("It wants to run this")
    assert first["text"] == "Run it\nrm -rf build"
    assert first["actions"] == ["approvals/allow", "approvals/always", "approvals/deny"]
    assert newest["actions"] == ["approvals/allow", "approvals/deny"]
    assert (found["counts"]["permissions"], found["counts"]["notices"]) == (2, 0)
