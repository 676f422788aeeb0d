from __future__ import annotations

import pytest

from openclaw.control import looks
from openclaw.errors import BadRequest

from .conftest import NOW, Running


async def test_a_number_out_of_bounds_is_refused(running: Running):
    """No look can be made to read the whole ledger."""
    with pytest.raises(BadRequest, match="from 1 to 1000"):
        await running.ledger.read(lambda tx: looks.list_messages(tx, {"limit": 1001}, NOW))
    with pytest.raises(BadRequest, match="from 1 to 168"):
        await running.ledger.read(lambda tx: looks.show_health(tx, {"hours": 0}, NOW))


async def test_a_look_asks_the_gateway_for_nothing(running: Running):
    """What follows from an answer is for changes alone."""
    await running.ann_wrote()
    answer = await running.ledger.read(lambda tx: looks.list_messages(tx, {}, NOW))
    assert (answer.judge, answer.deliver, answer.wake, answer.stop) == ((), False, (), ())
