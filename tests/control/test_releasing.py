"""A held message released through the operator's request, in a gateway with real stages."""

from __future__ import annotations

from datetime import timedelta

from tests.making import NOON, inbound
from tests.rig import open_to_all, running
from tests.waiting import until

from openclaw.control.operations import perform
from openclaw.domain.admission import Reason
from openclaw.domain.delivery import DeliveryState
from openclaw.domain.messages import LedgerMessage, MessageState
from openclaw.store import Ledger, deliveries, messages


async def test_a_released_echo_is_really_answered(ledger: Ledger) -> None:
    """A person who quotes our words back is held, released by the operator, and gets an answer (issue: release)."""
    async with running(ledger, open_to_all()) as rig:
        await rig.hear(inbound(1, "please say something long to me"))
        [answer] = await rig.phone.texts(1)

        async def confirmed() -> bool:
            state = DeliveryState.CONFIRMED
            return bool(await ledger.read(lambda tx: deliveries.in_state(tx, state)))

        await until(confirmed, "the answer is confirmed")
        rig.clock[0] = NOON + timedelta(minutes=1)
        await rig.hear(inbound(2, answer, at=rig.clock[0]))

        async def held() -> list[LedgerMessage]:
            return await ledger.read(lambda tx: messages.in_state(tx, MessageState.HELD))

        [echo] = await until(held, "the repetition is held")
        assert echo.reason == Reason.SUSPECT_ECHO
        order = {"id": echo.id}
        released = await ledger.write(lambda tx: perform(tx, "messages/release", order, rig.clock[0]))
        await rig.gateway.judge(released.judge)
        assert await rig.phone.texts(2) == [answer, f"You said {answer}"]
