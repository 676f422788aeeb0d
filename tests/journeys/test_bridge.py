"""Signs beside the messages, through real processes: what the other side sees where a helper runs."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tests.agents.model_server import Answer, Call, offered, open_model_server, results
from tests.journeys.house import House, build, channel, model
from tests.making import ANN
from tests.waiting import until

from openclaw.simulator import phone
from openclaw.simulator.helper import JOURNAL


def seen(house: House) -> list[dict[str, Any]]:
    """The signs that the other side saw, in their order."""
    path = Path(f"{house.mac}{JOURNAL}")
    return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []


async def answered(house: House, **settings: Any) -> None:
    """Run a gateway in which everything is on, and have it answer one message and end."""
    wrapper = house.root / "imsg"
    wrapper.write_text(wrapper.read_text().replace("exec", f'export IMSG_SIMULATOR_DB="{house.mac}"\nexec'))
    house.misbehave(**{"as": "0.9.0"}, **settings)
    async with open_model_server() as server:
        house.configure(
            channels=channel(house, dmPolicy="open", allowFrom=["*"], sendReadReceipts=True),
            messages={"ackReaction": "👍", "ackReactionScope": "all", "removeAckAfterReply": True},
            **model(server.url),
        )
        async with house.gateway():
            if settings.get("helper"):
                await until(lambda: _found(house), "the helper was found")
            phone.say(house.mac, ANN, "hello")
            await house.replies(ANN, 1)
            if settings.get("helper"):
                await until(lambda: _so_many(house, 5), "five signs")


async def _found(house: House) -> bool:
    return "bridge.found" in (house.root / "gateway.log").read_text()


async def _so_many(house: House, count: int) -> bool:
    return len(seen(house)) >= count


async def test_a_person_sees_that_they_are_read_and_answered(tmp_path: Path) -> None:
    """Issue: typing while a turn runs, read receipts and tapback acknowledgement where the bridge is there."""
    house = build(tmp_path)
    await answered(house, helper=True)
    signs = [(each["method"], each.get("typing", each.get("remove"))) for each in seen(house)]
    assert signs == [
        ("read", None),
        ("tapback", False),
        ("typing", True),
        ("typing", False),
        ("tapback", True),
    ]


async def test_without_a_helper_the_answer_comes_and_nothing_else(tmp_path: Path) -> None:
    """Issue: hidden where it is not, never needed for correctness."""
    house = build(tmp_path)
    await answered(house)
    assert seen(house) == []


async def test_a_tapback_on_an_answer_is_told_with_the_next_message_also_after_a_restart(
    tmp_path: Path,
) -> None:
    """Issue: inbound tapbacks as notes, not turns. Without a helper; the last row of the phone is then a tapback."""
    house = build(tmp_path)
    house.misbehave(**{"as": "0.9.0"})
    async with open_model_server() as server:
        house.configure(channels=channel(house, dmPolicy="open", allowFrom=["*"]), **model(server.url))
        async with house.gateway():
            server.script.append(Answer("See you at six"))
            phone.say(house.mac, ANN, "when?")
            await house.replies(ANN, 1)
            [answer] = [bubble for bubble in phone.read_thread(house.mac, ANN) if bubble.from_me]
            phone.tapback(house.mac, ANN, answer.guid, "love")
            await until(lambda: _noted(house), "the tapback is noted")
        async with house.gateway():
            server.script.append(Answer("Fine"))
            phone.say(house.mac, ANN, "I will be late")
            await house.replies(ANN, 2)
    assert len(server.requests) == 2
    assert "loved your message" in json.dumps(server.requests[1].body)
    assert "See you at six" in json.dumps(server.requests[1].body)
    log = (house.root / "gateway.log").read_text()
    assert "database.restored" not in log
    assert "database.replaced" not in log


async def _noted(house: House) -> bool:
    listed = (await house.openclaw("messages", "list", "--json")).json()
    return any(message["reason"] == "tapback" for message in listed["messages"])


async def test_an_answer_hangs_below_the_message_that_it_names(tmp_path: Path) -> None:
    """Issue: threaded replies. The agent is told how only where it can; what leaves has no tag in it."""
    house = build(tmp_path)
    with_helper(house)
    async with open_model_server() as server:
        house.configure(channels=channel(house, dmPolicy="open", allowFrom=["*"]), **model(server.url))
        async with house.gateway():
            await until(lambda: _found(house), "the helper was found")
            server.script.append(Answer("[[reply_to_current]] At six"))
            asked = phone.say(house.mac, ANN, "when?")
            assert await house.replies(ANN, 1) == ["At six"]
            await until(lambda: _confirmed(house), "the own row was seen")
    assert "[[reply_to_current]]" in json.dumps(server.requests[0].body)
    assert [(each["method"], each["reply_to"]) for each in seen(house) if "reply_to" in each] == [
        ("send.rich", asked.guid)
    ]


def with_helper(house: House) -> None:
    """Let the helper run on the house's Mac, as its imsg says to whoever asks."""
    wrapper = house.root / "imsg"
    wrapper.write_text(wrapper.read_text().replace("exec", f'export IMSG_SIMULATOR_DB="{house.mac}"\nexec'))
    house.misbehave(**{"as": "0.9.0"}, helper=True)


