"""What a real imsg look-alike says when it is asked."""

from __future__ import annotations

import sys
from datetime import timedelta
from pathlib import Path

from tests.doctor.installing import NOW, install, visit_to
from tests.journeys.house import build

from openclaw.doctor.gather.phone import phone
from openclaw.doctor.gather.traffic import Traffic
from openclaw.domain.health import ProbeCode
from openclaw.domain.ids import AccountId
from openclaw.store.signs import Signs


async def test_an_account_is_asked_and_what_is_known_is_added(tmp_path: Path) -> None:
    """The probe is new, what sending showed comes from the gateway, what waits from the ledger."""
    house = build(tmp_path)
    _, environ = install(
        tmp_path, {"channels": {"imessage": {"cliPath": str(house.root / "imsg"), "dbPath": str(house.mac)}}}
    )
    [account] = visit_to(environ).accounts
    signs = Signs(NOW, NOW, "not yet", timedelta())
    status = {"accounts": [{"accountId": "default", "sending": "worked"}]}
    facts = await phone(account, Traffic(signs={AccountId("default"): signs}), None, status)
    assert facts.probe.code is ProbeCode.WORKS
    assert (facts.sending, facts.refused, facts.last_sent) == ("worked", "not yet", NOW)
    assert facts.on_mac == (sys.platform == "darwin")
    assert [whose for whose, _ in facts.chains] == ["this command"]


async def test_a_wrapper_makes_it_remote(tmp_path: Path) -> None:
    """Its permissions are that machine's, so no chain of this one is shown."""
    wrapper = tmp_path / "imsg-ssh"
    wrapper.write_text('#!/bin/sh\nexec ssh -o ConnectTimeout=2 -T bot@mini.invalid imsg "$@"\n')
    wrapper.chmod(0o700)
    _, environ = install(tmp_path, {"channels": {"imessage": {"cliPath": str(wrapper)}}})
    [account] = visit_to(environ).accounts
    facts = await phone(account, Traffic(), None, None)
    assert (facts.is_remote, facts.chains, facts.sending) == (True, (), "")
    assert facts.probe.code is not ProbeCode.WORKS
