"""What a probe, a release and a send have shown of an account's imsg."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from openclaw.doctor.checks.phone import PhoneFacts, judge
from openclaw.doctor.checks.process_chain import Link
from openclaw.doctor.findings import Finding, Severity
from openclaw.doctor.names import Check
from openclaw.domain.health import Probe, ProbeCode
from openclaw.domain.ids import RowId

WORKS = Probe(ProbeCode.WORKS, version="0.14.0", latency_ms=3.5, newest_row=RowId(41))
DENIED = Probe(ProbeCode.PERMISSION_DENIED, "imsg may not read the database", "Grant Full Disk Access")
TERMINAL = Link(501, "Terminal", "/System/Applications/Utilities/Terminal.app/Contents/MacOS/Terminal")
NOON = datetime(2026, 3, 4, 12, 0, tzinfo=UTC)
REFUSED = "refused: Automation permission for Messages is missing (-1743)"


def judged(probe: Probe = WORKS, **more: Any) -> dict[Check, Finding]:
    return {one.check: one for one in judge(PhoneFacts("default", "/usr/local/bin/imsg", probe, **more))}


def test_a_phone_that_works_and_has_sent_is_fine() -> None:
    """Reading, release and sending, each told."""
    found = judged(last_sent=NOON)
    assert {check: one.severity for check, one in found.items()} == dict.fromkeys(
        [Check.IMSG_PROBE, Check.IMSG_VERSION, Check.IMSG_SENDING], Severity.OK
    )


@pytest.mark.parametrize("code", [code for code in ProbeCode if code is not ProbeCode.WORKS])
def test_every_failure_of_a_probe_is_an_error_with_its_code(code: ProbeCode) -> None:
    """The words of the requirements are kept, and nothing is said of sending."""
    found = judged(Probe(code, "why", "do this"))
    assert found[Check.IMSG_PROBE].severity is Severity.ERROR
    assert found[Check.IMSG_PROBE].found == f"{code}: why"
    assert found[Check.IMSG_PROBE].fix
    assert Check.IMSG_SENDING not in found


def test_a_denied_database_names_the_program_to_tick() -> None:
    """Requirements, "macOS permission prompts were missed": the process context, and the page's command."""
    found = judged(DENIED, chains=(("this command", (Link(7, "zsh", "/bin/zsh"), TERMINAL)),))
    fix = found[Check.IMSG_PROBE].fix
    assert "Full Disk Access" in fix
    assert "/System/Applications/Utilities/Terminal.app" in fix
    assert "imsg chats --limit 1" in fix
    assert "zsh (7) < Terminal (501)" in found[Check.IMSG_CHAIN].found


def test_over_ssh_the_grant_is_the_ssh_servers() -> None:
    """Demand F4: reading and sending are asked of sshd-keygen-wrapper there."""
    found = judged(DENIED, is_remote=True)
    assert "sshd-keygen-wrapper" in found[Check.IMSG_PROBE].fix
    assert Check.IMSG_CHAIN in found


def test_sending_that_was_never_tried_is_no_proof() -> None:
    """A green probe says nothing about Automation (demand E4, F4)."""
    sending = judged()[Check.IMSG_SENDING]
    assert (sending.severity, 'imsg send <handle> "test"' in sending.fix) == (Severity.INFO, True)


@pytest.mark.parametrize("how", [{"sending": REFUSED}, {"refused": f"not sent: {REFUSED}"}])
def test_a_refused_automation_is_an_error(how: dict[str, str]) -> None:
    """From the running gateway, or from a bubble that waits in the ledger while none runs."""
    found = judged(**how, last_sent=NOON, chains=(("the gateway", (TERMINAL,)),))
    assert found[Check.IMSG_SENDING].severity is Severity.ERROR
    assert "Automation" in found[Check.IMSG_SENDING].fix
    assert "Terminal.app" in found[Check.IMSG_SENDING].fix
    assert Check.IMSG_CHAIN in found


def test_another_refusal_points_to_what_waits() -> None:
    """Not every refusal is a permission."""
    sending = judged(refused="the chat could not be checked")[Check.IMSG_SENDING]
    assert (sending.severity, sending.fix) == (Severity.WARNING, "openclaw deliveries list")


@pytest.mark.parametrize(
    ("version", "severity", "says"),
    [
        ("0.14.0", Severity.OK, "0.14.0"),
        ("0.4.0", Severity.INFO, "garbled"),
        ("", Severity.INFO, "not known"),
    ],
)
def test_what_a_release_lacks_is_told(version: str, severity: Severity, says: str) -> None:
    """A known limit of an old release is no surprise afterwards (demand E9)."""
    found = judged(Probe(ProbeCode.WORKS, version=version, newest_row=RowId(1)))[Check.IMSG_VERSION]
    assert (found.severity, says in found.found) == (severity, True)


def test_a_mac_without_messages_is_told() -> None:
    """As far as imsg tells, that is what a Mac looks like on which nobody signed in."""
    assert "signed in" in judged(Probe(ProbeCode.WORKS, version="0.14.0"))[Check.IMSG_MESSAGES].found
