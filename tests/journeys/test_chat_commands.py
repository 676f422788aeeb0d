"""Owner commands through whole processes: edits in place, a new start, and nobody else is heard."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tests.agents.model_server import open_model_server
from tests.journeys.house import House, build, channel, free_port, model
from tests.making import ANN, BOB
from tests.waiting import until

from openclaw.simulator import phone


def furnish(house: House, address: str, **commands: Any) -> Path:
    """A house in which Ann is the owner, Bob may write, and the file has comments; where the file is."""
    house.state.mkdir(mode=0o700)
    sections = {
        "gateway": {"port": free_port(), "reload": {"debounceMs": 10}},
        "channels": channel(house, dmPolicy="allowlist", allowFrom=[ANN, BOB]),
        "commands": {"ownerAllowFrom": [ANN], **commands},
        **model(address),
    }
    path = house.state / "openclaw.json"
    path.write_text("// ours, by hand\n" + json.dumps(sections, indent=2) + "\n")
    path.chmod(0o600)
    return path


async def test_the_owner_changes_the_configuration_from_the_chat(tmp_path: Path) -> None:
    """Facts I.3: shown without secrets, set in place, in force a moment later, refused when it breaks rules."""
    house = build(tmp_path)
    async with open_model_server() as server:
        path = furnish(house, server.url, config=True)
        async with house.gateway():
            phone.say(house.mac, ANN, "/config show channels.imessage.dmPolicy")
            assert "allowlist" in (await house.replies(ANN, 1))[0]
            phone.say(house.mac, ANN, "/config show models")
            shown = (await house.replies(ANN, 2))[1]
            assert "***" in shown
            phone.say(house.mac, ANN, f'/config set channels.imessage.allowFrom=["{ANN}"]')
            await house.replies(ANN, 3)
            assert path.read_text().startswith("// ours, by hand\n")
            assert json.loads(path.read_text().partition("\n")[2])["channels"]["imessage"]["allowFrom"] == [
                ANN
            ]
            phone.say(house.mac, ANN, "/config set channels.imessage.dmPolicy=everybody")
            await house.replies(ANN, 4)
            assert "everybody" not in path.read_text()

            async def in_force() -> bool:
                told = await house.openclaw("explain", "--from", BOB, "--text", "hello", "--json")
                return "dm-not-allowed" in told.out

            await until(in_force, "the list without Bob is in force")
            assert (await house.openclaw("config", "undo")).code == 0


async def test_nobody_else_changes_anything_and_nobody_is_answered(tmp_path: Path) -> None:
    """Refusals are silent to the sender and visible to the operator (issue, chat commands)."""
    house = build(tmp_path)
    async with open_model_server() as server:
        path = furnish(house, server.url, config=True)
        before = path.read_text()
        async with house.gateway():
            phone.say(house.mac, BOB, "/config set channels.imessage.dmPolicy=disabled")
            phone.say(house.mac, BOB, "are you there?")
            [answer] = await house.replies(BOB, 1)
            listed = (await house.openclaw("messages", "list", "--json")).json()["messages"]
        assert "are you there?" in answer
        assert path.read_text() == before
        assert "command-unauthorised" in [one["reason"] for one in listed]
        assert "/config" not in json.dumps([request.body for request in server.requests])


async def test_the_owner_begins_the_gateway_anew(tmp_path: Path) -> None:
    """``/restart``: the same process, the answer is not lost, and what was set for debugging is gone."""
    house = build(tmp_path)
    async with open_model_server() as server:
        furnish(house, server.url, debug=True)
        async with house.gateway() as process:

            async def started() -> str:
                ended = await house.openclaw("status", "--json")
                return str(ended.json().get("startedAt", "")) if ended.out.startswith("{") else ""

            first = await started()
            phone.say(house.mac, ANN, "/debug set channels.imessage.responsePrefix=DEBUG")
            await house.replies(ANN, 1)
            phone.say(house.mac, ANN, "one")
            assert (await house.replies(ANN, 2))[1].startswith("DEBUG")
            phone.say(house.mac, ANN, "/restart")
            await house.replies(ANN, 3)

            async def again() -> bool:
                return bool(now := await started()) and now != first

            await until(again, "it has begun anew")
            phone.say(house.mac, ANN, "two")
            assert not (await house.replies(ANN, 4))[3].startswith("DEBUG")
            assert process.returncode is None
