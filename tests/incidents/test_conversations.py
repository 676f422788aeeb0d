"""Incidents of a conversation, played in a whole gateway in this process."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from dataclasses import replace
from datetime import timedelta

from tests.making import ANN, BOB, NOON, direct_chat, group_chat, inbound
from tests.rig import open_to_all, running
from tests.waiting import until

from openclaw.domain.chats import ChatRef
from openclaw.domain.messages import MessageState
from openclaw.domain.turns import EffectStarting, Finished, Prompt, TextDelta, TurnEvent
from openclaw.store import Ledger, messages


async def thinking_aloud(_prompt: Prompt) -> AsyncGenerator[TurnEvent]:
    """An agent that speaks before, between and after its tools."""
    for number in range(8):
        yield TextDelta(f"Step {number}. ")
        yield EffectStarting(f"tool {number}")
    yield TextDelta("Done.")
    yield Finished("test/echo", 1, 1)


async def test_what_an_agent_says_between_its_tools_is_one_message(ledger: Ledger) -> None:
    """oc#15022, oc#579: one question was answered with more than twenty bubbles."""
    async with running(ledger, open_to_all()) as rig:
        rig.agent.behave = thinking_aloud
        await rig.hear(inbound(1, "please book a table"))
        [bubble] = await rig.phone.texts(1)
        assert (bubble.count("Step"), bubble.endswith("Done.")) == (8, True)
        await rig.hear(inbound(2, "thanks"))
        await rig.phone.texts(2)
    assert len(rig.phone.sent) == 2


async def test_an_answer_goes_to_the_group_that_asked_though_its_sender_has_a_chat_too(
    ledger: Ledger,
) -> None:
    """oc#17514, ha#24157, ha#45717: group answers came as direct messages, and direct ones in a family group."""
    document = open_to_all(groupPolicy="open", groups={"*": {"requireMention": False}})
    async with running(ledger, document) as rig:
        for row, text, chat in [
            (1, "here", direct_chat()),
            (2, "and here", group_chat()),
            (3, "here again", direct_chat()),
        ]:
            await rig.hear(inbound(row, text, chat=chat))
            await rig.phone.texts(row)
    assert [sent.target for sent in rig.phone.sent] == [direct_chat(), group_chat(), direct_chat()]


async def test_one_person_under_two_spellings_of_a_chat_is_answered_once_in_one_conversation(
    ledger: Ledger,
) -> None:
    """ha#34372, ha#68718, ha#33327: another spelling of the chat made a second session, which answered as well."""
    renamed = ChatRef(direct_chat().row_id, f"any;-;{ANN}", ANN)
    async with running(ledger, open_to_all()) as rig:
        await rig.hear(inbound(1, "before the update"))
        await rig.phone.texts(1)
        await rig.hear(inbound(2, "after it", chat=renamed))
        await rig.phone.texts(2)
        await rig.hear(replace(inbound(2, "after it, told again"), guid=inbound(2, "").guid))
        await rig.hear(inbound(3, "and on", chat=direct_chat(BOB, 2), sender=BOB))
        await rig.phone.texts(3)
    assert len(rig.phone.sent) == 3
    assert len(set(rig.agent.sessions)) == 2


async def test_the_second_row_of_a_message_with_a_link_is_taken_up_and_no_word_is_lost(
    ledger: Ledger,
) -> None:
    """imsg#141, oc#90858: Apple writes words and link as two rows; both are read, in order, in one conversation."""
    async with running(ledger, open_to_all()) as rig:
        await rig.hear(inbound(1, "summarise this"), inbound(2, "https://example.com/page"))

        async def taken_up() -> bool:
            answered = await ledger.read(lambda tx: messages.in_state(tx, MessageState.ANSWERED))
            return len(answered) == 2

        await until(taken_up, "both rows are answered")
    said = "\n".join(prompt.text for prompt in rig.agent.prompts)
    assert said == "summarise this\nhttps://example.com/page"
    assert len(rig.agent.prompts) == 1


async def test_a_message_that_a_stalled_watch_tells_too_late_is_answered_and_told_as_late(
    ledger: Ledger,
) -> None:
    """imsg#307, bb#750: after 17 minutes it came with its old date and was thrown away as stale."""
    async with running(ledger, open_to_all()) as rig:
        await rig.hear(inbound(1, "are you there?", at=NOON - timedelta(minutes=17)))
        assert await rig.phone.texts(1) == ["You said are you there?"]
    [prompt] = rig.agent.prompts
    assert "11:43" in prompt.instructions
