"""Loops: a conversation in a circle is paused, told, and goes on when the operator says so."""

from __future__ import annotations

from typing import Any

from tests.inbound.test_second_looks import reached
from tests.making import ACCOUNT, NOON, direct_chat, inbound
from tests.rig import Rig, open_to_all, running

from openclaw.domain.admission import Reason
from openclaw.domain.messages import MessageState
from openclaw.store import Ledger, accounts, messages


def with_limit(turns: int) -> dict[str, Any]:
    """A document in which a chat may have so many turns a minute."""
    document = open_to_all()
    document["messages"]["loop"] = {"maxTurnsPerMinute": turns}
    return document


async def talk(rig: Rig, words: list[str]) -> None:
    """Say each word once the one before is answered."""
    for number, text in enumerate(words, start=1):
        await rig.hear(inbound(100 + number, text))
        await rig.phone.texts(number)


async def test_too_many_turns_a_minute_pause_the_chat_and_nothing_is_lost(ledger: Ledger) -> None:
    """oc#126468: the original deleted what came after; here it waits, and is answered when the chat goes on."""
    async with running(ledger, with_limit(7)) as rig:
        await talk(rig, [f"word {n}" for n in range(7)])
        await rig.hear(inbound(200, "one more"))
        [paused] = await reached(ledger, MessageState.PAUSED)
        assert (paused.reason, paused.message.text) == (Reason.LOOP, "one more")
        [pause] = await ledger.read(accounts.pauses)
        assert (pause.account, pause.chat) == (ACCOUNT, direct_chat().key)
        assert pause.reason == "loop: 7 turns within a minute"

        await ledger.write(lambda tx: accounts.clear_pause(tx, pause.account, pause.chat, NOON))
        await ledger.write(lambda tx: messages.put_back(tx, [paused.id], MessageState.RECEIVED, NOON))
        await rig.gateway.judge([paused.id])
        assert (await rig.phone.texts(8))[-1] == "You said one more"


async def test_our_own_words_coming_back_six_times_pause_the_chat(ledger: Ledger) -> None:
    """oc#135704: short reflections look like a person's words; six in a row do not (design section 6)."""
    async with running(ledger, open_to_all()) as rig:
        rig.agent.behave = rig.agent.saying("all right")
        await talk(rig, ["hello"] + ["all right"] * 5)
        await rig.hear(inbound(200, "all right"))
        await reached(ledger, MessageState.PAUSED)
        assert len(rig.phone.sent) == 6


async def test_a_lively_conversation_is_no_circle(ledger: Ledger) -> None:
    """Seven different questions within a minute are a person."""
    async with running(ledger, open_to_all()) as rig:
        await talk(rig, ["hello", "how are you", "fine", "and the dog", "good", "bye", "see you"])
        assert len(rig.phone.sent) == 7
    assert await ledger.read(accounts.pauses) == []


async def test_other_chats_are_not_paused(ledger: Ledger) -> None:
    """A circle in one conversation is nobody else's business."""
    async with running(ledger, with_limit(7)) as rig:
        await talk(rig, [f"word {n}" for n in range(7)])
        await rig.hear(inbound(200, "one more"))
        await reached(ledger, MessageState.PAUSED)
        other = direct_chat("+15550100002", 2)
        await rig.hear(inbound(201, "hello", chat=other, sender="+15550100002"))
        assert (await rig.phone.texts(8))[-1] == "You said hello"
