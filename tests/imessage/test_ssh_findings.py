"""What ssh says when it does not get through, from the system's own ssh against a real server."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.journeys.house import free_port
from tests.ssh_server import FarMac, needs_ssh, open_far_mac

from openclaw.config.remote_host import RemoteHost
from openclaw.domain.health import ProbeCode
from openclaw.imessage.ssh import Ssh
from openclaw.imessage.ssh_findings import SshFinding, read_ssh_words
from openclaw.jsonrpc.brief import run_briefly

HOST = RemoteHost(host="mini", user="bot")


async def said_by(mac: FarMac) -> str:
    ended = await run_briefly(Ssh(mac.host).run("true"), 25.0)
    return ended.stderr


@needs_ssh
async def test_each_way_not_to_get_through_is_told_from_the_others(tmp_path: Path) -> None:
    """The issue's list of findings, in the words of the ssh that is installed here."""
    found: dict[str, SshFinding | None] = {}
    async with open_far_mac(tmp_path / "mac") as mac:
        assert await said_by(mac) == ""
        mac.forget_host()
        found["unknown"] = read_ssh_words(await said_by(mac), HOST)
        mac.know("other_key")
        found["changed"] = read_ssh_words(await said_by(mac), HOST)
        mac.know()
        mac.let_in("other_key")
        found["key"] = read_ssh_words(await said_by(mac), HOST)
        mac.write_config(name="no-such-machine.invalid")
        found["name"] = read_ssh_words(await said_by(mac), HOST)
        mac.write_config(port=free_port())
        found["refused"] = read_ssh_words(await said_by(mac), HOST)
        mac.write_config()
        mac.link.asleep = True
        found["asleep"] = read_ssh_words(await said_by(mac), HOST)

    assert {name: each.code if each else None for name, each in found.items()} == {
        "unknown": ProbeCode.SSH_HOST_UNKNOWN,
        "changed": ProbeCode.SSH_HOST_CHANGED,
        "key": ProbeCode.SSH_KEY_REFUSED,
        "name": ProbeCode.SSH_NAME_UNKNOWN,
        "refused": ProbeCode.SSH_REFUSED,
        "asleep": ProbeCode.SSH_TIMEOUT,
    }
    assert all(each and "HOST" not in each.fix for each in found.values())


@pytest.mark.parametrize(
    ("said", "code", "command"),
    [
        ("Host key verification failed.", ProbeCode.SSH_HOST_UNKNOWN, "ssh bot@mini"),
        (
            "@@ WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED! @@",
            ProbeCode.SSH_HOST_CHANGED,
            "ssh-keygen -R mini",
        ),
        ("bot@mini: Permission denied (publickey).", ProbeCode.SSH_KEY_REFUSED, "ssh-copy-id bot@mini"),
        (
            "ssh: Could not resolve hostname mini: nodename nor servname",
            ProbeCode.SSH_NAME_UNKNOWN,
            "~/.ssh/config",
        ),
        ("ssh: connect to host mini port 22: Connection refused", ProbeCode.SSH_REFUSED, "Remote Login"),
        (
            "ssh: connect to host mini port 22: Operation timed out",
            ProbeCode.SSH_TIMEOUT,
            "ssh bot@mini true",
        ),
        ("Timeout, server mini not responding.", ProbeCode.SSH_TIMEOUT, "wake"),
    ],
)
def test_every_finding_has_the_command_to_run(said: str, code: ProbeCode, command: str) -> None:
    """Forms of macOS and Linux."""
    found = read_ssh_words(said, HOST)

    assert found is not None
    assert (found.code, command in found.fix) == (code, True)


def test_the_command_goes_the_way_that_was_tried() -> None:
    """A key, a port, a file of settings: without them a person would look at another machine."""
    host = RemoteHost(host="[2001:db8::7]", user="bot", port=2222, identities=("/k 1",), jump="door")
    by_hand = "-i '/k 1' -p 2222 -o ProxyJump=door bot@2001:db8::7"
    fixes = {said: found.fix for said in _SAID if (found := read_ssh_words(said, host))}
    assert f"ssh {by_hand}" in fixes["Host key verification failed."]
    assert fixes["mini: Permission denied (publickey)."].startswith(f"ssh-copy-id {by_hand};")
    assert "ssh-keygen -R '[2001:db8::7]:2222'" in fixes["REMOTE HOST IDENTIFICATION HAS CHANGED!"]


_SAID = (
    "Host key verification failed.",
    "mini: Permission denied (publickey).",
    "REMOTE HOST IDENTIFICATION HAS CHANGED!",
)


@pytest.mark.parametrize("said", ["", "cat: /x: Permission denied", "imsg: command not found"])
def test_other_words_are_not_ssh(said: str) -> None:
    """A file that may not be read is no refused key."""
    assert read_ssh_words(said, HOST) is None
