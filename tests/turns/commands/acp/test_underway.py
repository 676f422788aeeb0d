"""What /acp is doing: steers that are stopped, and orders that come one after the other."""

from __future__ import annotations

import pytest

from openclaw.store import Ledger

from ..house import says
from .programs import Programs, outside, sessions_of


@pytest.mark.parametrize("said", ["/acp cancel", "/stop", "/acp close"])
async def test_a_steer_can_be_stopped(ledger: Ledger, said: str) -> None:
    """A steer is no turn, and still an answer that is awaited: it ends, and what is said later is answered."""
    programs = Programs(ledger)
    programs.may_answer.clear()
    async with outside(ledger, programs=programs) as rig:
        await rig.hear(says(1, "/acp spawn codex --bind here"))
        await rig.phone.texts(1)
        [session] = await sessions_of(ledger)
        await rig.hear(says(2, "/acp steer think for ever"))
        await programs.asking.wait()
        await rig.hear(says(3, said))
        told = await rig.phone.texts(3)
        await rig.hear(says(4, "hello"))
        texts = await rig.phone.texts(4)

    assert "⚠️ It was stopped before the agent answered." in told[1:]
    assert any(text.startswith(("✅ Stopped.", "Stopped.", "✅ Closed")) for text in told[1:])
    assert texts[3] == "You said hello"
    assert (rig.agent.sessions == [session.key]) is (said != "/acp close")


async def test_no_steer_in_line_begins_before_a_close(ledger: Ledger) -> None:
    """Else each of them would be waited for."""
    programs = Programs(ledger)
    programs.may_answer.clear()
    async with outside(ledger, programs=programs) as rig:
        await rig.hear(says(1, "/acp spawn codex --bind here"))
        await rig.phone.texts(1)
        await rig.hear(says(2, "/acp steer one"))
        await programs.asking.wait()
        await rig.hear(says(3, "/acp steer two"), says(4, "/acp close"))
        texts = await rig.phone.texts(4)

    assert [text for _, text in programs.asked] == ["one"]
    assert texts[1:3] == ["⚠️ It was stopped before the agent answered."] * 2
    assert texts[3].startswith("✅ Closed")


async def test_orders_are_carried_out_as_they_were_said(ledger: Ledger) -> None:
    """To close looks ahead, and still overtakes nothing and is overtaken by nothing."""
    programs = Programs(ledger)
    programs.may_start.clear()
    async with outside(ledger, programs=programs) as rig:
        await rig.hear(says(1, "/acp close"))
        await rig.phone.texts(1)
        await rig.hear(says(2, "/acp spawn codex --bind here"), says(3, "/acp close"))
        await programs.starting.wait()
        await rig.hear(says(4, "/acp spawn claude --bind here"))
        programs.may_start.set()
        texts = await rig.phone.texts(4)

    assert texts[0].startswith("⚠️ No outside agent answers here.")
    assert [text[:9] for text in texts[1:]] == ["✅ codex h", "✅ Closed ", "✅ claude "]
    [session] = await sessions_of(ledger)
    assert session.harness == "claude"
