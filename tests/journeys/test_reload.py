"""Edits beside a running gateway, through real processes: what is taken live, what is left alone, what is said."""

from __future__ import annotations

import json
import signal
from pathlib import Path
from typing import Any

import psutil
from tests.agents.model_server import Answer, open_model_server
from tests.journeys.house import House, build, channel, free_port, model
from tests.making import ANN, BOB
from tests.waiting import until

from openclaw.simulator import phone


def edit(house: House, port: int, **sections: Any) -> None:
    """Put another configuration in the place of the one before, as an editor does."""
    house.state.mkdir(mode=0o700, exist_ok=True)
    staged = house.state / "staged"
    staged.write_text(json.dumps({"gateway": {"port": port, "reload": {"debounceMs": 10}}} | sections))
    staged.chmod(0o600)
    staged.replace(house.state / "openclaw.json")


async def status(house: House) -> dict[str, Any]:
    """What the gateway says of itself; empty while it cannot be asked."""
    ended = await house.openclaw("status", "--json")
    return ended.json() if ended.out.startswith("{") and ended.json().get("running") else {}


def children(process_id: int) -> set[int]:
    """The imsg processes of a gateway."""
    return {
        child.pid for child in psutil.Process(process_id).children() if "rpc" in " ".join(child.cmdline())
    }


async def test_a_policy_is_taken_live_and_the_phone_is_left_alone(tmp_path: Path) -> None:
    """Issue: per account what can be live is live, without touching running children."""
    house, port = build(tmp_path), free_port()
    async with open_model_server() as server:
        closed = channel(house, dmPolicy="allowlist", allowFrom=[BOB])
        edit(house, port, channels=closed, **model(server.url))
        async with house.gateway() as process:
            before = children(process.pid)
            phone.say(house.mac, ANN, "too early")
            phone.say(house.mac, BOB, "hello")
            await house.replies(BOB, 1)
            edit(
                house,
                port,
                channels=channel(house, dmPolicy="allowlist", allowFrom=[ANN]),
                **model(server.url),
            )
            await until(lambda: _in_force(house, "config.reloaded"), "the edit is in force")
            phone.say(house.mac, ANN, "and now?")
            assert len(await house.replies(ANN, 1)) == 1
            assert before <= children(process.pid)


async def _in_force(house: House, event: str) -> bool:
    return event in (house.root / "gateway.log").read_text()


async def test_an_edit_that_breaks_rules_leaves_the_gateway_and_the_file_as_they_were(tmp_path: Path) -> None:
    """Issue: it says so everywhere a person looks, and goes on once it is mended."""
    house, port = build(tmp_path), free_port()
    async with open_model_server() as server:
        allowed = channel(house, dmPolicy="allowlist", allowFrom=[ANN])
        edit(house, port, channels=allowed, **model(server.url))
        async with house.gateway():
            edit(house, port, channels=channel(house, dmPolcy="open"), **model(server.url))
            text = (house.state / "openclaw.json").read_text()

            async def refused() -> dict[str, Any] | None:
                body = await status(house)
                return body if body and not body["config"]["valid"] else None

            body = await until(refused, "the edit is refused")
            [issue] = body["config"]["issues"]
            assert (issue["path"], "dmPolicy" in issue["fix"]) == ("channels.imessage.dmPolcy", True)
            said = await house.openclaw("status")
            assert (said.code, "is still in force" in said.out, "dmPolcy" in said.out) == (1, True, True)
            assert "dmPolcy" in (await house.openclaw("channels", "status")).out
            phone.say(house.mac, ANN, "still there?")
            await house.replies(ANN, 1)
            assert (house.state / "openclaw.json").read_text() == text
            edit(house, port, channels=allowed, **model(server.url))
            await until(lambda: _is_valid(house), "the mended file is in force")


async def _is_valid(house: House) -> bool:
    body = await status(house)
    return bool(body) and body["config"]["valid"]


