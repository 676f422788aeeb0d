"""Whether the machine behind an SSH wrapper can be reached without anybody there to answer a question. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from openclaw.config.remote_host import RemoteHost
from openclaw.doctor.findings import Finding, error, fine, warning
from openclaw.doctor.names import Check
from openclaw.imessage.files_look import FilesLook
from openclaw.imessage.ssh_findings import read_ssh_words, ssh_by_hand


@dataclass(frozen=True, slots=True)
class Login:
    """How one attempt to log in ended. ``exit_code`` is ``None`` when it did not end in time."""

    exit_code: int | None
    said: str = ""


@dataclass(frozen=True, slots=True)
class RemoteFacts:
    """An account whose imsg is on another machine.

    ``configured`` is ``remoteHost``, ``derived`` what the wrapper's text shows, ``host`` what follows from both;
    ``login`` is ``None`` when no host is known. ``wrapper_problem`` says what keeps the wrapper from being read or run,
    ``unclear`` why its text does not show the host; ``files`` is what a look at the way of attachments showed.
    """

    account: str
    place: str
    wrapper: str
    wrapper_problem: str = ""
    configured: str | None = None
    derived: str | None = None
    host: RemoteHost | None = None
    login: Login | None = None
    wants_files: bool = False
    unclear: str = ""
    files: FilesLook | None = None


def judge(facts: RemoteFacts) -> Iterator[Finding]:
    """The wrapper, the host, the login and the way of files."""
    if facts.wrapper_problem:
        fix = f"chmod 700 {facts.wrapper}, or correct {facts.place}.cliPath"
        yield error(Check.REMOTE_WRAPPER, facts.wrapper, facts.wrapper_problem, fix)
    else:
        yield fine(Check.REMOTE_WRAPPER, facts.wrapper, "it can be read and run")
    yield _host(facts)
    if facts.login is not None:
        yield _login(facts, facts.login)
    if facts.files is not None:
        yield _files(facts, facts.files)


def _host(facts: RemoteFacts) -> Finding:
    key = f"{facts.place}.remoteHost"
    if facts.configured and facts.derived and facts.configured != facts.derived:
        found = f"is {facts.configured}, and the wrapper leads to {facts.derived}"
        return warning(Check.REMOTE_HOST, key, found, "make both name the same machine")
    if facts.configured:
        return fine(Check.REMOTE_HOST, key, facts.configured)
    if facts.derived:
        return fine(Check.REMOTE_HOST, facts.wrapper, f"leads to {facts.derived}")
    found = f"is not set, and the wrapper's text does not show where it leads ({facts.unclear or 'it names no host'})"
    return warning(Check.REMOTE_HOST, key, found, f"set {key} to user@host")


def _files(facts: RemoteFacts, look: FilesLook) -> Finding:
    place = f"files of account {facts.account}"
    if look.works:
        return fine(Check.REMOTE_FILES, place, look.words)
    report = error if facts.wants_files else warning
    return report(Check.REMOTE_FILES, place, look.words, look.fix)


def _login(facts: RemoteFacts, login: Login) -> Finding:
    by_hand = ssh_by_hand(facts.host)
    place = f"{by_hand} true"
    if login.exit_code == 0:
        return fine(Check.REMOTE_LOGIN, place, "logs in without asking")
    if login.exit_code is None:
        fix = f"look at the network and the machine, then: {by_hand} true"
        return error(Check.REMOTE_LOGIN, place, "no answer in time", fix)
    if known := read_ssh_words(login.said, facts.host):
        return error(Check.REMOTE_LOGIN, place, known.means, known.fix)
    said = " ".join(login.said.split())
    found = f"ended with {login.exit_code}: {said or 'it said nothing'}"
    return error(Check.REMOTE_LOGIN, place, found, f"{by_hand} -v true")
