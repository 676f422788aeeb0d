"""What would become of a message: what is said is what happens, and saying it changes nothing."""

from __future__ import annotations

import asyncio
import tempfile
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.inbound.documents import CHATS, documents
from tests.making import ACCOUNT, ANN, BOB, NOON, inbound
from tests.rig import Rig, open_to_all, running
from tests.waiting import until

from openclaw.assembly import judging, make_plan
from openclaw.config.load import check_document
from openclaw.config.locations import Locations
from openclaw.control.explanation import explanation
from openclaw.control.hypothesis import suppose
from openclaw.control.judging import Judging
from openclaw.control.shapes import Json
from openclaw.domain.delivery import Cause, DeliveryState, OutboundMessage
from openclaw.domain.handles import Handle
from openclaw.domain.ids import MessageGuid, MessageId
from openclaw.domain.messages import MessageState
from openclaw.errors import BadRequest
from openclaw.store import (
    Ledger,
    Tx,
    accounts,
    checkpoints,
    deliveries,
    history,
    messages,
    open_ledger,
    pairing,
)

HERE = Path("/nonexistent")
WORDS = "The train leaves at nine from platform four."


def judged(document: dict[str, Any]) -> Judging:
    """How messages are judged by ``document``."""
    return judging(make_plan(check_document(document, Locations(HERE, HERE, HERE / "openclaw.json"), {})))


async def supposed(ledger: Ledger, judging: Judging, **params: Any) -> Any:
    """What ``explain`` says of a message from ``params``."""
    given = {"from": ANN, "text": "hello"} | params
    return (await ledger.read(lambda tx: suppose(tx, given, NOON, judging))).body


messages_of = st.lists(
    st.tuples(
        st.sampled_from(sorted(CHATS)),
        st.sampled_from([ANN, BOB]),
        st.sampled_from(["hello", "hello claw", "/status", "/new", WORDS]),
    ),
    min_size=1,
    max_size=3,
)


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(documents, messages_of, st.booleans(), st.sampled_from(["", "chat", "account"]))
def test_what_is_said_would_happen_is_what_happens(
    document: dict[str, Any], heard: list[tuple[str, str, str]], granted: bool, paused: str
) -> None:
    """The same gates, facts and routes for the hypothesis and for the row that then really comes (issue: explain)."""

    async def play(folder: Path) -> None:
        judging = judged(document)
        async with open_ledger(folder) as ledger, running(ledger, document) as rig:
            await ledger.write(lambda tx: arrange(tx, granted=granted, paused=paused))
            for row, (chat, sender, text) in enumerate(heard, start=1):
                said = await supposed(
                    ledger, judging, **{"from": sender}, text=text, chat=f"chat_id:{CHATS[chat].row_id}"
                )
                happened = await hear(rig, row, chat, sender, text, judging)
                assert (said["verdict"], said["gates"]) == (happened["verdict"], happened["gates"])
                assert (said["isGroup"], said["command"]) == (happened["isGroup"], happened["command"])
                assert said["route"] == happened["route"]

    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(play(Path(folder)))


def arrange(tx: Tx, *, granted: bool, paused: str) -> None:
    """The chats are known; Bob was approved, and something is paused, if it is to be so; Ann was told the words."""
    for number, chat in enumerate(CHATS.values()):
        row = inbound(900 + number, "before", chat=chat)
        accounts.note_chat(tx, row, is_group=chat.has_group_shape)
    if granted:
        pairing.grant(tx, ACCOUNT, Handle(BOB), "operator", NOON)
    if paused:
        key = CHATS["ann"].key if paused == "chat" else accounts.EVERY_CHAT
        accounts.set_pause(tx, ACCOUNT, key, NOON)
    said = OutboundMessage(ACCOUNT, CHATS["ann"], WORDS)
    deliveries.queue(tx, Cause.OPERATOR, 1, [said], NOON - timedelta(hours=2))
    [bubble] = deliveries.in_state(tx, DeliveryState.QUEUED)
    deliveries.drop(tx, bubble.id, NOON - timedelta(hours=2))


async def hear(rig: Rig, row: int, chat: str, sender: str, text: str, judging: Judging) -> Json:
    """The explanation of a row once it has its verdict."""
    await rig.hear(inbound(row, text, chat=CHATS[chat], sender=sender))

    async def settled() -> MessageId | None:
        [held] = await rig.ledger.read(
            lambda tx: messages.load(tx, history.with_guid(tx, MessageGuid(f"guid-{row}")))
        )
        return held.id if held.state not in (MessageState.RECEIVED, MessageState.SUSPECT) else None

    number = await until(settled, "a verdict")
    return await rig.ledger.read(lambda tx: explanation(tx, number, NOON, judging))


async def test_asking_writes_nothing(ledger: Ledger) -> None:
    """No message, no request and no code comes of a question about an unknown sender."""
    document = {"channels": {"imessage": {}}}
    said = await supposed(ledger, judged(document))

    assert (said["outcome"], said["verdict"]["reason"]) == ("challenged", "pairing-started")
    assert await ledger.read(lambda tx: messages.latest(tx, 10)) == []
    assert await ledger.read(lambda tx: pairing.open_requests(tx, NOON)) == []
    assert await ledger.read(lambda tx: checkpoints.story(tx, "message", 0)) == []


