"""The machine behind an SSH wrapper, as ssh itself reports it."""

from __future__ import annotations

from typing import Any

import pytest

from openclaw.config.remote_host import RemoteHost
from openclaw.doctor.checks.remote import Login, RemoteFacts, judge
from openclaw.doctor.findings import Finding, Severity
from openclaw.doctor.names import Check
from openclaw.imessage.files_look import FilesLook

HOST = RemoteHost(host="mini", user="bot")


def judged(**facts: Any) -> dict[Check, Finding]:
    given = {"configured": "bot@mini", "derived": "bot@mini", "host": HOST, "login": Login(0)} | facts
    return {
        one.check: one for one in judge(RemoteFacts("default", "channels.imessage", "/s/imsg-ssh", **given))
    }


def test_a_machine_that_is_reached_is_fine() -> None:
    """Wrapper, host and login."""
    assert {check: one.severity for check, one in judged().items()} == dict.fromkeys(
        [Check.REMOTE_WRAPPER, Check.REMOTE_HOST, Check.REMOTE_LOGIN], Severity.OK
    )


@pytest.mark.parametrize(
    ("said", "means", "helps"),
    [
        ("Host key verification failed.", "known_hosts", "ssh bot@mini"),
        ("WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED!", "another one", "ssh-keygen -R mini"),
        ("bot@mini: Permission denied (publickey,password).", "no key", "ssh-copy-id bot@mini"),
        ("ssh: Could not resolve hostname mini: Name or service not known", "no address", "remoteHost"),
        ("ssh: connect to host mini port 22: Connection timed out", "nothing answers", "wake"),
        ("ssh: connect to host mini port 22: Connection refused", "nothing listens", "Remote Login"),
        (
            "kex_exchange_identification: banner line contains invalid characters",
            "ended with 255",
            "ssh bot@mini -v true",
        ),
    ],
)
def test_each_refusal_of_ssh_has_its_meaning_and_its_command(said: str, means: str, helps: str) -> None:
    """Requirements, "Remote attachments fail": key auth, known_hosts, and the rest told apart."""
    login = judged(login=Login(255, said))[Check.REMOTE_LOGIN]
    assert login.severity is Severity.ERROR
    assert means in login.found
    assert said.split(maxsplit=1)[0] in login.found
    assert helps in login.fix


def test_no_answer_in_time_is_its_own_finding() -> None:
    """A machine that is asleep says nothing at all."""
    login = judged(login=Login(None))[Check.REMOTE_LOGIN]
    assert (login.severity, login.found) == (Severity.ERROR, "no answer in time")


def test_a_wrapper_that_cannot_be_used_is_named() -> None:
    """With the command that makes it executable."""
    wrapper = judged(wrapper_problem="is not executable")[Check.REMOTE_WRAPPER]
    assert (wrapper.severity, "chmod 700 /s/imsg-ssh" in wrapper.fix) == (Severity.ERROR, True)


@pytest.mark.parametrize(
    ("hosts", "severity"),
    [
        ({"configured": None}, Severity.OK),
        ({"derived": None}, Severity.OK),
        ({"configured": None, "derived": None, "login": None}, Severity.WARNING),
        ({"derived": "bot@other"}, Severity.WARNING),
    ],
)
def test_the_host_is_given_or_derived(hosts: dict[str, Any], severity: Severity) -> None:
    """Two that differ would read on one machine and fetch from another."""
    assert judged(**hosts)[Check.REMOTE_HOST].severity is severity


@pytest.mark.parametrize(("wanted", "severity"), [(True, Severity.ERROR), (False, Severity.WARNING)])
def test_files_that_cannot_come_are_told(wanted: bool, severity: Severity) -> None:
    """An error only where attachments are asked for."""
    look = FilesLook(works=False, words="cannot be fetched", fix="tick it")
    assert judged(files=look, wants_files=wanted)[Check.REMOTE_FILES].severity is severity


def test_the_way_of_files_is_told() -> None:
    """Over SFTP, or through sh where there is none."""
    assert (
        judged(files=FilesLook(works=True, words="come over SFTP"))[Check.REMOTE_FILES].found
        == "come over SFTP"
    )
