from __future__ import annotations

from openclaw.control import orders

from .conftest import NOW, Running


async def test_only_an_approval_that_is_to_be_told_sends_something(running: Running):
    """`notify` queues a bubble and has it sent; without it nobody hears of the approval."""
    await running.ann_asked("AAAA2345")
    quiet = await running.ledger.write(lambda tx: orders.approve(tx, {"code": "AAAA2345"}, NOW))
    await running.ann_asked("BBBB2345")
    told = await running.ledger.write(
        lambda tx: orders.approve(tx, {"code": "BBBB2345", "notify": True}, NOW)
    )
    assert (quiet.deliver, told.deliver) == (False, True)
    assert (quiet.body["notified"], told.body["notified"]) == (False, True)


async def test_pausing_everything_names_no_chat(running: Running):
    """No target and no account means everybody."""
    answer = await running.ledger.write(lambda tx: orders.pause(tx, {}, NOW, {}))
    assert answer.body == {"target": None, "accountId": None, "chats": []}
