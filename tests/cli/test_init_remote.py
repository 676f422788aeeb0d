"""`openclaw init` and `channels add` for a Mac that is another machine: the wrapper, and what is found there."""

from __future__ import annotations

import asyncio
import stat
import subprocess
import sys
from asyncio.subprocess import PIPE
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from tests.journeys.house import OPENCLAW, House
from tests.ssh_server import FarMac, needs_sshd, open_far_mac
from tests.waiting import BOUND_S

from openclaw.cli.init import command
from openclaw.config.load import load_config
from openclaw.config.locations import locate
from openclaw.simulator import phone

NO_KEYS = {"ANTHROPIC_API_KEY": None, "OPENAI_API_KEY": None, "OPENROUTER_API_KEY": None}


def test_a_remote_mac_gets_a_wrapper(tmp_path: Path) -> None:
    """The page's wrapper is written into the state directory, for its owner to run (requirements, remote Mac)."""
    environ = {
        **NO_KEYS,
        "HOME": str(tmp_path),
        "OPENCLAW_STATE_DIR": "",
        "OPENCLAW_CONFIG_PATH": "",
        "PATH": "/nowhere",
    }
    flags = ["--yes", "--remote", "bot@mac-mini.invalid", "--agent", "none"]
    result = CliRunner().invoke(command, flags, env=environ)
    assert result.exit_code == 0, result.output
    wrapper = tmp_path / ".openclaw" / "scripts" / "imsg-ssh"
    assert " bot@mac-mini.invalid " in wrapper.read_text()
    assert wrapper.read_text().endswith(' imsg "$@"\n')
    assert stat.S_IMODE(wrapper.stat().st_mode) == 0o700
    known = {"HOME": str(tmp_path)}
    channel = load_config(locate(known), known).config.channels.imessage
    assert (channel.cli_path, channel.remote_host) == (str(wrapper), "bot@mac-mini.invalid")


