"""Typing, read receipts and tapbacks beside the messages, against the simulated Mac and scripted children."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest
from tests.imessage.phones import Account, appears, connected, scripted, simulated
from tests.making import ANN, direct_chat, group_chat
from tests.waiting import until

from openclaw.domain.bridge import NO_BRIDGE, Bridge, MarkRead, React, ShowTyping
from openclaw.domain.chats import ChatRef
from openclaw.domain.delivery import OutboundMessage, Sent
from openclaw.domain.ids import AccountId, ChatRowId, MessageGuid
from openclaw.imessage.phone import Phone
from openclaw.simulator.helper import JOURNAL
from openclaw.simulator.phone import say

WHOLE = Bridge(typing=True, read=True, react=True, reply=True, edit=True, unsend=True)


async def journal(database: str, count: int) -> list[dict[str, Any]]:
    """What the other side has seen, once it is so much."""

    async def look() -> list[dict[str, Any]] | None:
        path = Path(database + JOURNAL)
        seen = [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []
        return seen if len(seen) >= count else None

    return await until(look, f"{count} gestures")


async def asked(phone: Phone, bridge: Bridge) -> None:
    """Return once the phone has ``bridge``."""

    async def look() -> bool:
        return phone.bridge == bridge

    await until(look, f"the bridge is {bridge}")


@pytest.mark.parametrize("release", ["0.9.0", "0.14.0"])
async def test_gestures_are_made_in_their_order_where_the_helper_runs(tmp_path: Path, release: str) -> None:
    """Issue: typing, read receipts and tapbacks where ``status --json`` names the methods; 0.14 takes no other keys."""
    cli, db = simulated(tmp_path, release, helper=True)
    said = say(db, ANN, "hello")
    chat = ChatRef(ChatRowId(said.chat_id), said.chat_guid, ANN)
    async with connected(Account(cli, db)) as (phone, _, _):
        await asked(phone, WHOLE)
        phone.make(MarkRead(chat))
        phone.make(ShowTyping(chat, on=True))
        phone.make(React(chat, MessageGuid(said.guid), "like"))
        phone.make(ShowTyping(chat, on=False))
        seen = await journal(db, 4)
    assert [(each["method"], each.get("typing"), each.get("reaction")) for each in seen] == [
        ("read", None, None),
        ("typing", True, None),
        ("tapback", None, "like"),
        ("typing", False, None),
    ]


async def test_without_a_helper_no_gesture_leaves_and_messages_do(tmp_path: Path) -> None:
    """Hidden where it is not, never needed (issue); a call would start Messages anew (imsg contract 1.5)."""
    cli, db = simulated(tmp_path, "0.9.0")
    said = say(db, ANN, "hello")
    chat = ChatRef(ChatRowId(said.chat_id), said.chat_guid, ANN)
    async with connected(Account(cli, db)) as (phone, _, _):
        phone.make(ShowTyping(chat, on=True))
        assert isinstance(await phone.send(OutboundMessage(AccountId("default"), chat, "hi")), Sent)
        assert phone.bridge == NO_BRIDGE
    assert not Path(db + JOURNAL).exists()


_STATUS = '{"advanced_features": true, "rpc_methods": ["typing", "read", "tapback"]}'


def helper_that(folder: Path, does: str) -> str:
    """An imsg whose status promises everything, and whose helper does ``does`` with a gesture."""
    return scripted(
        folder,
        f"""
for request in requests():
    if request["method"] in ("typing", "read", "tapback"):
        with open({str(folder / "asked")!r}, "a") as file:
            file.write(request["method"] + "\\n")
        {does}
    else:
        ordinary(request)
""",
        status=_STATUS,
    )


async def test_a_helper_that_refuses_is_not_asked_again(tmp_path: Path) -> None:
    """Each further try could start Messages anew; what else it can do is still asked for."""
    cli = helper_that(tmp_path, 'fail(request, -32603, "imsg bridge not ready")')
    async with connected(Account(cli)) as (phone, _, _):
        await asked(phone, Bridge(typing=True, read=True, react=True))
        phone.make(ShowTyping(direct_chat(), on=True))
        await asked(phone, Bridge(read=True, react=True))
        phone.make(ShowTyping(direct_chat(), on=False))
        phone.make(MarkRead(direct_chat()))
        await asked(phone, Bridge(react=True))
    assert (tmp_path / "asked").read_text() == "typing\nread\n"


@pytest.mark.parametrize(("code", "said"), [(-32602, "unknown message"), (-32603, "Chat not found: x")])
async def test_a_message_that_is_gone_says_nothing_of_the_helper(
    tmp_path: Path, code: int, said: str
) -> None:
    """Such an error is about this request alone (imsg contract 1.3)."""
    cli = helper_that(tmp_path, f'fail(request, {code}, "{said}")')
    whole = Bridge(typing=True, read=True, react=True)
    async with connected(Account(cli)) as (phone, _, _):
        await asked(phone, whole)
        phone.make(React(direct_chat(), MessageGuid("gone"), "like"))
        phone.make(ShowTyping(direct_chat(), on=True))
        await appears(tmp_path / "asked", "typing")
        assert phone.bridge == whole


async def test_a_hanging_helper_delays_no_message(tmp_path: Path) -> None:
    """Gestures have a child of their own; more of them than can wait are let go."""
    cli = helper_that(tmp_path, "time.sleep(600)")
    async with connected(Account(cli)) as (phone, _, _):
        await asked(phone, Bridge(typing=True, read=True, react=True))
        for _ in range(100):
            phone.make(ShowTyping(direct_chat(), on=True))
        await appears(tmp_path / "asked")
        async with asyncio.timeout(10):
            sent = await phone.send(OutboundMessage(AccountId("default"), direct_chat(), "hi"))
        assert isinstance(sent, Sent)


async def test_sms_and_nameless_chats_have_no_gestures(tmp_path: Path) -> None:
    """Green bubbles have none, and a number may mean another chat by now."""
    cli = helper_that(tmp_path, 'answer(request, {"ok": True})')
    async with connected(Account(cli)) as (phone, _, _):
        await asked(phone, Bridge(typing=True, read=True, react=True))
        phone.make(MarkRead(direct_chat(service="SMS")))
        phone.make(MarkRead(ChatRef(ChatRowId(1), "", ANN)))
        phone.make(ShowTyping(group_chat(), on=True))
        await appears(tmp_path / "asked")
    assert (tmp_path / "asked").read_text() == "typing\n"