@pytest.mark.parametrize(
    ("channel", "params", "reason", "says"),
    [
        (
            {"groups": {"7": {}}, "allowFrom": [ANN]},
            {"group": "true"},
            "group-not-listed",
            "channels.imessage.groups",
        ),
        (
            {"groupPolicy": "open", "accounts": {"default": {"groups": {"7": {}}}}},
            {"chat": "chat_id:8", "group": True},
            "group-not-listed",
            "channels.imessage.accounts.default.groups",
        ),
        ({}, {"group": True}, "group-sender", "default (channels.imessage.allowFrom is not set"),
        ({"services": "imessage"}, {"service": "sms"}, "service", "channels.imessage.services"),
        (
            {"dmPolicy": "allowlist", "allowFrom": [BOB]},
            {},
            "dm-not-allowed",
            "channels.imessage.allowFrom",
        ),
    ],
)
async def test_the_key_that_decided_is_named(
    ledger: Ledger, channel: dict[str, Any], params: dict[str, Any], reason: str, says: str
) -> None:
    """Output names the key that decided, for a chat that never wrote too (issue: explain)."""
    said = await supposed(ledger, judged({"channels": {"imessage": channel}}), **params)

    assert said["verdict"]["reason"] == reason
    assert said["verdict"]["keys"][0]["says"].startswith(says)
    assert said["gates"][-1]["passed"] is False


async def test_it_says_what_an_admitted_message_would_wait_for(ledger: Ledger) -> None:
    """A pause, an agent that nothing answers for, and what goes before it in its session."""
    document = open_to_all()
    del document["agents"]
    without_model = await supposed(ledger, judged(document))
    assert "no model" in without_model["waitsFor"]

    free = await supposed(ledger, judged(open_to_all()))
    assert (free["state"], free["waitsFor"]) == ("waiting", "")
    assert free["route"]["session"] == f"agent:main:imessage:direct:{ANN}"

    await ledger.write(lambda tx: accounts.set_pause(tx, ACCOUNT, accounts.EVERY_CHAT, NOON))
    paused = await supposed(ledger, judged(open_to_all()))
    assert paused["state"] == "paused"
    assert paused["whatHelps"] == "openclaw resume --account default"


@pytest.mark.parametrize(
    ("text", "more", "reason", "key"),
    [
        ("/config show", {"commands": {"config": False}}, "command-disabled", "commands.config"),
        ("hello", {"session": {"sendPolicy": {"default": "deny"}}}, "send-denied", "session.sendPolicy"),
    ],
)
async def test_what_would_be_kept_back_is_kept_back(
    ledger: Ledger, text: str, more: dict[str, Any], reason: str, key: str
) -> None:
    """Let in is not yet answered: a switch or a policy behind the gates is told before and after (issue: explain)."""
    document = open_to_all() | {"commands": {"ownerAllowFrom": [ANN]}}
    document |= {name: {**document.get(name, {}), **section} for name, section in more.items()}
    judging = judged(document)
    said = await supposed(ledger, judging, text=text, service="imessage")
    async with running(ledger, document) as rig:
        await rig.hear(inbound(1, text))

        async def over() -> Json | None:
            found = await ledger.read(lambda tx: explanation(tx, 1, NOON, judging))
            return found if found["afterwards"] else None

        happened = await until(over, "it was kept back")
    assert said["outcome"] == "admitted"
    assert said["afterwards"] == happened["afterwards"]
    assert (said["afterwards"]["reason"], said["afterwards"]["keys"][0]["key"]) == (reason, key)
    assert [one["key"] for one in said["afterwards"]["keys"]] == [key]


@pytest.mark.parametrize(
    "params",
    [
        {"account": "nobody"},
        {"service": "fax"},
        {"text": "x" * 4001},
        {"text": None},
        {"from": ""},
        {"group": "perhaps"},
    ],
)
async def test_what_cannot_be_meant_is_refused(ledger: Ledger, params: dict[str, Any]) -> None:
    """A mistake gets a sentence and no verdict."""
    with pytest.raises(BadRequest):
        await supposed(ledger, judged(open_to_all()), **params)
    with pytest.raises(BadRequest):
        await ledger.read(lambda tx: suppose(tx, {"from": ANN, "text": "x"}, NOON, None))


@pytest.mark.parametrize(
    ("channel", "params", "assumed"),
    [
        ({}, {}, ()),
        ({}, {"chat": "chat_id:9"}, ("--group",)),
        ({}, {"chat": "chat_guid:iMessage;+;chat9"}, ()),
        ({}, {"chat": "chat_id:9", "group": True}, ()),
        ({"groups": {"9": {}}}, {"chat": "chat_id:9"}, ()),
        ({"services": "imessage"}, {}, ("--service",)),
        ({"services": "imessage"}, {"service": "sms"}, ()),
        ({"services": "imessage"}, {"chat": "chat_id:9"}, ("--group", "--service")),
    ],
)
async def test_what_had_to_be_assumed_of_a_chat_that_never_wrote_is_said(
    ledger: Ledger, channel: dict[str, Any], params: dict[str, Any], assumed: tuple[str, ...]
) -> None:
    """A group that has not written yet was told of as a direct chat, without a word that it may be otherwise."""
    judging = judged({"channels": {"imessage": channel}})

    said = await supposed(ledger, judging, **params)
    assert [word for word in ("--group", "--service") if word in said["assumed"]] == list(assumed)

    chat = CHATS["seven"]
    await ledger.write(lambda tx: accounts.note_chat(tx, inbound(900, "before", chat=chat), is_group=True))
    assert (await supposed(ledger, judging, chat=f"chat_id:{chat.row_id}"))["assumed"] == ""
