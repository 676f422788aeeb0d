"""Changing the configuration from a terminal while the gateway runs: real processes, one file."""

from __future__ import annotations

import json
from pathlib import Path

from tests.agents.model_server import open_model_server
from tests.journeys.house import build, channel, free_port, model
from tests.making import ANN, BOB
from tests.waiting import until

from openclaw.simulator import phone


async def test_who_may_write_is_changed_by_a_command_and_taken_back(tmp_path: Path) -> None:
    """The gateway takes the change up by itself; the file keeps its comment; undo puts every byte back."""
    house = build(tmp_path)
    file = house.state / "openclaw.json"
    house.state.mkdir(mode=0o700, exist_ok=True)
    async with open_model_server() as server:
        sections = {
            "gateway": {"port": free_port(), "reload": {"debounceMs": 10}},
            "channels": channel(house, dmPolicy="allowlist", allowFrom=[BOB]),
            **model(server.url),
        }
        text = "// the house\n" + json.dumps(sections, indent=2)
        file.write_text(text)
        file.chmod(0o600)
        async with house.gateway():
            ran = await house.openclaw("config", "set", "channels.imessage.allowFrom[1]", ANN, "--json")
            assert ran.json()["outcome"] == "written"
            assert file.read_text().startswith("// the house\n")

            async def in_force() -> bool:
                return "config.reloaded" in (house.root / "gateway.log").read_text()

            await until(in_force, "the change is in force")
            phone.say(house.mac, ANN, "and now?")
            await house.replies(ANN, 1)
            refused = await house.openclaw("config", "set", "channels.imessage.dmPolicy", "nobody")
            assert (refused.code, "dmPolicy" in refused.err) == (1, True)
            assert (await house.openclaw("config", "undo")).code == 0
            assert file.read_text() == text
            assert file.stat().st_mode & 0o777 == 0o600
