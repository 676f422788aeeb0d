"""Threaded replies: by the helper where it is, else plain, and never twice."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from tests.imessage.phones import Account, connected, scripted, simulated
from tests.making import ANN, direct_chat
from tests.waiting import until

from openclaw.domain.bridge import NO_BRIDGE, Bridge
from openclaw.domain.chats import ChatRef
from openclaw.domain.delivery import OutboundMessage, SendResult, Sent, Unknown
from openclaw.domain.ids import AccountId, ChatRowId, MessageGuid
from openclaw.imessage.phone import Phone
from openclaw.simulator.phone import say

_STATUS = '{"advanced_features": true, "rpc_methods": ["send.rich"]}'
REPLY = OutboundMessage(AccountId("default"), direct_chat(), "hi", reply_to=MessageGuid("G1"))


def helper_that(folder: Path, does: str) -> str:
    """An imsg whose helper does ``does`` with a threaded reply; each request to send is written down."""
    return scripted(
        folder,
        f"""
for request in requests():
    if request["method"] in ("send", "send.rich"):
        with open({str(folder / "asked")!r}, "a") as file:
            file.write(json.dumps([request["method"], request["params"]]) + "\\n")
    if request["method"] == "send.rich":
        {does}
    else:
        ordinary(request)
""",
        status=_STATUS,
    )


def asked(folder: Path) -> list[str]:
    """The methods that were asked to send, in order."""
    return [json.loads(line)[0] for line in (folder / "asked").read_text().splitlines()]


async def able(phone: Phone, bridge: Bridge) -> None:
    """Return once the phone has ``bridge``."""

    async def look() -> bool:
        return phone.bridge == bridge

    await until(look, f"the bridge is {bridge}")


@pytest.mark.parametrize("release", ["0.9.0", "0.14.0"])
async def test_a_reply_hangs_below_its_message_where_the_helper_runs(tmp_path: Path, release: str) -> None:
    """Issue: threaded replies where ``status --json`` names the method; the guid is that of the own row."""
    cli, db = simulated(tmp_path, release, helper=True)
    said = say(db, ANN, "when?")
    chat = ChatRef(ChatRowId(said.chat_id), said.chat_guid, ANN)
    async with connected(Account(cli, db)) as (phone, inbox, _):
        await able(phone, Bridge(True, True, True, True, True, True))
        sent = await phone.send(replace(REPLY, target=chat, reply_to=MessageGuid(said.guid)))
        [own] = await inbox.rows_when(lambda kept: bool(kept))
    assert isinstance(sent, Sent)
    assert (own.guid, own.from_me, own.reply_to_guid) == (sent.guid, True, said.guid)


async def test_without_a_helper_a_reply_is_a_plain_bubble(tmp_path: Path) -> None:
    """Hidden where it is not, never needed for correctness (issue)."""
    cli, db = simulated(tmp_path, "0.9.0")
    said = say(db, ANN, "when?")
    chat = ChatRef(ChatRowId(said.chat_id), said.chat_guid, ANN)
    async with connected(Account(cli, db)) as (phone, _, _):
        assert isinstance(await phone.send(replace(REPLY, target=chat)), Sent)
    with closing(sqlite3.connect(db)) as connection:
        rows = connection.execute(
            "SELECT text, thread_originator_guid FROM message WHERE is_from_me"
        ).fetchall()
    assert rows == [("hi", None)]


async def send(phone: Phone, message: OutboundMessage = REPLY) -> SendResult:
    await able(phone, Bridge(reply=True))
    return await phone.send(message)


@pytest.mark.parametrize(
    ("code", "data", "goes_on"),
    [
        (-32601, "send.rich", False),
        (-32602, "could not resolve chat GUID for chat target", True),
        (-32603, "imsg bridge not ready: the helper is not running", False),
        (-32603, "Dylib error: Message not found", True),
        (-32000, {"retry_safe": True, "disposition": "not_started"}, False),
    ],
)
async def test_what_surely_did_not_leave_goes_plainly(
    tmp_path: Path, code: int, data: object, goes_on: bool
) -> None:
    """The helper refused it before it did anything; ``goes_on`` says that it will be asked again."""
    cli = helper_that(tmp_path, f"fail(request, {code}, {data!r})")
    async with connected(Account(cli)) as (phone, _, _):
        assert await send(phone) == Sent()
        assert phone.bridge == (Bridge(reply=True) if goes_on else NO_BRIDGE)
    assert asked(tmp_path) == ["send.rich", "send"]


@pytest.mark.parametrize(
    ("code", "data"),
    [
        (-32603, "Timed out waiting for response to 'send-message'"),
        (-32603, "Bridge IO error: broken pipe"),
        (-32603, "Dylib error: something broke"),
        (-32001, {"retry_safe": False, "disposition": "unknown"}),
    ],
)
async def test_what_may_have_left_is_not_sent_again(tmp_path: Path, code: int, data: object) -> None:
    """Never twice: the row decides (imsg contract 4.6); later ones go plainly."""
    cli = helper_that(tmp_path, f"fail(request, {code}, {data!r})")
    async with connected(Account(cli)) as (phone, _, _):
        assert isinstance(await send(phone), Unknown)
        assert isinstance(await phone.send(REPLY), Sent)
    assert asked(tmp_path) == ["send.rich", "send"]


async def test_a_child_that_dies_over_it_leaves_its_fate_open(tmp_path: Path) -> None:
    """The request was written, and nobody says what became of it."""
    cli = helper_that(tmp_path, "os._exit(1)")
    async with connected(Account(cli)) as (phone, _, _):
        assert isinstance(await send(phone), Unknown)
    assert asked(tmp_path) == ["send.rich"]


async def test_sms_and_nameless_chats_have_no_threads(tmp_path: Path) -> None:
    """Green bubbles hang below nothing, and a number may mean another chat by now."""
    cli = helper_that(tmp_path, 'answer(request, {"ok": True})')
    green = replace(REPLY, target=direct_chat(service="SMS"))
    async with connected(Account(cli)) as (phone, _, _):
        await send(phone, green)
        await send(phone, replace(REPLY, target=ChatRef(ChatRowId(1), "")))
        await send(phone, replace(REPLY, reply_to=MessageGuid("")))
    assert asked(tmp_path).count("send.rich") == 0
