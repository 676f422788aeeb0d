"""Where a wrapper leads to."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openclaw.config.remote_host import RemoteHost
from openclaw.config.wrapper import Unclear, detect_remote_host, read_wrapper, remote_of

HOME = "/home/ann"


def read(line: str, first: str = "#!/usr/bin/env bash") -> RemoteHost | Unclear | None:
    return read_wrapper(f"{first}\n{line}\n", HOME)


@pytest.mark.parametrize(
    ("line", "host"),
    [
        ('exec ssh -T gateway-host imsg "$@"', "gateway-host"),
        ('exec ssh -T bot@mac-mini.tailnet-1234.ts.net imsg "$@"', "bot@mac-mini.tailnet-1234.ts.net"),
        ('ssh -o BatchMode=yes mac /opt/homebrew/bin/imsg "$@"', "mac"),
        ('/usr/bin/ssh -Tq mac imsg "$@"', "mac"),
        ('exec ssh -T -o BatchMode=yes user@mac \'PATH="/opt/homebrew/bin:$PATH"\' imsg "$@"', "user@mac"),
        ('exec ssh -T "user@mac" "imsg $*"', "user@mac"),
        ('exec ssh -T \\\n  user@mac \\\n  imsg "$@"', "user@mac"),
        ('# ssh old@host imsg\nset -euo pipefail\nexec ssh mac imsg "$@"  # it\'s ssh', "mac"),
        ('export PATH="/opt/bin:$PATH"\nexec ssh mac imsg "$@" 2>/dev/null', "mac"),
        ('ssh mac imsg "$@"\nssh mac imsg "$@"', "mac"),
        ("ssh 192.0.2.7 imsg", "192.0.2.7"),
        ('ssh -T [2001:db8::7] imsg "$@"', "[2001:db8::7]"),
        ('ssh -- mac imsg "$@"', "mac"),
        ('ssh mac -T -- imsg "$@"', "mac"),
    ],
)
def test_every_simple_form_shows_its_host(line: str, host: str) -> None:
    """The requirements' own wrappers, ours, and the usual variations of them (behaviour facts G.1)."""
    for text in ("#!/usr/bin/env bash\n" + line, line):
        found = read_wrapper(text, HOME)
        assert isinstance(found, RemoteHost)
        assert found.destination == host


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ("-p 2222", RemoteHost(host="mac", port=2222)),
        ("-p2222 -Tl bot", RemoteHost(host="mac", port=2222, user="bot")),
        ("-i ~/.ssh/bot", RemoteHost(host="mac", identities=(f"{HOME}/.ssh/bot",))),
        ('-i "$HOME/.ssh/my bot"', RemoteHost(host="mac", identities=(f"{HOME}/.ssh/my bot",))),
        ("-J ann@door:22,inner", RemoteHost(host="mac", jump="ann@door:22,inner")),
        ("-F '/etc/my ssh/config'", RemoteHost(host="mac", config_file="/etc/my ssh/config")),
        ("-o Port=22 -o 'User bot'", RemoteHost(host="mac", port=22, user="bot")),
        ("-oIdentityFile=/k -oProxyJump=door", RemoteHost(host="mac", identities=("/k",), jump="door")),
        ("-o HostKeyAlias=den", RemoteHost(host="mac", options=("HostKeyAlias=den",))),
        ("-6", RemoteHost(host="mac", options=("AddressFamily=inet6",))),
        ("-o StrictHostKeyChecking=no -o ConnectTimeout=5 -S none", RemoteHost(host="mac")),
    ],
)
def test_the_way_to_the_host_is_kept_and_the_manner_of_the_session_is_not(
    options: str, expected: RemoteHost
) -> None:
    """Options carry over to the transfer of files (requirements); host keys stay strict whatever a wrapper says."""
    assert read(f'exec ssh {options} mac imsg "$@"') == expected


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ('exec ssh "$HOST" imsg "$@"', "the host is in $HOST"),
        ("HOST=mac\nssh mac imsg", "sets HOST"),
        ("SSH_AUTH_SOCK=/x exec ssh mac imsg", "sets SSH_AUTH_SOCK"),
        ("ssh -p $PORT mac imsg", "-p is in $PORT"),
        ("ssh a imsg\nssh b imsg", "differ: a and b"),
        ("ssh a imsg || ssh -p 2 a imsg", "differ"),
        ("go() { ssh mac imsg; }; go", "function"),
        ("if true; then ssh mac imsg; fi", "runs if"),
        ("tailscale ssh mac imsg", "runs tailscale"),
        ('ssh mac imsg "$@" | grep -v x', "runs grep"),
        ("ssh $(cat host) imsg", "substitution"),
        ("ssh `cat host` imsg", "substitution"),
        ("ssh mac imsg <<EOF\nEOF", "here-document"),
        ("ssh -N mac imsg", "option -N"),
        ("ssh -o LocalCommand=x mac imsg", "-o LocalCommand"),
        ("ssh -p 99999 mac imsg", "99999 is no port"),
        ("ssh -p x mac imsg", "0 is no port"),
        ("ssh -J -oProxyCommand=x mac imsg", "jump host"),
        ("ssh -i '-x' mac imsg", "no path"),
        ("ssh ssh://mac imsg", "neither host nor user@host"),
        ("ssh -- -x imsg", "neither host nor user@host"),
        ("ssh a@b@c imsg", "neither host nor user@host"),
        ("ssh @mac imsg", "neither host nor user@host"),
        ("ssh mac", "runs no command"),
        ("ssh -T", "names no host"),
        ("ssh -p", "without a value"),
        ("ssh mac 'imsg", "open quote"),
    ],
)
def test_anything_else_is_a_reason_and_no_guess(line: str, reason: str) -> None:
    """What only a shell could tell is not told; the operator sets remoteHost."""
    found = read(line, "#!/bin/sh")

    assert isinstance(found, Unclear)
    assert reason in found.reason