async def test_an_account_comes_and_goes_without_touching_the_others(tmp_path: Path) -> None:
    """Issue: accounts are opened, closed and replaced one by one; what was written meanwhile is answered."""
    house, port = build(tmp_path), free_port()
    other = tmp_path / "other.db"
    phone.create_database(other)
    imsg, mac = str(house.root / "imsg"), str(house.mac)
    one = {"cliPath": imsg, "dbPath": mac, "dmPolicy": "open", "allowFrom": ["*"]}
    two = {"cliPath": imsg, "dbPath": str(other), "dmPolicy": "open", "allowFrom": ["*"]}
    async with open_model_server() as server:
        only_one = {"imessage": {"accounts": {"one": one}}}
        both = {"imessage": {"accounts": {"one": one, "two": two}}}
        edit(house, port, channels=only_one, **model(server.url))
        async with house.gateway() as process:
            before = children(process.pid)
            edit(house, port, channels=both, **model(server.url))
            await until(lambda: _connected(house, 2), "both accounts are connected")
            phone.say(other, BOB, "to the second one")
            await until(lambda: _answered(other, BOB), "the second account answers")
            assert before <= children(process.pid)
            edit(house, port, channels=only_one, **model(server.url))
            await until(lambda: _connected(house, 1), "one account is left")
            await until(lambda: _as_few(process.pid, len(before)), "its children are gone")
            phone.say(house.mac, ANN, "still there?")
            await house.replies(ANN, 1)
            phone.say(other, BOB, "written while nobody listened")
            edit(house, port, channels=both, **model(server.url))
            await until(lambda: _answered(other, BOB, 2), "what was written meanwhile is answered")


async def _connected(house: House, count: int) -> bool:
    accounts = (await status(house)).get("accounts", [])
    return [one["state"] for one in accounts] == ["connected"] * count


async def _answered(database: Path, handle: str, count: int = 1) -> bool:
    return len([bubble for bubble in phone.read_thread(database, handle) if bubble.from_me]) >= count


async def _as_few(process_id: int, count: int) -> bool:
    return len(children(process_id)) <= count


async def test_another_model_answers_from_the_next_turn_on(tmp_path: Path) -> None:
    """Issue: agents and models are live; a message that waited for a model is answered."""
    house, port = build(tmp_path), free_port()
    opened = channel(house, dmPolicy="open", allowFrom=["*"])
    async with open_model_server() as server:
        edit(house, port, channels=opened)
        async with house.gateway():
            phone.say(house.mac, ANN, "is anybody there?")
            await until(lambda: _waits(house), "it waits for a model")
            server.script.append(Answer("I am now."))
            edit(house, port, channels=opened, **model(server.url))
            assert await house.replies(ANN, 1) == ["I am now."]


async def _waits(house: House) -> bool:
    return (await status(house)).get("work", {}).get("messages", {}).get("waiting") == 1


async def test_another_port_begins_the_gateway_anew_in_the_same_process(tmp_path: Path) -> None:
    """``gateway.reload.mode`` hybrid: what needs a start gets one, and nothing is lost by it."""
    house, port, next_port = build(tmp_path), free_port(), free_port()
    opened = channel(house, dmPolicy="open", allowFrom=["*"])
    async with open_model_server() as server:
        edit(house, port, channels=opened, **model(server.url))
        async with house.gateway() as process:
            edit(house, next_port, channels=opened, **model(server.url))

            async def moved() -> bool:
                address = json.loads((house.state / "gateway.json").read_text())
                return address["port"] == next_port

            await until(lambda: _there(house.state / "gateway.json", moved), "it listens on the new port")
            phone.say(house.mac, ANN, "hello")
            await house.replies(ANN, 1)
            assert (await status(house))["pid"] == process.pid


async def _there(path: Path, look: Any) -> bool:
    return path.exists() and await look()


async def test_a_signal_begins_the_gateway_anew_and_another_reads_the_files(tmp_path: Path) -> None:
    """SIGUSR1 as in the original (facts J.1), SIGHUP as in other daemons, also where nothing is watched."""
    house, port = build(tmp_path), free_port()
    opened = channel(house, dmPolicy="open", allowFrom=["*"])
    async with open_model_server() as server:
        edit(house, port, channels=opened, **model(server.url))
        async with house.gateway() as process:
            started = (await status(house))["startedAt"]
            process.send_signal(signal.SIGHUP)
            process.send_signal(signal.SIGUSR1)

            async def begun_anew() -> bool:
                return (await status(house)).get("startedAt", started) != started

            await until(begun_anew, "it has begun anew")
            phone.say(house.mac, ANN, "hello")
            await house.replies(ANN, 1)
