"""The troubleshooting of the requirements, heading by heading.

A Mac that behaves so, what `openclaw doctor` says of it, its advice followed to the letter, and then it works.
"""

from __future__ import annotations

import re
import shlex
import sys
from collections import defaultdict
from pathlib import Path
from typing import Any

import pytest
from tests.agents.model_server import open_model_server
from tests.journeys.house import House, build, channel, model
from tests.making import ANN, BOB
from tests.media import samples
from tests.ssh_server import needs_ssh, needs_sshd, open_far_mac
from tests.waiting import until

from openclaw.simulator import phone
from openclaw.simulator.phone import make_group

GERMAN = "+4915123456789"
AGENT = {"session": {"dmScope": "per-channel-peer"}}


async def examine(house: House) -> tuple[int, dict[str, list[dict[str, Any]]]]:
    """The exit code of the doctor, and what it found that is not fine, by check."""
    ran = await house.openclaw("doctor", "--json")
    found: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for one in ran.json()["findings"]:
        if one["severity"] != "ok":
            found[one["id"]].append(one)
    return ran.code, found


def section(house: House, **more: Any) -> dict[str, Any]:
    """A channel that lets Ann in, and nothing else that the doctor would speak of."""
    return channel(house, **{"dmPolicy": "allowlist", "allowFrom": [ANN], "region": "US"} | more)


async def answers(house: House, *says: str, who: str = ANN) -> None:
    """A gateway that is started now answers who writes."""
    async with house.gateway():
        phone.say(house.mac, who, "hello?")
        await house.replies(who, 1)


async def test_imsg_is_not_found(tmp_path: Path) -> None:
    """Heading "imsg not found or RPC unsupported": the path is named, and corrected."""
    house = build(tmp_path)
    async with open_model_server() as server:
        house.configure(
            channels=section(house, cliPath="/usr/local/bin/imsg-elsewhere"), **model(server.url), **AGENT
        )
        code, found = await examine(house)
        [probe] = found["imsg.probe"]
        assert code == 1
        assert "imsg-not-found" in probe["found"]
        assert "/usr/local/bin/imsg-elsewhere" in probe["lookedAt"]
        assert "correct channels.imessage.cliPath" in probe["fix"]
        house.configure(channels=section(house), **model(server.url), **AGENT)
        assert (await examine(house))[0] == 0
        await answers(house)


async def test_rpc_is_not_supported(tmp_path: Path) -> None:
    """Heading "imsg not found or RPC unsupported": an imsg of before 0.3 shows its root help, and is updated."""
    house = build(tmp_path)
    new = (house.root / "imsg").read_text()
    old = '#!/bin/sh\ncase "$1" in --version) echo 0.2.1;; *) echo "error: unknown command \\"rpc\\""; exit 64;; esac\n'
    (house.root / "imsg").write_text(old)
    async with open_model_server() as server:
        house.configure(channels=section(house), **model(server.url), **AGENT)
        code, found = await examine(house)
        [probe] = found["imsg.probe"]
        assert (code, "rpc-unsupported" in probe["found"]) == (1, True)
        assert probe["fix"].startswith("Update imsg")
        (house.root / "imsg").write_text(new)
        code, found = await examine(house)
        assert (code, found["imsg.probe"]) == (0, [])
        await answers(house)


async def test_direct_messages_are_ignored_because_nobody_was_approved(tmp_path: Path) -> None:
    """Heading "DMs are ignored": pairing is the policy, and its two commands let the sender in."""
    house = build(tmp_path)
    async with open_model_server() as server:
        house.configure(
            channels=section(house, dmPolicy="pairing", allowFrom=[]), **model(server.url), **AGENT
        )
        async with house.gateway():
            phone.say(house.mac, ANN, "hello?")
            await house.replies(ANN, 1)
            code, found = await examine(house)
            [direct] = found["access.direct"]
            assert code == 0
            assert "pairing" in direct["found"]
            listing, approving = direct["fix"].split(", then ")
            listed = await house.openclaw(*shlex.split(listing)[1:], "--json")
            [request] = listed.json()["requests"]
            words = shlex.split(approving.replace("CODE", request["code"]))[1:]
            assert (await house.openclaw(*words)).code == 0
            phone.say(house.mac, ANN, "and now?")
            await house.replies(ANN, 2)
            assert (await examine(house))[1]["access.direct"] == []


