from __future__ import annotations

from datetime import timedelta

import pytest

from openclaw.control import operator
from openclaw.domain.delivery import DeliveryState
from openclaw.domain.ids import ChatKey, MessageId
from openclaw.domain.messages import MessageState
from openclaw.errors import NotFound
from openclaw.store import Tx, accounts, deliveries, messages

from .conftest import ANN, ANNS_CHAT, DEFAULT, NOW, Running, from_ann


@pytest.mark.parametrize(
    "target",
    ["chat_id:7", "chat:7", "chat_guid:iMessage;-;+15550100001", "chat_guid:any;-;+15550100001",
     "chat_identifier:+15550100001", "+15550100001", "imessage:+15550100001", "+1 (555) 010-0001", "5550100001"],
)  # fmt: skip
async def test_a_chat_is_found_under_every_documented_name(running: Running, target: str):
    """All spellings are accepted and mean the same (ruling 5)."""
    await running.ann_wrote()
    found = await running.ledger.read(lambda tx: operator.find_chats(tx, target))
    assert [chat.chat for chat in found] == [ANNS_CHAT]


async def test_an_expired_code_lets_nobody_in(running: Running):
    """Pairing requests expire after one hour (requirements)."""
    await running.ann_asked("ABCD2345")
    later = NOW + timedelta(hours=1, seconds=1)
    with pytest.raises(NotFound, match="ABCD2345"):
        await running.ledger.write(lambda tx: operator.approve(tx, "abcd2345", "operator", later))


async def test_the_notice_goes_to_the_chat_that_asked_and_only_once(running: Running):
    """Never to the wrong person, never twice (promises 1 and 2)."""
    await running.ann_asked()
    await running.ledger.write(lambda tx: operator.approve(tx, " abcd2345 ", "operator", NOW, notify=True))
    queued = await running.ledger.read(lambda tx: deliveries.in_state(tx, *DeliveryState))
    assert [(bubble.message.account, bubble.message.target) for bubble in queued] == [(DEFAULT, ANNS_CHAT)]
    with pytest.raises(NotFound):
        await running.ledger.write(lambda tx: operator.approve(tx, "ABCD2345", "operator", NOW, notify=True))


async def test_a_resume_frees_every_message_however_many(running: Running):
    """A pause of a week is taken up whole: nothing is lost (promise 3)."""
    rows = [from_ann(number) for number in range(1, 1203)]

    def hold(tx: operator.Tx) -> list[MessageId]:
        ids = messages.receive(tx, rows, NOW)
        messages.settle(tx, ids, MessageState.PAUSED, NOW)
        return ids

    await running.ledger.write(lambda tx: operator.pause(tx, None, None, NOW))
    held = await running.ledger.write(hold)
    resumed = await running.ledger.write(lambda tx: operator.resume(tx, None, None, NOW))
    assert resumed.was_paused
    assert resumed.messages == held


async def test_a_chat_stays_paused_while_its_account_is(running: Running):
    """Ending one pause does not end another that covers the same chat (design 4)."""
    held = await running.ann_wrote()
    await running.ledger.write(lambda tx: operator.pause(tx, ANN, None, NOW))
    await running.ledger.write(lambda tx: messages.settle(tx, [held], MessageState.PAUSED, NOW))
    await running.ledger.write(lambda tx: operator.pause(tx, None, None, NOW))
    chats = await running.ledger.read(lambda tx: operator.list_chats(tx))
    assert [chat.paused for chat in chats] == [True]
    resumed = await running.ledger.write(lambda tx: operator.resume(tx, ANN, None, NOW))
    assert resumed.messages == []


async def test_a_chat_that_never_wrote_is_resumed_by_its_handle(running: Running):
    """A fuse may pause somebody whom no list of chats has; the command that is shown must work."""

    def work(tx: Tx) -> tuple[bool, bool]:
        accounts.set_pause(tx, DEFAULT, ChatKey("-;+15550100009"), NOW, "fuse: new contacts")
        first = operator.resume(tx, "+1 555 010 0009", DEFAULT, NOW)
        return first.was_paused, bool(accounts.paused_chats(tx))

    assert await running.ledger.write(work) == (True, False)


@pytest.mark.parametrize(
    "state", [MessageState.RECEIVED, MessageState.SUSPECT, MessageState.COMMANDED, MessageState.LATE]
)
async def test_whatever_is_not_over_is_counted(running: Running, state: MessageState):
    """A row in doubt whose phone cannot be read waits for as long; silence toward the operator is a bug (ruling 18)."""

    def leave(tx: Tx) -> operator.Overview:
        messages.settle(tx, messages.receive(tx, [from_ann(1)], NOW), state, NOW)
        return operator.overview(tx, NOW)

    assert (await running.ledger.write(leave)).messages == {str(state): 1}
