"""The whole gateway with its phone on another Mac, behind a real SSH server (requirements, remote Mac over SSH)."""

from __future__ import annotations

import sys
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from tests.agents.model_server import Answer, ModelServer, open_model_server
from tests.journeys.house import House, build, channel, model
from tests.making import ANN
from tests.media import samples
from tests.ssh_server import FarMac, needs_ssh, needs_sshd, open_far_mac
from tests.waiting import until

from openclaw.domain.health import ProbeCode
from openclaw.simulator import phone

pytestmark = needs_ssh


@asynccontextmanager
async def two_machines(
    root: Path, server: str = "asyncssh"
) -> AsyncGenerator[tuple[House, FarMac, dict[str, Any]]]:
    """A house whose imsg is the requirements' wrapper; its messages are on the Mac alone."""
    house = build(root)
    async with open_far_mac(root / "far", server=server) as mac:
        mac.install("imsg", f'exec "{sys.executable}" -m openclaw.simulator.imsg "$@"')
        wrapper = mac.wrapper(root / "imsg-ssh")
        section = channel(house, cliPath=str(wrapper), dmPolicy="open", allowFrom=["*"], settleMs=0)
        yield house, mac, section


@pytest.mark.parametrize("kind", ["asyncssh", pytest.param("sshd", marks=needs_sshd)])
async def test_a_message_on_the_other_mac_is_answered_there_also_after_the_line_was_cut(
    tmp_path: Path, kind: str
) -> None:
    """Wrapper, watch, send, and what was written while there was no line (issue: cut in mid-frame)."""
    async with two_machines(tmp_path, kind) as (house, mac, section), open_model_server() as server:
        house.configure(channels=section, **model(server.url))
        async with house.gateway():
            phone.say(house.mac, ANN, "hello over there")
            assert len(await house.replies(ANN, 1)) == 1
            before = mac.link.connections
            # The notification of the next message does not come through whole.
            mac.link.cut_after(80)
            phone.say(house.mac, ANN, "did you get this? " + "x" * 2000)
            replies = await house.replies(ANN, 2)
            assert mac.link.connections > before
            phone.say(house.mac, ANN, "and this?")
            assert len(await house.replies(ANN, 3)) == 3
            assert len(replies) == 2
    assert mac.link.cuts >= 1
    assert len(server.requests) == 3
    assert len(await house.replies(ANN, 3)) == 3


async def test_a_bubble_whose_answer_was_cut_off_is_on_the_phone_once(tmp_path: Path) -> None:
    """The line breaks while imsg sends: the row in the Mac's messages is believed, and nothing is sent again."""
    async with two_machines(tmp_path) as (house, mac, section), open_model_server() as server:
        house.configure(channels=section, **model(server.url))
        async with house.gateway():
            house.misbehave(misbehaviour=[{"kind": "slow", "method": "send", "delayMs": 500}])
            phone.say(house.mac, ANN, "hello over there")
            await house.replies(ANN, 1)
            mac.link.cut()
            house.misbehave()
            phone.say(house.mac, ANN, "are you still there?")
            assert len(await house.replies(ANN, 2)) == 2

            async def settled() -> bool:
                found = (await house.openclaw("deliveries", "list", "--state", "confirmed", "--json")).json()
                return len(found["deliveries"]) == 2

            await until(settled, "both bubbles are confirmed")
    assert len(await house.replies(ANN, 2)) == 2
    assert len(server.requests) == 2


async def test_over_a_slow_link_everything_comes_and_goes_once(tmp_path: Path) -> None:
    """Each piece waits on its way: the start, a message with a photo, and its answer."""
    async with two_machines(tmp_path) as (house, mac, section), open_model_server() as server:
        section["imessage"] |= {"includeAttachments": True, "remoteAttachmentRoots": [str(mac.attachments)]}
        photo = mac.attachments / "photo.heic"
        photo.write_bytes(samples.HEIC.read_bytes())
        house.configure(channels=section, **seeing(server.url))
        mac.link.pause_s = 0.05
        async with house.gateway():
            phone.say(house.mac, ANN, "what is this?", attachments=[photo])
            await house.replies(ANN, 1)
            phone.say(house.mac, ANN, "and now?")
            assert len(await house.replies(ANN, 2)) == 2
    assert shown_to(server, 0) == ["text", "image_url"]
    assert len(server.requests) == 2