async def test_direct_messages_are_ignored_because_a_number_is_read_in_another_country(
    tmp_path: Path,
) -> None:
    """Heading "DMs are ignored": the entry of allowFrom can never match, the region is missing, and is set."""
    house = build(tmp_path)
    async with open_model_server() as server:
        written = channel(house, dmPolicy="allowlist", allowFrom=["0151 23456789"])
        house.configure(channels=written, **model(server.url), **AGENT)
        async with house.gateway():
            phone.say(house.mac, GERMAN, "hallo?")
            await _dropped(house, "dm-not-allowed")
        _, found = await examine(house)
        assert [one["lookedAt"] for one in found["access.entry"]] == ["channels.imessage.allowFrom[0]"]
        [region] = found["access.region"]
        key, country = re.match(r'set (\S+) to your country, such as "(\w+)"', region["fix"]).groups()  # type: ignore[union-attr]
        assert key == "channels.imessage.region"
        written["imessage"]["region"] = country
        house.configure(channels=written, **model(server.url), **AGENT)
        _, found = await examine(house)
        assert (found["access.entry"], found["access.region"]) == ([], [])
        await answers(house, who=GERMAN)


async def test_group_messages_are_ignored(tmp_path: Path) -> None:
    """Heading "Group messages are ignored": an unknown number in groups, and a pattern that never matches."""
    house = build(tmp_path)
    number = make_group(house.mac, "Crew", [ANN, BOB])
    mentions = [r"\b@bot\b"]
    async with open_model_server() as server:

        def configure(group: str) -> None:
            more = {"messages": {"groupChat": {"mentionPatterns": mentions}}}
            house.configure(channels=section(house, groups={group: {}}), **model(server.url), **AGENT, **more)

        configure("99")
        async with house.gateway():
            phone.say(house.mac, ANN, "hey @bot, hello?", group="Crew")
            await _dropped(house, "group-not-listed")
        _, found = await examine(house)
        [group], [pattern] = found["access.group-number"], found["access.pattern"]
        assert group["lookedAt"] == 'channels.imessage.groups["99"]'
        command = group["fix"].removeprefix("see their numbers: ")
        chats = (await house.openclaw(*shlex.split(command)[1:], "--json")).json()["chats"]
        assert [one["chatId"] for one in chats] == [number]
        assert pattern["fix"] == r"leave that \b out"
        mentions[:] = [r"@bot\b"]
        configure(str(number))
        _, found = await examine(house)
        assert (found["access.group-number"], found["access.pattern"]) == ([], [])
        async with house.gateway():
            phone.say(house.mac, ANN, "hey @bot, are you there?", group="Crew")
            await house.replies("Crew", 1)


