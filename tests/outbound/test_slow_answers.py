"""A request that hangs holds up its own chat, and neither the others nor the order of any."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager

from tests.making import ACCOUNT, NOON, direct_chat
from tests.outbound.test_deliver import become, say, states
from tests.rig import Phone
from tests.waiting import until

from openclaw.domain.chats import ChatRef
from openclaw.domain.delivery import OutboundMessage, SendResult, Sent, Unknown
from openclaw.outbound.deliver import Deliverer
from openclaw.store import Ledger

SLOW_S = 0.05


class Hanging(Phone):
    """A phone that answers a bubble only once ``answers`` has something for its text, if it is one that hangs."""

    def __init__(self, *texts: str) -> None:
        super().__init__()
        self.answers = {text: asyncio.get_running_loop().create_future() for text in texts}
        self.at_once = self.most_at_once = 0

    async def send(self, message: OutboundMessage, on_written: Callable[[], None]) -> SendResult:
        """Say yes, or wait."""
        on_written()
        self.sent.append(message)
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        try:
            return await self.answers[message.text] if message.text in self.answers else Sent()
        finally:
            self.at_once -= 1

    @property
    def said(self) -> list[str]:
        """The texts that were handed over."""
        return [message.text for message in self.sent]


def other(number: int) -> ChatRef:
    """A chat of its own."""
    return direct_chat(f"+1555010020{number}", 20 + number)


@asynccontextmanager
async def delivering(ledger: Ledger, phone: Phone) -> AsyncGenerator[Deliverer]:
    """A deliverer that soon finds an answer slow, stopped as by a signal at the end."""
    async with asyncio.TaskGroup() as group:
        deliverer = Deliverer(ledger, ACCOUNT, phone, lambda: NOON, slow_after_s=SLOW_S)
        task = group.create_task(deliverer.run())
        yield deliverer
        task.cancel()


async def test_other_chats_go_on_while_one_request_hangs(ledger: Ledger) -> None:
    """Design section 4: the next delivery of that chat waits for the verdict, other chats do not."""
    phone = Hanging("stuck")
    await ledger.write(lambda tx: say(tx, 1, "stuck", "behind it"))
    await ledger.write(lambda tx: say(tx, 2, "one", "two", chat=other(1)))
    async with delivering(ledger, phone):
        await become(ledger, {"stuck": "sending", "behind it": "queued", "one": "sent", "two": "sent"})
        phone.answers["stuck"].set_result(Sent())
        await become(ledger, dict.fromkeys(["stuck", "behind it", "one", "two"], "sent"))
    assert phone.said == ["stuck", "one", "two", "behind it"]


async def test_no_more_than_two_requests_are_open_at_a_time(ledger: Ledger) -> None:
    """A phone that hangs for everybody is not asked by ever more children."""
    phone = Hanging("stuck", "stuck too")
    await ledger.write(lambda tx: say(tx, 1, "stuck"))
    await ledger.write(lambda tx: say(tx, 2, "stuck too", chat=other(1)))
    await ledger.write(lambda tx: say(tx, 3, "waits", chat=other(2)))
    async with delivering(ledger, phone):
        await become(ledger, {"stuck": "sending", "stuck too": "sending", "waits": "queued"})
        phone.answers["stuck too"].set_result(Unknown("no answer"))
        await become(ledger, {"stuck": "sending", "stuck too": "unknown", "waits": "sent"})
        phone.answers["stuck"].set_result(Sent())
        await become(ledger, {"stuck": "sent", "stuck too": "unknown", "waits": "sent"})
    assert phone.most_at_once == 2


async def test_the_slow_answer_lets_the_other_hanging_one_be_slow_in_turn(ledger: Ledger) -> None:
    """When the first answer comes, the second request is the only one that hangs, and others go on beside it."""
    phone = Hanging("stuck", "stuck too")
    await ledger.write(lambda tx: say(tx, 1, "stuck"))
    await ledger.write(lambda tx: say(tx, 2, "stuck too", chat=other(1)))
    await ledger.write(lambda tx: say(tx, 3, "waits", chat=other(2)))
    async with delivering(ledger, phone):
        await become(ledger, {"stuck": "sending", "stuck too": "sending", "waits": "queued"})
        phone.answers["stuck"].set_result(Sent())
        await become(ledger, {"stuck": "sent", "stuck too": "sending", "waits": "sent"})
        phone.answers["stuck too"].set_result(Sent())
        await become(ledger, dict.fromkeys(["stuck", "stuck too", "waits"], "sent"))


async def test_a_stop_leaves_what_hangs_in_doubt(ledger: Ledger) -> None:
    """Cancelled after the write means unknown, also for a request that nobody waited for any more."""
    phone = Hanging("stuck")
    await ledger.write(lambda tx: say(tx, 1, "stuck"))
    await ledger.write(lambda tx: say(tx, 2, "one", chat=other(1)))
    async with delivering(ledger, phone):
        await become(ledger, {"stuck": "sending", "one": "sent"})
    assert await states(ledger) == {"stuck": "unknown", "one": "sent"}


async def test_what_is_queued_while_a_request_hangs_leaves_at_once(ledger: Ledger) -> None:
    """The deliverer is awake for the others, not only at the moment when it went on."""
    phone = Hanging("stuck")
    await ledger.write(lambda tx: say(tx, 1, "stuck"))
    async with delivering(ledger, phone) as deliverer:

        async def handed_over() -> bool:
            return phone.said == ["stuck"]

        await until(handed_over, "the first bubble is handed over")
        await ledger.write(lambda tx: say(tx, 2, "one", chat=other(1)))
        deliverer.wake()
        await become(ledger, {"stuck": "sending", "one": "sent"})
