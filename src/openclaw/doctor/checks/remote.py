"""Whether the machine behind an SSH wrapper can be reached without anybody there to answer a question. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from openclaw.doctor.findings import Finding, error, fine, warning
from openclaw.doctor.names import Check

SSH_OPTIONS = ("-o", "BatchMode=yes", "-o", "StrictHostKeyChecking=yes", "-o", "ConnectTimeout=10")
"""As attachments are fetched: nobody can be asked, and no unknown key is accepted (behaviour facts G.3)."""


@dataclass(frozen=True, slots=True)
class Login:
    """How one attempt to log in ended. ``exit_code`` is ``None`` when it did not end in time."""

    exit_code: int | None
    said: str = ""


@dataclass(frozen=True, slots=True)
class RemoteFacts:
    """An account whose imsg is on another machine.

    ``configured`` is ``remoteHost``, ``derived`` what the wrapper's text shows; ``login`` is ``None`` when no host is
    known. ``wrapper_problem`` says what keeps the wrapper from being read or run.
    """

    account: str
    place: str
    wrapper: str
    wrapper_problem: str = ""
    configured: str | None = None
    derived: str | None = None
    login: Login | None = None
    has_scp: bool = True
    wants_files: bool = False


# What OpenSSH says, by what it means: the words, and what helps. The first that fits counts.
_MEANINGS = (
    (
        ("host key verification failed", "remote host identification has changed", "no matching host key"),
        "the host key is not the one in known_hosts, or none is there",
        "log in once by hand and compare the fingerprint: ssh {host}",
    ),
    (
        ("permission denied", "too many authentication failures"),
        "no key of this user is accepted there",
        "ssh-copy-id {host}",
    ),
    (
        ("could not resolve hostname", "name or service not known", "nodename nor servname"),
        "the name means no address here",
        "correct {place}.remoteHost and the wrapper, or add the name to ~/.ssh/config",
    ),
    (
        ("connection timed out", "operation timed out", "no route to host", "network is unreachable"),
        "nothing answers at that address",
        "wake that machine and look at the network, then: ssh {host} true",
    ),
    (
        ("connection refused",),
        "nothing listens for SSH there",
        "switch Remote Login on: System Settings > General > Sharing",
    ),
)


def judge(facts: RemoteFacts) -> Iterator[Finding]:
    """The wrapper, the host, the login and scp."""
    if facts.wrapper_problem:
        fix = f"chmod 700 {facts.wrapper}, or correct {facts.place}.cliPath"
        yield error(Check.REMOTE_WRAPPER, facts.wrapper, facts.wrapper_problem, fix)
    else:
        yield fine(Check.REMOTE_WRAPPER, facts.wrapper, "it can be read and run")
    yield _host(facts)
    if facts.login is not None:
        yield _login(facts, facts.login)
    if not facts.has_scp:
        report = error if facts.wants_files else warning
        fix = "install the OpenSSH client (apt install openssh-client)"
        yield report(Check.REMOTE_SCP, "scp", "it is not in PATH, so attachments cannot be fetched", fix)


def _host(facts: RemoteFacts) -> Finding:
    key = f"{facts.place}.remoteHost"
    if facts.configured and facts.derived and facts.configured != facts.derived:
        found = f"is {facts.configured}, and the wrapper leads to {facts.derived}"
        return warning(Check.REMOTE_HOST, key, found, "make both name the same machine")
    if facts.configured:
        return fine(Check.REMOTE_HOST, key, facts.configured)
    if facts.derived:
        return fine(Check.REMOTE_HOST, facts.wrapper, f"leads to {facts.derived}")
    found = "is not set, and the wrapper's text does not show where it leads: it counts as a program of this machine"
    return warning(Check.REMOTE_HOST, key, found, f"set {key} to user@host")


def _login(facts: RemoteFacts, login: Login) -> Finding:
    host = facts.configured or facts.derived or ""
    place = f"ssh {' '.join(SSH_OPTIONS[:2])} {host} true"
    if login.exit_code == 0:
        return fine(Check.REMOTE_LOGIN, place, "logs in without asking")
    if login.exit_code is None:
        fix = f"look at the network and the machine, then: ssh {host} true"
        return error(Check.REMOTE_LOGIN, place, "no answer in time", fix)
    said = " ".join(login.said.split())
    for marks, means, fix in _MEANINGS:
        if any(mark in said.lower() for mark in marks):
            return error(
                Check.REMOTE_LOGIN, place, f"{means} ({said})", fix.format(host=host, place=facts.place)
            )
    found = f"ended with {login.exit_code}: {said or 'it said nothing'}"
    return error(Check.REMOTE_LOGIN, place, found, f"ssh -v {host} true")