@needs_sshd
async def test_another_machine_is_not_reached(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Heading "Remote attachments fail", first half: the host key, then the key of the user, at a real SSH server."""
    house = build(tmp_path)
    wrapper = tmp_path / "imsg-ssh"
    wrapper.write_text(f'#!/usr/bin/env bash\nexec ssh -T mac-mini {tmp_path}/imsg "$@"\n')
    wrapper.chmod(0o700)
    async with (
        open_model_server() as server,
        open_far_mac(tmp_path / "mini", server="sshd", name="mac-mini") as mini,
    ):
        mini.forget_host()
        mini.shut_out()
        monkeypatch.setenv("PATH", str(mini.bin), prepend=":")
        house.configure(channels=section(house, cliPath=str(wrapper)), **model(server.url), **AGENT)
        code, found = await examine(house)
        [login] = found["remote.login"]
        assert (code, "known_hosts" in login["found"]) == (1, True)
        assert login["fix"].endswith("compare the fingerprint: ssh mac-mini")
        mini.know()
        code, found = await examine(house)
        [login] = found["remote.login"]
        assert (code, login["fix"].partition(";")[0]) == (1, "ssh-copy-id mac-mini")
        mini.let_in()
        code, found = await examine(house)
        assert (code, found["remote.login"], found["imsg.probe"]) == (0, [], [])
        await answers(house)


@needs_ssh
async def test_remote_attachments_fail(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Heading "Remote attachments fail", second half: the host, the roots, and what that Mac lets be read.

    Each time the agent answers without the file, and `openclaw explain` says what became of it and which key decided.
    """
    house = build(tmp_path)
    wrapper = tmp_path / "imsg-ssh"
    wrapper.write_text(f'#!/usr/bin/env bash\nHOST=mac-mini\nexec ssh -T "$HOST" {tmp_path}/imsg "$@"\n')
    wrapper.chmod(0o700)
    async with (
        open_model_server() as server,
        open_far_mac(tmp_path / "mini", name="mac-mini") as mini,
    ):
        monkeypatch.setenv("PATH", str(mini.bin), prepend=":")
        files: dict[str, Any] = {"includeAttachments": True}

        async def sent(count: int) -> tuple[str, list[dict[str, Any]]]:
            """What explain says of a photo that is sent now, and what the doctor says of files beside it."""
            photo = mini.attachments / f"photo{count}.png"
            photo.write_bytes(samples.png())
            house.configure(
                channels=section(house, cliPath=str(wrapper), **files), **model(server.url), **AGENT
            )
            async with house.gateway():
                phone.say(house.mac, ANN, "look", attachments=[photo])
                await house.replies(ANN, count)
                _, found = await examine(house)
                return (await house.openclaw("explain")).out, found["remote.host"] + found["remote.files"]

        told, [unclear] = await sent(1)
        assert "Set channels.imessage.remoteHost" in told
        key, value = re.match(r"set (\S+) to (\S+)", unclear["fix"]).groups()  # type: ignore[union-attr]
        assert (key, value) == ("channels.imessage.remoteHost", "user@host")
        files["remoteHost"] = "mac-mini"
        told, found = await sent(2)
        assert "outside of the allowed folders" in told
        assert "channels.imessage.remoteAttachmentRoots" in told
        assert found == []
        files["remoteAttachmentRoots"] = [str(mini.attachments)]
        mini.forbidden |= {str(mini.attachments), str(mini.attachments / "photo3.png")}
        told, [refused] = await sent(3)
        assert "does not let" in told
        assert "sshd-keygen-wrapper" in refused["fix"]
        mini.forbidden.clear()
        told, found = await sent(4)
        assert (found, "photo4.png" in told) == ([], True)


async def test_the_prompt_for_the_database_was_missed(tmp_path: Path) -> None:
    """Heading "macOS permission prompts were missed": Full Disk Access, for the program at the top of the chain."""
    house = build(tmp_path)
    house.misbehave(misbehaviour=[{"kind": "permission-denied"}])
    async with open_model_server() as server:
        house.configure(channels=section(house), **model(server.url), **AGENT)
        code, found = await examine(house)
        [probe], chains = found["imsg.probe"], found["imsg.process-chain"]
        assert (code, "permission-denied" in probe["found"]) == (1, True)
        assert "Full Disk Access" in probe["fix"]
        assert sys.executable.rpartition("/")[2][:6] in chains[0]["found"]
        ticked = chains[0]["fix"].removeprefix("tick ").removesuffix(", none below it")
        assert f"tick {ticked}" in probe["fix"]
        house.misbehave()  # the person ticks it
        command = probe["fix"].rpartition(": ")[2]
        assert command == "imsg chats --limit 1"
        assert (await examine(house))[0] == 0
        await answers(house)


async def test_the_prompt_for_sending_was_missed(tmp_path: Path) -> None:
    """Heading "macOS permission prompts were missed": Automation, which does not show in reading."""
    house = build(tmp_path)
    house.misbehave(misbehaviour=[{"kind": "refuse-send"}])
    async with open_model_server() as server:
        house.configure(channels=section(house), **model(server.url), **AGENT)
        _, found = await examine(house)
        assert ["never tried" in one["found"] for one in found["imsg.sending"]] == [True]
        async with house.gateway():
            phone.say(house.mac, ANN, "hello?")

            async def refused() -> dict[str, Any] | None:
                return next(iter((await examine(house))[1]["imsg.sending"]), None)

            sending = await until(lambda: _if_error(refused()), "the doctor tells of the refusal")
            assert "-1743" in sending["found"]
            assert "Automation" in sending["fix"]
            assert 'imsg send <handle> "test"' in sending["fix"]
        code, found = await examine(house)
        assert (code, found["imsg.sending"][0]["severity"]) == (1, "error"), "also while no gateway runs"
        house.misbehave()  # the person ticks it
        async with house.gateway():
            await house.replies(ANN, 1)
        code, found = await examine(house)
        assert (code, found["imsg.sending"]) == (0, [])


async def test_a_wrapper_that_holds_lines_back_is_named(tmp_path: Path) -> None:
    """Demand E8: it looks like an outage, and is a pipe with a filter in it."""
    house = build(tmp_path)
    direct = (house.root / "imsg").read_text()
    (house.root / "imsg").write_text(
        direct.replace("exec ", "").rstrip()
        + " | cat | python3 -c 'import sys; sys.stdout.write(sys.stdin.read())'\n"
    )
    house.configure(channels=section(house))
    code, found = await examine(house)
    [probe] = found["imsg.probe"]
    assert (code, "the wrapper buffers stdio" in probe["found"]) == (1, True)
    assert "no pipes or filters" in probe["fix"]
    (house.root / "imsg").write_text(direct)
    assert (await examine(house))[1]["imsg.probe"] == []


async def test_after_a_crash_the_doctor_tidies_up(tmp_path: Path) -> None:
    """What a killed gateway leaves behind is found and removed, and the next start is well."""
    house = build(tmp_path)
    async with open_model_server() as server:
        house.configure(channels=section(house), **model(server.url), **AGENT)
        async with house.gateway() as process:
            process.kill()
            await process.wait()
        [address] = (await examine(house))[1]["gateway.address"]
        assert str(process.pid) in address["found"]
        ran = await house.openclaw(*shlex.split(address["fix"])[1:], "--yes")
        assert "Done: remove the address" in ran.out
        assert (await examine(house))[1]["gateway.address"] == []
        await answers(house)


async def test_an_update_is_told_at_the_next_start(tmp_path: Path) -> None:
    """Which release was here before, and the sections of the list of changes between."""
    house = build(tmp_path)
    async with open_model_server() as server:
        house.configure(channels=section(house), **model(server.url), **AGENT)
        (house.state / "last-release").write_text("0.0.1\n")
        [upgrade] = (await examine(house))[1]["upgrade"]
        assert upgrade["found"].startswith("0.0.1; this is ")
        assert "What changed:\n## " in upgrade["found"]
        await answers(house)
        [log] = (house.state / "logs").glob("openclaw-*.log")
        assert "release.changed" in log.read_text()
        assert (await examine(house))[1]["upgrade"] == []


async def _dropped(house: House, reason: str) -> None:
    """Return once a message was refused for ``reason``."""

    async def look() -> bool:
        listed = await house.openclaw("messages", "list", "--json")
        return any(one["reason"] == reason for one in listed.json()["messages"])

    await until(look, f"a message is refused for {reason}")


async def _if_error(looking: Any) -> dict[str, Any] | None:
    found = await looking
    return found if found and found["severity"] == "error" else None
