"""Whether imsg serves an account: what a probe found, what its release lacks, and what sending has shown. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from openclaw.doctor.checks.process_chain import Chain, grantee, render
from openclaw.doctor.findings import Finding, error, fine, note, warning
from openclaw.doctor.names import Check
from openclaw.domain.health import NOT_PERMITTED, Probe, ProbeCode
from openclaw.imessage.diagnosis import FIX_PERMISSION_THERE
from openclaw.imessage.versions import parse_version

_READ_COMMAND = "imsg chats --limit 1"
_SEND_COMMAND = 'imsg send <handle> "test"'
_SETTINGS = "System Settings > Privacy & Security"

# What a release cannot do yet, by the first one that can (imsg contract, versions).
_LACKS = (
    ((0, 5, 0), "text of long messages may be garbled"),
    (
        (0, 9, 0),
        "it does not tell the row of what it sent, so each bubble is confirmed by looking for its own row",
    ),
    (
        (0, 10, 0),
        "its watch goes deaf when macOS rotates a file; the look of each minute finds what it misses",
    ),
    ((0, 14, 0), "it is caught up with by the watch and not by pages"),
)


@dataclass(frozen=True, slots=True)
class PhoneFacts:
    """What is known of an account's imsg.

    ``sending`` is what sending showed the running gateway last, "" when none runs. ``refused`` is the reason that a
    waiting bubble has for waiting, ``last_sent`` when a bubble of the account was last seen on the phone. ``chains``
    are the processes above this command and above the gateway, by who they belong to.
    """

    account: str
    cli_path: str
    probe: Probe
    is_remote: bool = False
    on_mac: bool = False
    sending: str = ""
    refused: str = ""
    last_sent: datetime | None = None
    chains: tuple[tuple[str, Chain], ...] = ()


def judge(facts: PhoneFacts) -> Iterator[Finding]:
    """Reading, the release, sending, and whose permissions they are."""
    yield _probe(facts)
    works = facts.probe.code is ProbeCode.WORKS
    if works:
        yield from _release(facts)
        if facts.probe.newest_row is None:
            yield note(
                Check.IMSG_MESSAGES,
                f"Messages of account {facts.account}",
                "there is no message at all: a new account, or Messages is not signed in on that Mac",
                "open Messages there, sign in, and write one message",
            )
        yield _sending(facts)
    if facts.on_mac or facts.probe.code is ProbeCode.PERMISSION_DENIED or NOT_PERMITTED in _refusal(facts):
        yield from _chains(facts)


def _probe(facts: PhoneFacts) -> Finding:
    place, probe = f"imsg of account {facts.account} ({facts.cli_path})", facts.probe
    if probe.code is ProbeCode.WORKS:
        latency = f", answered in {probe.latency_ms:g} ms" if probe.latency_ms is not None else ""
        return fine(Check.IMSG_PROBE, place, f"works{latency}")
    found = f"{probe.code}: {probe.detail}"
    return error(Check.IMSG_PROBE, place, found, _probe_fix(facts))


def _probe_fix(facts: PhoneFacts) -> str:
    """The probe's own words, but for a permission, where the program to tick can be named."""
    if facts.probe.code is not ProbeCode.PERMISSION_DENIED:
        return facts.probe.fix
    if facts.is_remote:
        return FIX_PERMISSION_THERE
    return f"{_SETTINGS} > Full Disk Access: tick {_whom(facts)}; then run once in that same context: {_READ_COMMAND}"


def _release(facts: PhoneFacts) -> Iterator[Finding]:
    version = parse_version(facts.probe.version)
    place = f"imsg of account {facts.account}"
    if version is None:
        found = "its release is not known, so it is treated as the newest"
        yield note(Check.IMSG_VERSION, place, found, f"{facts.cli_path} --version")
        return
    lacks = [what for first, what in _LACKS if version < first]
    if lacks:
        found = f"{facts.probe.version}: {'; '.join(lacks)}"
        yield note(Check.IMSG_VERSION, place, found, "brew upgrade steipete/tap/imsg")
    else:
        yield fine(Check.IMSG_VERSION, place, facts.probe.version)


def _refusal(facts: PhoneFacts) -> str:
    """Why sending was refused last, "" when it was not."""
    return facts.sending if facts.sending.startswith("refused") else facts.refused


def _sending(facts: PhoneFacts) -> Finding:
    place = f"sending of account {facts.account}"
    refused = _refusal(facts)
    if NOT_PERMITTED in refused:
        fix = (
            f"{_SETTINGS} > Automation: under {_whom(facts)} tick Messages; "
            f"then run once in that same context: {_SEND_COMMAND}"
        )
        return error(Check.IMSG_SENDING, place, refused, fix)
    if refused:
        return warning(Check.IMSG_SENDING, place, refused, "openclaw deliveries list")
    if facts.last_sent is not None:
        seen = f"a bubble was seen on the phone at {facts.last_sent:%Y-%m-%d %H:%M} UTC"
        return fine(Check.IMSG_SENDING, place, seen)
    found = "never tried: that reading works says nothing about the permission to send"
    return note(Check.IMSG_SENDING, place, found, f"run once in the gateway's context: {_SEND_COMMAND}")


def _whom(facts: PhoneFacts) -> str:
    if facts.is_remote:
        return "/usr/libexec/sshd-keygen-wrapper on the Mac that runs imsg"
    named = dict.fromkeys(grantee(chain) for _, chain in facts.chains)
    return " and ".join(named) or "the program that runs imsg"


def _chains(facts: PhoneFacts) -> Iterator[Finding]:
    if facts.is_remote:
        found = (
            "imsg is started by the SSH server there, so macOS gives its permissions to sshd-keygen-wrapper"
        )
        fix = f"on that Mac, {_SETTINGS}: tick it in Full Disk Access and Automation"
        yield note(Check.IMSG_CHAIN, f"account {facts.account}", found, fix)
        return
    for whose, chain in facts.chains:
        found = f"{render(chain)}; macOS judges {grantee(chain)}"
        yield note(
            Check.IMSG_CHAIN, f"processes above {whose}", found, f"tick {grantee(chain)}, none below it"
        )
