"""Tools as a stranger would see them: real processes, a real tool server, and a gateway that is killed in a call."""

from __future__ import annotations

import json
import signal
import sys
from pathlib import Path
from typing import Any

import psutil
from tests.agents.model_server import Answer, Call, offered, open_model_server, results
from tests.journeys.house import House, build, channel, model
from tests.making import ANN
from tests.waiting import until

from openclaw.simulator import phone

ROUGH = Path(__file__).parents[1] / "agents" / "mcp" / "rough_server.py"


def _servers(how: str) -> dict[str, Any]:
    return {"servers": {"shop": {"command": sys.executable, "args": [str(ROUGH), how]}}}


def _of_house(house: House, how: str) -> list[psutil.Process]:
    """The tool servers that run for a house."""
    found: list[psutil.Process] = []
    for process in psutil.process_iter():
        try:
            if str(ROUGH) in process.cmdline() and process.environ().get("HOME") == str(house.root):
                found.append(process)
        except psutil.Error:
            continue
    return found


async def test_an_agent_writes_a_file_and_asks_a_tool_server(tmp_path: Path) -> None:
    """The workspace of the state directory, a server started with its first use and ended with the gateway."""
    house = build(tmp_path)
    async with open_model_server() as server:
        people = channel(house, dmPolicy="allowlist", allowFrom=[ANN])
        house.configure(channels=people, mcp=_servers(""), **model(server.url))
        async with house.gateway():
            assert _of_house(house, "") == []
            note = json.dumps({"path": "list.md", "content": "milk"})
            server.script.extend([Call((("write_file", note), ("shop__who", "{}"))), Answer("Done.")])
            phone.say(house.mac, ANN, "put milk on the list")
            assert await house.replies(ANN, 1) == ["Done."]
            assert (house.state / "workspace" / "list.md").read_text() == "milk"
            assert set(offered(server.requests[0])) >= {"conversation", "write_file", "shop__act"}
            [child] = _of_house(house, "")
            assert results(server.requests[1])[1] == str(child.pid)
        assert not child.is_running()


async def test_a_gateway_killed_in_a_call_does_not_repeat_it(tmp_path: Path) -> None:
    """The effect was written down before it began (design 4): interrupted, visible, and nothing is left behind."""
    house = build(tmp_path)
    async with open_model_server() as server:
        people = channel(house, dmPolicy="allowlist", allowFrom=[ANN])
        house.configure(channels=people, mcp=_servers("hangs"), **model(server.url))
        async with house.gateway() as gateway:
            server.script.append(Call((("shop__act", "{}"),)))
            phone.say(house.mac, ANN, "act!")

            async def acting() -> bool:
                listed = (await house.openclaw("turns", "list", "--json")).json()
                return any(turn.get("effects") for turn in listed["turns"])

            await until(acting, "the turn has begun to act")
            children = _of_house(house, "hangs")
            gateway.send_signal(signal.SIGKILL)
            await gateway.wait()
        async with house.gateway():

            async def interrupted() -> bool:
                return '"interrupted"' in (await house.openclaw("turns", "list", "--json")).out

            await until(interrupted, "the turn is shown as interrupted")

            async def gone() -> bool:
                return not any(child.is_running() for child in children)

            await until(gone, "the orphan has been reaped")
            phone.say(house.mac, ANN, "hello?")
            assert await house.replies(ANN, 1) == ["hello?"]
        assert len(server.requests) == 2
