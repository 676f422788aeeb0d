"""What an agent has done to messages: by the helper, with an outcome that can be believed."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.imessage.phones import Account, connected, scripted, simulated
from tests.making import ANN, direct_chat
from tests.waiting import until

from openclaw.domain.bridge import NO_BRIDGE, Bridge, Done, Doubtful, Edit, NotDone, React, Unsend
from openclaw.domain.chats import ChatRef
from openclaw.domain.ids import ChatRowId, MessageGuid
from openclaw.imessage.phone import Phone
from openclaw.simulator.phone import owner_types, read_thread, say

DEED = Edit(direct_chat(), MessageGuid("G1"), "at six")
_STATUS = '{"advanced_features": true, "rpc_methods": ["message.edit", "message.unsend"]}'
ABLE = Bridge(edit=True, unsend=True)


async def able(phone: Phone, bridge: Bridge) -> None:
    """Return once the phone has ``bridge``."""

    async def look() -> bool:
        return phone.bridge == bridge

    await until(look, f"the bridge is {bridge}")


@pytest.mark.parametrize("release", ["0.9.0", "0.14.0"])
async def test_messages_are_edited_and_taken_back(tmp_path: Path, release: str) -> None:
    """Issue: edit and unsend for agents; 0.14 takes no other keys. What Messages refuses costs no ability."""
    cli, db = simulated(tmp_path, release, helper=True)
    said, own = say(db, ANN, "when?"), owner_types(db, "at sx", to=ANN)
    chat = ChatRef(ChatRowId(own.chat_id), own.chat_guid, ANN)
    whole = Bridge(True, True, True, True, True, True)
    async with connected(Account(cli, db)) as (phone, _, _):
        await able(phone, whole)
        assert await phone.carry_out(Edit(chat, MessageGuid(own.guid), "at six")) == Done()
        assert [bubble.text for bubble in read_thread(db, ANN)] == ["when?", "at six"]
        assert await phone.carry_out(React(chat, MessageGuid(said.guid), "love")) == Done()
        assert await phone.carry_out(Unsend(chat, MessageGuid(own.guid))) == Done()
        refused = await phone.carry_out(Edit(chat, MessageGuid(said.guid), "never"))
        assert isinstance(refused, NotDone)
        assert phone.bridge == whole
    assert [bubble.text for bubble in read_thread(db, ANN)] == ["when?", ""]


async def test_without_the_ability_nothing_is_asked(tmp_path: Path) -> None:
    """A call would start Messages anew (imsg contract 1.5); an SMS cannot be edited either."""
    cli, db = simulated(tmp_path, "0.9.0")
    async with connected(Account(cli, db)) as (phone, _, _):
        assert isinstance(await phone.carry_out(DEED), NotDone)
    cli = helper_that(tmp_path, "os._exit(1)")
    async with connected(Account(cli)) as (phone, _, _):
        await able(phone, ABLE)
        green = Edit(direct_chat(service="SMS"), MessageGuid("G1"), "x")
        assert isinstance(await phone.carry_out(green), NotDone)


def helper_that(folder: Path, does: str) -> str:
    """An imsg whose helper does ``does`` with an edit."""
    return scripted(
        folder,
        f"""
for request in requests():
    if request["method"] == "message.edit":
        {does}
    else:
        ordinary(request)
""",
        status=_STATUS,
    )


@pytest.mark.parametrize(
    ("does", "outcome", "left"),
    [
        ("fail(request, -32603, 'Dylib error: too old')", NotDone, ABLE),
        ("fail(request, -32602, 'message_id is required')", NotDone, ABLE),
        ("fail(request, -32603, 'imsg bridge not ready: x')", NotDone, Bridge(unsend=True)),
        ("fail(request, -32601, 'message.edit')", NotDone, Bridge(unsend=True)),
        ("fail(request, -32603, 'Timed out waiting for response to edit')", Doubtful, Bridge(unsend=True)),
        ("os._exit(1)", Doubtful, Bridge(unsend=True)),
    ],
)
async def test_a_failure_is_told_for_what_it_is(
    tmp_path: Path, does: str, outcome: type[object], left: Bridge
) -> None:
    """Decision table: refused, not handed over, or nobody knows; and whether it is asked again."""
    async with connected(Account(helper_that(tmp_path, does))) as (phone, _, _):
        await able(phone, ABLE)
        assert isinstance(await phone.carry_out(DEED), outcome)
        assert phone.bridge == left
        assert phone.bridge != NO_BRIDGE
