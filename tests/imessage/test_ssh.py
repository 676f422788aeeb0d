"""The command lines of ssh, and the connection that they share."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from openclaw.config.remote_host import RemoteHost
from openclaw.imessage.ssh import Ssh, open_ssh

WAY = RemoteHost(
    host="mac",
    user="bot",
    port=2222,
    identities=("/k 1", "/k2"),
    jump="door",
    config_file="/c",
    options=("StrictHostKeyChecking=no", "HostKeyAlias=den"),
)


def test_the_way_of_the_wrapper_is_kept_and_our_own_settings_come_first() -> None:
    """Of two values ssh takes the first, so a wrapper cannot make host keys lax; the operand comes behind `--`."""
    words = Ssh(WAY).run("true")

    assert words[0] == "ssh"
    assert words.index("StrictHostKeyChecking=yes") < words.index("StrictHostKeyChecking=no")
    assert words[words.index("-F") : -3] == [
        "-F", "/c", "-p", "2222", "-l", "bot", "-i", "/k 1", "-i", "/k2", "-J", "door",
    ]  # fmt: skip
    assert words[-3:] == ["--", "mac", "true"]
    assert "BatchMode=yes" in words
    assert Ssh(WAY).subsystem("sftp")[-3:] == ["--", "mac", "sftp"]
    assert "-s" in Ssh(WAY).subsystem("sftp")


def test_an_address_of_ipv6_loses_the_brackets_that_ssh_does_not_take() -> None:
    """`host:path` needs them, ssh alone does not."""
    assert Ssh(RemoteHost(host="[2001:db8::7]")).run("true")[-2] == "2001:db8::7"


async def test_the_shared_connection_lies_where_only_we_can_use_it() -> None:
    """Whoever may write to that socket may log in there; its path must fit a Unix socket's address."""
    async with open_ssh(WAY) as ssh:
        assert ssh.socket is not None
        folder = ssh.socket.parent
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
        assert len(str(ssh.socket)) + 17 < 104
        assert f"ControlPath={ssh.socket}" in ssh.run("true")
    assert not folder.exists()


async def test_a_long_temporary_directory_is_not_used_for_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """macOS gives long ones."""
    long = tmp_path / ("d" * 90)
    long.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(long))

    async with open_ssh(WAY) as ssh:
        assert ssh.socket is not None
        assert str(long) not in str(ssh.socket)
    assert not list(long.iterdir())
