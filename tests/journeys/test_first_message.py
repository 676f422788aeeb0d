"""The main job as a stranger would see it: real processes, from the first message to the answer, and beyond a stop."""

from __future__ import annotations

import json
from asyncio.subprocess import PIPE, create_subprocess_exec
from pathlib import Path

import psutil
from tests.agents.model_server import Answer, Refuse, open_model_server
from tests.journeys.house import OPENCLAW, build, channel, free_port, model
from tests.making import ANN, BOB
from tests.waiting import until

from openclaw.simulator import phone


async def test_from_an_unknown_sender_to_an_answer(tmp_path: Path) -> None:
    """Requirements, "Quick setup": code, approval, answer, in the chat it came from; all with the page's own block."""
    house = build(tmp_path)
    async with open_model_server() as server:
        house.configure(channels=channel(house), **model(server.url))
        async with house.gateway():
            phone.say(house.mac, ANN, "hello?")
            [challenge] = await house.replies(ANN, 1)
            phone.say(house.mac, ANN, "anybody there?")
            listed = (await house.openclaw("pairing", "list", "imessage", "--json")).json()
            [request] = listed["requests"]
            assert request["code"] in challenge
            assert request["id"] == ANN
            approved = await house.openclaw("pairing", "approve", "imessage", request["code"])
            assert (approved.code, ANN in approved.out) == (0, True)
            server.script.append(Answer("Nice to **meet** you."))
            phone.say(house.mac, ANN, "and now?")
            assert await house.replies(ANN, 2) == [challenge, "Nice to meet you."]
            phone.say(house.mac, BOB, "me too")
            [other] = await house.replies(BOB, 1)
            assert other != challenge


async def test_approval_and_history_survive_a_restart(tmp_path: Path) -> None:
    """Requirements: it all survives a restart, and what was written meanwhile is answered."""
    house = build(tmp_path)
    async with open_model_server() as server:
        house.configure(channels=channel(house), **model(server.url))
        async with house.gateway():
            phone.say(house.mac, ANN, "hello?")
            await house.replies(ANN, 1)
        [request] = (await house.openclaw("pairing", "list", "imessage", "--json")).json()["requests"]
        offline = await house.openclaw("pairing", "approve", "imessage", request["code"].lower(), "--notify")
        assert offline.code == 0, offline.err
        phone.say(house.mac, ANN, "my name is Ann")
        async with house.gateway():
            replies = await house.replies(ANN, 3)
            assert len([text for text in replies if "Ann" in text]) == 1
        async with house.gateway():
            phone.say(house.mac, ANN, "who am I?")
            await house.replies(ANN, 4)
        said = json.dumps(server.requests[-1].body["messages"])
        assert "my name is Ann" in said


async def test_the_first_start_answers_nothing_old(tmp_path: Path) -> None:
    """Design section 5: a first run fixes the start; demand B12, old rows answered as new."""
    house = build(tmp_path)
    phone.say(house.mac, ANN, "from last year")
    house.configure(channels=channel(house))
    async with house.gateway():
        phone.say(house.mac, BOB, "new")
        await house.replies(BOB, 1)
        assert all(not bubble.from_me for bubble in phone.read_thread(house.mac, ANN))


async def test_a_failing_model_stays_out_of_the_chat(tmp_path: Path) -> None:
    """Design section 7: a contact never sees provider errors; demand B9."""
    house = build(tmp_path)
    async with open_model_server() as server:
        allowed = channel(house, dmPolicy="allowlist", allowFrom=[ANN])
        house.configure(channels=allowed, **model(server.url))
        server.script.extend([Refuse(401, "bad key sk-secret")] * 12)
        async with house.gateway():
            phone.say(house.mac, ANN, "hello?")

            async def failed() -> bool:
                listed = await house.openclaw("messages", "list", "--json")
                return any(message["state"] == "failed" for message in listed.json()["messages"])

            await until(failed, "the message is marked as failed")
            server.script.clear()
            phone.say(house.mac, ANN, "better now?")
            [only] = await house.replies(ANN, 1)
            assert "better now?" in only
    log = (tmp_path / "gateway.log").read_text()
    assert "401" in log
    assert "sk-secret" not in log


async def test_imsg_may_exit_and_come_back(tmp_path: Path) -> None:
    """Demand E3: a sick child is recycled; nothing is lost meanwhile."""
    house = build(tmp_path)
    async with open_model_server() as server:
        house.configure(channels=channel(house, dmPolicy="open", allowFrom=["*"]), **model(server.url))
        async with house.gateway() as process:
            phone.say(house.mac, ANN, "one")
            await house.replies(ANN, 1)
            for child in _children(process.pid):
                child.kill()
            phone.say(house.mac, ANN, "two")
            replies = await house.replies(ANN, 2)
            assert "two" in replies[1]