async def _confirmed(house: House) -> bool:
    listed = (await house.openclaw("deliveries", "list", "--state", "confirmed", "--json")).json()
    return len(listed["deliveries"]) > 0


async def test_an_agent_edits_and_takes_back_what_it_said_and_reacts(tmp_path: Path) -> None:
    """Issue: edit and unsend for agents; the tools are there only where the phone can, and for a trusted sender."""
    house = build(tmp_path)
    with_helper(house)
    async with open_model_server() as server:
        people = channel(house, dmPolicy="allowlist", allowFrom=[ANN])
        house.configure(channels=people, **model(server.url))
        async with house.gateway():
            await until(lambda: _found(house), "the helper was found")
            server.script.append(Answer("At sx"))
            phone.say(house.mac, ANN, "when?")
            await house.replies(ANN, 1)
            await until(lambda: _confirmed(house), "the own row was seen")
            edit = json.dumps({"text": "At six", "message": "at sx"})
            server.script += [
                Call((("edit_message", edit), ("react", '{"tapback": "laugh"}'))),
                Answer("Sorry"),
            ]
            phone.say(house.mac, ANN, "sx?")
            assert await house.replies(ANN, 2) == ["At six", "Sorry"]
            server.script += [Call((("unsend_message", '{"message": "at six"}'),)), Answer("Gone")]
            phone.say(house.mac, ANN, "forget it")
            assert await house.replies(ANN, 3) == ["", "Sorry", "Gone"]
    assert set(offered(server.requests[0])) >= {"edit_message", "unsend_message", "react"}
    assert results(server.requests[2])[0] == "The message now says: At six"
    deeds = [each for each in seen(house) if each["method"] in ("message.edit", "message.unsend", "tapback")]
    assert [each["method"] for each in deeds] == ["message.edit", "tapback", "message.unsend"]


async def test_without_a_helper_no_such_tool_is_offered(tmp_path: Path) -> None:
    """Hidden where it is not."""
    house = build(tmp_path)
    house.misbehave(**{"as": "0.9.0"})
    async with open_model_server() as server:
        people = channel(house, dmPolicy="allowlist", allowFrom=[ANN])
        house.configure(channels=people, **model(server.url))
        async with house.gateway():
            phone.say(house.mac, ANN, "when?")
            await house.replies(ANN, 1)
    assert not {"edit_message", "unsend_message", "react"} & set(offered(server.requests[0]))
    assert "reply_to_current" not in json.dumps(server.requests[0].body)