def test_a_wrapper_finds_imsg_where_homebrew_puts_it(tmp_path: Path) -> None:
    """The far shell gets one command line that works without a profile: tried with an `ssh` that runs it here."""
    ssh = tmp_path / "ssh"
    ssh.write_text(
        '#!/bin/sh\nwhile [ "$1" != -- ]; do shift; done\nshift 2\nPATH=/usr/bin:/bin exec sh -c "$*"\n'
    )
    ssh.chmod(0o700)
    environ = {**NO_KEYS, "HOME": str(tmp_path), "OPENCLAW_STATE_DIR": "", "OPENCLAW_CONFIG_PATH": ""}
    CliRunner().invoke(command, ["--yes", "--remote", "bot@mac.invalid", "--agent", "none"], env=environ)
    wrapper = tmp_path / ".openclaw" / "scripts" / "imsg-ssh"
    wrapper.write_text(wrapper.read_text().replace(" imsg ", " printenv "))
    ended = subprocess.run(
        [wrapper, "PATH"],
        env={"PATH": f"{tmp_path}:/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=True,
        timeout=BOUND_S,
    )
    assert ended.stdout == "/opt/homebrew/bin:/usr/local/bin:/usr/bin:/bin\n"


@asynccontextmanager
async def a_mac_far_away(root: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncGenerator[tuple[House, FarMac]]:
    """A machine on which nothing is set up, and a Mac behind OpenSSH's own server; imsg is not installed there yet."""
    async with open_far_mac(root / "far", server="sshd") as mac:
        monkeypatch.setenv("PATH", str(mac.bin), prepend=":")
        phone.create_database(mac.home / "chat.db")
        yield House(root), mac


def install_imsg(mac: FarMac) -> None:
    """What brew does."""
    mac.install(
        "imsg",
        f'IMSG_SIMULATOR_DB="$HOME/chat.db"\nexport IMSG_SIMULATOR_DB\n'
        f'exec "{sys.executable}" -m openclaw.simulator.imsg "$@"',
    )


@needs_sshd
async def test_each_thing_that_is_missing_is_told_until_nothing_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One run of `init`: it looks again after each step that it advised, in the order in which a person meets them."""
    async with a_mac_far_away(tmp_path, monkeypatch) as (house, mac):
        mac.forget_host()
        mac.shut_out()
        key = mac.root / "user_key"
        words = ["--remote", "mac", "--identity", str(key), "--no-attachments", "--agent", "none"]
        words += ["--apple-id", "personal", "--region", "US", "--owner", "", "--dm-policy", "allowlist"]
        words += ["--allow", "+15550100001", "--port", str(mac.link.listens_at)]
        process = await asyncio.create_subprocess_exec(
            *OPENCLAW, "init", *words, env=house.environ, stdin=PIPE, stdout=PIPE, stderr=PIPE
        )
        by_hand = f"-i {key} -p {mac.link.listens_at} -o IdentitiesOnly=yes mac"
        unknown = await _told(process)
        assert "ssh-host-unknown" in unknown
        assert f"What helps: log in once by hand and compare the fingerprint: ssh {by_hand}" in unknown
        mac.know()
        refused = await _again(process)
        assert "ssh-key-refused" in refused
        assert f"What helps: ssh-copy-id {by_hand};" in refused
        mac.let_in()
        nothing = await _again(process)
        assert "imsg-not-found" in nothing
        assert f"Install imsg there (ssh {by_hand}, then: brew install steipete/tap/imsg)" in nothing
        install_imsg(mac)
        ready = await _again(process)
        assert "works on mac." in ready
        assert "Files come over SFTP." in ready
        async with asyncio.timeout(BOUND_S):
            await process.communicate(b"y\n")
        assert process.returncode == 0
        assert (await house.openclaw("channels", "status", "--probe")).code == 0


async def _told(process: asyncio.subprocess.Process) -> str:
    """What is said up to the next question that wants a yes."""
    assert process.stdout is not None
    async with asyncio.timeout(BOUND_S):
        return (await process.stdout.readuntil(b"? [Y/n]: ")).decode()


async def _again(process: asyncio.subprocess.Process) -> str:
    """The same after the answer that it shall look again."""
    assert process.stdin is not None
    process.stdin.write(b"y\n")
    return await _told(process)


@needs_sshd
async def test_an_account_is_added_with_flags_and_tried(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`channels add --remote-host`: nothing is asked; what was found is part of the result, and it is added anyway."""
    async with a_mac_far_away(tmp_path, monkeypatch) as (house, mac):
        roots = ["--attachment-root", str(mac.attachments)]
        words = ["channels", "add", "--account", "work", "--remote-host", "mac", *roots, "--json"]

        async def added(*more: str) -> dict[str, Any]:
            ended = await house.openclaw(*words, *more)
            assert ended.code == 0, ended.err
            return ended.json()

        tried = await added("--dry-run")
        assert tried["probe"]["code"] == "imsg-not-found"
        assert not list(house.state.glob("*/imsg-work"))
        mac.shut_out()
        assert (await added())["probe"]["code"] == "ssh-key-refused"
        mac.let_in()
        install_imsg(mac)
        probe = (await added())["probe"]
        assert (probe["code"], probe["files"]) == ("works", "come over SFTP")
        wrapper = house.state / "scripts/imsg-work"
        assert stat.S_IMODE(wrapper.stat().st_mode) == 0o700
        shown = (await house.openclaw("config", "get", "channels.imessage.accounts.work")).json()
        assert shown == {
            "cliPath": str(wrapper),
            "remoteHost": "mac",
            "includeAttachments": True,
            "remoteAttachmentRoots": [str(mac.attachments)],
        }
        own = await house.openclaw(*words, "--port", "2222")
        assert (own.code, "belongs into the wrapper" in own.err) == (2, True)


@needs_sshd
async def test_an_account_is_asked_for_and_tried(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`channels add` without flags: name, machine, port, key, files and strangers; the rest is found out."""
    async with a_mac_far_away(tmp_path, monkeypatch) as (house, mac):
        install_imsg(mac)
        key = mac.root / "user_key"
        answers = ["hall", "there", "mac -p 22", "mac", "port", str(mac.link.listens_at), "/no/key", str(key)]
        answers += ["y", "Pictures", str(mac.attachments), "silent", "y"]
        ran = await house.openclaw("channels", "add", stdin="\n".join(answers) + "\n")
        assert ran.code == 0, ran.err + ran.out
        for said in (
            "must be host or user@host",
            "0 is no port",
            "ssh-keygen -t ed25519 -f /no/key makes one",
            "must be an absolute path",
            "works on mac.",
        ):
            assert said in ran.out
        text = (house.state / "scripts/imsg-hall").read_text()
        assert f" -p {mac.link.listens_at} -i {key} -o IdentitiesOnly=yes -- mac " in text