async def test_a_photo_whose_transfer_is_cut_is_fetched_again_and_whole(tmp_path: Path) -> None:
    """In the middle of the file every connection breaks, that of the watch too (issue: cut in mid-file)."""
    async with two_machines(tmp_path) as (house, mac, section), open_model_server() as server:
        section["imessage"] |= {"includeAttachments": True, "remoteAttachmentRoots": [str(mac.attachments)]}
        note = mac.attachments / "long.txt"
        note.write_text("".join(f"line {number}\n" for number in range(200_000)))
        server.script.extend([Answer("I have read it."), Answer("Still here.")])
        house.configure(channels=section, **model(server.url))
        async with house.gateway():
            mac.link.cut_after(note.stat().st_size // 2)
            phone.say(house.mac, ANN, "read this", attachments=[note])
            await house.replies(ANN, 1)
            phone.say(house.mac, ANN, "and now?")
            assert await house.replies(ANN, 2) == ["I have read it.", "Still here."]
            kept = house.state.rglob(note.name)
            assert [path.read_bytes() for path in kept] == [note.read_bytes()]
    assert mac.link.cuts >= 1
    assert len(server.requests) == 2


async def test_a_photo_on_the_other_mac_is_shown_to_the_model_and_a_file_goes_back(tmp_path: Path) -> None:
    """Files in and out over the same SSH (issue, points 1 to 3); nothing is left over on the Mac."""
    async with two_machines(tmp_path) as (house, _, section), open_model_server() as server:
        folder = tmp_path / "far-files"
        folder.mkdir()
        photo = folder / "a photo of 'Ann' $(1).heic"
        photo.write_bytes(samples.HEIC.read_bytes())
        files = {"includeAttachments": True, "remoteAttachmentRoots": [str(folder)]}
        house.configure(channels={"imessage": section["imessage"] | files}, **seeing(server.url))
        note = tmp_path / "note.txt"
        note.write_text("for Ann")
        async with house.gateway():
            phone.say(house.mac, ANN, "what is this?", attachments=[photo])
            await house.replies(ANN, 1)
            sent = await house.openclaw("message", "send", "--target", ANN, "--media", str(note))
            assert sent.code == 0, sent.err
            await until(lambda: _has_file(house, "note.txt"), "the file is on the phone")
    assert shown_to(server, 0) == ["text", "image_url"]


def seeing(address: str) -> dict[str, Any]:
    """A model that is shown pictures."""
    sections = model(address)
    sections["models"]["providers"]["test"]["models"][0]["input"] = ["text", "image"]
    return sections


def shown_to(server: ModelServer, number: int) -> list[str]:
    """The kinds of what the person said, in one request."""
    [said] = [one for one in server.requests[number].body["messages"] if one["role"] == "user"]
    return [part["type"] for part in said["content"]]


async def _has_file(house: House, name: str) -> bool:
    own = [bubble for bubble in phone.read_thread(house.mac, ANN) if bubble.from_me]
    return any(Path(file).name == name for bubble in own for file in bubble.attachments)


async def test_the_probe_tells_each_condition_by_its_own_name(tmp_path: Path) -> None:
    """`channels status --probe`, before a gateway runs: key, host key, sleeping host, wrapper (issue, point 3)."""
    async with two_machines(tmp_path) as (house, mac, section):
        house.configure(channels=section)

        async def probed() -> dict[str, Any]:
            ended = await house.openclaw("channels", "status", "--probe", "--json")
            [account] = ended.json()["channelAccounts"]["imessage"]
            return account["probe"]

        works = await probed()
        assert (works["code"], works["files"]) == (ProbeCode.WORKS, "come over SFTP")
        mac.let_in("other_key")
        assert (await probed())["code"] == ProbeCode.SSH_KEY_REFUSED
        mac.let_in()
        mac.forget_host()
        unknown = await probed()
        assert (unknown["code"], unknown["fix"].endswith(f"ssh -F {mac.config} mac")) == (
            ProbeCode.SSH_HOST_UNKNOWN,
            True,
        )
        mac.know("other_key")
        assert (await probed())["code"] == ProbeCode.SSH_HOST_CHANGED
        mac.know()
        mac.wrapper(house.root / "imsg-ssh", 'imsg "$@" | { answers=$(cat); printf "%s\\n" "$answers"; }')
        buffers = await probed()
        assert buffers["code"] == ProbeCode.WRAPPER_BUFFERS


async def test_a_wrapper_that_hides_its_host_says_what_to_set(tmp_path: Path) -> None:
    """Anything that is not read with certainty ends in "set remoteHost", and the rest works."""
    async with two_machines(tmp_path) as (house, mac, section):
        wrapper = house.root / "imsg-ssh"
        wrapper.write_text(f'#!/bin/sh\nMAC=mac\nexec ssh -F {mac.config} -T "$MAC" imsg "$@"\n')
        house.configure(channels=section)

        async def works() -> str:
            ended = await house.openclaw("channels", "status", "--probe")
            return ended.out if "works" in ended.out else ""

        said = await until(works, "the probe works")
        assert "set remoteHost to user@host" in " ".join(said.split())
