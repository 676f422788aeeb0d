from __future__ import annotations

import asyncio

from openclaw.control.probes import probe_all
from openclaw.domain.health import Probe, ProbeCode
from openclaw.domain.ids import AccountId
from openclaw.errors import NotFound


async def test_one_phone_that_does_not_answer_does_not_hide_the_others():
    """Each account has its own bound and its own verdict (design 4: blast radius)."""

    async def probe(account: AccountId) -> Probe:
        if account == "deaf":
            await asyncio.Event().wait()
        if account == "gone":
            raise NotFound("no account gone runs")
        return Probe(ProbeCode.WORKS)

    names = [AccountId(name) for name in ("good", "deaf", "gone")]
    found = await probe_all(probe, names, 0.05)
    assert {name: one.code for name, one in found.items()} == {
        "good": ProbeCode.WORKS,
        "deaf": ProbeCode.NOT_RESPONDING,
        "gone": ProbeCode.NOT_RESPONDING,
    }
    assert found[AccountId("gone")].detail == "no account gone runs"