def test_a_script_of_another_language_is_not_read() -> None:
    """It speaks of ssh, so it may lead elsewhere."""
    assert read('run(["ssh", "mac", "imsg"])', "#!/usr/bin/env python3") == Unclear(
        "it is not a shell script"
    )
    assert read('exec /opt/bin/imsg "$@"', "#!/usr/bin/env python3") is None


def test_a_wrapper_of_this_machine_leads_nowhere() -> None:
    """Only comments speak of ssh, or nothing does."""
    assert read('exec /usr/local/bin/imsg "$@"') is None
    assert read('# not over ssh\nexec imsg "$@"') is None


def test_only_a_readable_script_is_asked(tmp_path: Path) -> None:
    """A program, a missing file and the bare name say nothing."""
    (tmp_path / "script").write_text("ssh mac imsg")
    (tmp_path / "binary").write_bytes(b"\xff\xfe ssh mac imsg")

    assert detect_remote_host(str(tmp_path / "script")) == "mac"
    assert detect_remote_host(str(tmp_path / "binary")) is None
    assert detect_remote_host(str(tmp_path / "absent")) is None
    assert detect_remote_host("imsg") is None


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("mac", RemoteHost(host="mac", user="bot", port=2222)),
        ("bot@mac", RemoteHost(host="mac", user="bot", port=2222)),
        ("ann@mac", RemoteHost(host="mac", user="ann")),
        ("bot@den", RemoteHost(host="den", user="bot")),
        (None, RemoteHost(host="mac", user="bot", port=2222)),
    ],
)
def test_a_given_host_wins_and_keeps_the_wrappers_way_to_it(
    tmp_path: Path, given: str | None, expected: RemoteHost
) -> None:
    """Requirements: remoteHost is detected when it is not set; ports and options can only stand in the wrapper."""
    wrapper = tmp_path / "imsg-ssh"
    wrapper.write_text('#!/bin/sh\nexec ssh -T -p 2222 bot@mac imsg "$@"\n')

    assert remote_of(str(wrapper), given) == expected


def test_a_given_host_is_enough_where_the_wrapper_is_not_clear(tmp_path: Path) -> None:
    """The way on that the reason names."""
    wrapper = tmp_path / "imsg-ssh"
    wrapper.write_text('#!/bin/sh\nexec ssh "$MAC" imsg "$@"\n')

    assert isinstance(remote_of(str(wrapper), None), Unclear)
    assert remote_of(str(wrapper), "bot@mac") == RemoteHost(host="mac", user="bot")


@given(st.text(max_size=120))
def test_no_text_leads_to_a_host_that_could_be_an_option(text: str) -> None:
    """Strict grammar: whatever stands in a file, what comes out is no option and holds no sign of a shell."""
    found = read_wrapper(f"ssh {text}", HOME)

    if isinstance(found, RemoteHost):
        assert found.problem() is None
        assert not found.host.startswith("-")
        assert not set(found.destination) & set(" \t\n;|&$`'\"<>()\\")
