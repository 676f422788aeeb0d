"""Reaching another machine with the system's own ssh, from and to this one."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.doctor.installing import install, visit_to
from tests.ssh_server import needs_sshd, open_far_mac

from openclaw.doctor.checks.remote import RemoteFacts, judge
from openclaw.doctor.findings import Severity
from openclaw.doctor.gather.remote import remote
from openclaw.doctor.names import Check

HOST = "mac-mini"


async def facts_of(
    home: Path, host: str | None = HOST, wrapper: str = f'exec ssh -T {HOST} imsg "$@"'
) -> RemoteFacts:
    path = home / "imsg-ssh"
    path.write_text(f"#!/bin/sh\n{wrapper}\n")
    path.chmod(0o700)
    channel = {"cliPath": str(path)} | ({"remoteHost": host} if host else {})
    _, environ = install(home, {"channels": {"imessage": channel}})
    visit = visit_to(environ)
    found = await remote(visit, visit.accounts[0])
    assert found is not None
    return found


def login(facts: RemoteFacts) -> tuple[Severity, str]:
    return next((one.severity, one.found) for one in judge(facts) if one.check is Check.REMOTE_LOGIN)


async def test_a_phone_on_this_machine_is_no_remote(tmp_path: Path) -> None:
    """Nothing to log in to."""
    _, environ = install(tmp_path, {"channels": {"imessage": {"cliPath": "imsg"}}})
    visit = visit_to(environ)
    assert await remote(visit, visit.accounts[0]) is None


@needs_sshd
async def test_each_step_to_a_login_is_told_by_its_own_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Requirements, "Remote attachments fail": first the host key, then the key of the user, then it works."""
    async with open_far_mac(tmp_path / "mini", server="sshd", name=HOST) as mini:
        mini.forget_host()
        mini.shut_out()
        monkeypatch.setenv("PATH", str(mini.bin), prepend=":")
        severity, found = login(await facts_of(tmp_path))
        assert (severity, "known_hosts" in found) == (Severity.ERROR, True)
        mini.know()
        severity, found = login(await facts_of(tmp_path))
        assert (severity, "no key of this user" in found) == (Severity.ERROR, True)
        mini.let_in()
        assert login(await facts_of(tmp_path)) == (Severity.OK, "logs in without asking")
        assert login(await facts_of(tmp_path, host=None))[0] is Severity.OK


@pytest.mark.parametrize(
    ("line", "is_told"),
    [('exec ssh -T "$MAC" imsg "$@"', True), ("# not over ssh", False), ("exec /usr/local/bin/imsg", False)],
)
async def test_a_wrapper_that_does_not_show_its_host_is_told(
    tmp_path: Path, line: str, is_told: bool
) -> None:
    """Behaviour facts G.1: variables are not resolved, so remoteHost has to be written down."""
    wrapper = tmp_path / "imsg-ssh"
    wrapper.write_text(f"#!/bin/sh\n{line}\n")
    wrapper.chmod(0o700)
    _, environ = install(tmp_path, {"channels": {"imessage": {"cliPath": str(wrapper)}}})
    visit = visit_to(environ)
    facts = await remote(visit, visit.accounts[0])
    assert (facts is not None) == is_told
    if facts is not None:
        [host] = [one for one in judge(facts) if one.check is Check.REMOTE_HOST]
        assert "remoteHost" in host.fix


async def test_a_name_that_means_nothing(tmp_path: Path) -> None:
    """The reserved name that no resolver knows (RFC 6761)."""
    facts = await facts_of(tmp_path, "bot@nowhere.invalid")
    assert (facts.configured, facts.derived) == ("bot@nowhere.invalid", HOST)
    severity, found = login(facts)
    assert (severity, "no address" in found) == (Severity.ERROR, True)


@pytest.mark.parametrize(("mode", "problem"), [(0o700, ""), (0o600, "is not executable")])
async def test_what_keeps_a_wrapper_from_running(tmp_path: Path, mode: int, problem: str) -> None:
    """As the system says it."""
    wrapper = tmp_path / "imsg-wrapper"
    wrapper.write_text("#!/bin/sh\nexit 1\n")
    wrapper.chmod(mode)
    channel = {"cliPath": str(wrapper), "remoteHost": "nowhere.invalid"}
    _, environ = install(tmp_path, {"channels": {"imessage": channel}})
    visit = visit_to(environ)
    facts = await remote(visit, visit.accounts[0])
    assert facts is not None
    assert facts.wrapper_problem == problem


async def test_a_wrapper_that_is_not_there(tmp_path: Path) -> None:
    """A mistyped path, or a program that PATH does not find."""
    for path, problem in ((str(tmp_path / "none"), "is not there"), ("imsg-none", "is not in PATH")):
        channel = {"cliPath": path, "remoteHost": "nowhere.invalid"}
        _, environ = install(tmp_path, {"channels": {"imessage": channel}})
        visit = visit_to(environ)
        facts = await remote(visit, visit.accounts[0])
        assert facts is not None
        assert facts.wrapper_problem == problem
