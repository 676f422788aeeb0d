"""Another Messages database in the place of the one before, as the operator lives through it."""

from __future__ import annotations

from asyncio.subprocess import DEVNULL, create_subprocess_exec
from pathlib import Path
from typing import Any

from tests.agents.model_server import open_model_server
from tests.journeys.house import OPENCLAW, House, build, channel, model
from tests.making import ANN, BOB
from tests.waiting import until

from openclaw.simulator import phone
from openclaw.simulator.disk import replace_database


async def held(house: House) -> list[dict[str, Any]] | None:
    """The messages that are held, once there are any."""
    found = await house.openclaw("messages", "list", "--state", "held", "--json")
    return found.json()["messages"] or None


async def test_a_group_under_the_number_of_another_waits_for_the_operator(tmp_path: Path) -> None:
    """Nothing keyed by a chat number is trusted until it is confirmed; nothing old is answered (issue 4, point 1)."""
    house = build(tmp_path)
    open_groups = {"dmPolicy": "open", "allowFrom": ["*"], "groupPolicy": "open"}
    groups = {"groups": {"*": {"requireMention": False}}}
    async with open_model_server() as server:
        house.configure(channels=channel(house, **open_groups, **groups), **model(server.url))
        family = phone.make_group(house.mac, "Family", [ANN, BOB])
        async with house.gateway():
            phone.say(house.mac, ANN, "supper at seven", chat=family)
            await until(lambda: _answers(house, family, 1), "the family is answered")
        replace_database(house.mac)
        crew = phone.make_group(house.mac, "Crew", [BOB])
        assert crew == family, "the number means another group now"
        phone.say(house.mac, BOB, "old news", chat=crew)

        log = (house.root / "second.log").open("ab")
        running = await create_subprocess_exec(
            *OPENCLAW, "gateway", env=house.environ, stdin=DEVNULL, stdout=log, stderr=log
        )
        try:
            asked = await until(lambda: _attention(house), "the operator is told")
            assert asked["resume"] == "openclaw channels confirm-database --account default"
            phone.say(house.mac, BOB, "what did they say?", chat=crew)
            [message] = await until(lambda: held(house), "the group is held")
            confirmed = await house.openclaw("channels", "confirm-database", "--account", "default")
            assert confirmed.out.strip() == "Confirmed: default."
            released = await house.openclaw("messages", "release", str(message["id"]))
            assert released.code == 0, released.err
            await until(lambda: _answers(house, crew, 1), "the crew is answered")
        finally:
            running.terminate()
            await running.wait()
            log.close()

    said = str(server.requests[-1].body["messages"])
    assert "what did they say?" in said
    assert "supper" not in said, "nobody inherits another group's words"
    assert "old news" not in said


async def _attention(house: House) -> dict[str, Any] | None:
    items = (await house.openclaw("attention", "--json")).json()["items"]
    return next((item for item in items if item["kind"] == "database"), None)


async def _answers(house: House, chat: int, count: int) -> bool:
    """Whether the gateway has said ``count`` things in a group."""
    own = [row for row in phone.read_thread(house.mac, chat) if row.from_me]
    return len(own) >= count