async def test_noise_on_stdout_does_no_harm(tmp_path: Path) -> None:
    """Imsg contract 1.11: lines that are not JSON are kept for diagnosis and ignored."""
    house = build(tmp_path)
    house.misbehave(misbehaviour=[{"kind": "noise"}])
    async with open_model_server() as server:
        house.configure(channels=channel(house, dmPolicy="open", allowFrom=["*"]), **model(server.url))
        async with house.gateway():
            phone.say(house.mac, ANN, "through the noise")
            [reply] = await house.replies(ANN, 1)
            assert "through the noise" in reply


async def test_a_bad_file_stops_the_start_with_every_issue(tmp_path: Path) -> None:
    """Ruling 13: every issue at once, with path, value and fix; exit code 1, no traceback."""
    house = build(tmp_path)
    house.configure(channels={"imessage": {"dmPolicy": "opne", "alowFrom": ["*"], "textChunkLimit": 0}})
    ended = await house.openclaw("gateway")
    assert ended.code == 1
    assert "Traceback" not in ended.err
    for words in ("channels.imessage.dmPolicy", "opne", "allowFrom", "channels.imessage.textChunkLimit"):
        assert words in ended.err


async def test_a_configuration_for_a_gateway_elsewhere_starts_none_here(tmp_path: Path) -> None:
    """Behaviour facts A.15: start refuses unless gateway.mode is local; a missing one means local (ruling 15)."""
    house = build(tmp_path)
    house.configure(channels=channel(house), gateway={"mode": "remote"})
    ended = await house.openclaw("gateway")
    assert ended.code == 1
    assert "gateway.mode" in ended.err


async def test_a_second_gateway_names_the_first_and_exits(tmp_path: Path) -> None:
    """Requirements of the first issue: one gateway per state directory."""
    house = build(tmp_path)
    house.configure(channels=channel(house))
    async with house.gateway() as process:
        second = await house.openclaw("gateway")
        assert second.code == 1
        assert str(process.pid) in second.err


async def test_a_stopped_gateway_leaves_no_child_behind(tmp_path: Path) -> None:
    """Demand E6: no orphan in any exit of the gateway."""
    house = build(tmp_path)
    house.configure(channels=channel(house))
    async with house.gateway() as process:
        children = _children(process.pid)
        assert children

    async def gone() -> bool:
        return not any(child.is_running() for child in children)

    await until(gone, "the children end")


async def test_pause_and_resume_from_the_command_line(tmp_path: Path) -> None:
    """Requirements of the first issue: openclaw pause|resume; nothing is lost by it."""
    house = build(tmp_path)
    async with open_model_server() as server:
        house.configure(channels=channel(house, dmPolicy="open", allowFrom=["*"]), **model(server.url))
        async with house.gateway():
            phone.say(house.mac, ANN, "one")
            await house.replies(ANN, 1)
            assert (await house.openclaw("pause")).code == 0
            phone.say(house.mac, ANN, "two")

            async def kept() -> bool:
                listed = await house.openclaw("messages", "list", "--state", "paused", "--json")
                return len(listed.json()["messages"]) == 1

            await until(kept, "the message is kept")
            assert (await house.openclaw("resume")).code == 0
            replies = await house.replies(ANN, 2)
            assert "two" in replies[1]


async def test_a_long_answer_arrives_in_order(tmp_path: Path) -> None:
    """Requirements, "Outbound chunking": over 4000 characters, in order."""
    house = build(tmp_path)
    text = "\n".join(f"This is line number {number} of a long story." for number in range(250))
    async with open_model_server() as server:
        server.script.append(Answer(text))
        house.configure(channels=channel(house, dmPolicy="open", allowFrom=["*"]), **model(server.url))
        async with house.gateway():
            phone.say(house.mac, ANN, "tell me a story")
            parts = await house.replies(ANN, 3)
            assert "\n".join(parts).split() == text.split()
            assert all(len(part) <= 4000 for part in parts)


async def test_a_house_without_a_configuration_starts_safely(tmp_path: Path) -> None:
    """Behaviour facts A.1: a missing file is legal and means safe defaults; nothing is written on the way."""
    house = build(tmp_path)
    words = ("gateway", "--port", str(free_port()))
    process = await create_subprocess_exec(*OPENCLAW, *words, env=house.environ, stderr=PIPE)
    assert process.stderr is not None
    seen = b""
    while b"gateway.ready" not in seen:
        line = await process.stderr.readline()
        assert line, seen
        seen += line
    process.terminate()
    await process.communicate()
    assert process.returncode == 0
    assert not (house.state / "openclaw.json").exists()


def _children(pid: int) -> list[psutil.Process]:
    return psutil.Process(pid).children(recursive=True)
