"""The story of a message, with a real ledger and real stages."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncGenerator, Collection
from dataclasses import replace
from datetime import timedelta

from tests.making import ACCOUNT, ANN, BOB, NOON, direct_chat, group_chat, inbound
from tests.rig import Agent, Phone, Rig, open_to_all, running
from tests.waiting import until

from openclaw.control import operator
from openclaw.domain.admission import Reason
from openclaw.domain.delivery import DeliveryState, Unknown
from openclaw.domain.ids import AccountId, MessageGuid, SessionKey
from openclaw.domain.messages import LedgerMessage, MessageState
from openclaw.domain.turns import EffectStarting, Finished, Prompt, TextDelta, TurnEvent
from openclaw.errors import AgentFailed, StoreError
from openclaw.store import Ledger, Tx, accounts, checkpoints, deliveries, messages, pairing, turns


async def in_state(ledger: Ledger, state: MessageState) -> list[LedgerMessage]:
    return await ledger.read(lambda tx: messages.in_state(tx, state))


async def reached(ledger: Ledger, state: MessageState, count: int = 1) -> Collection[LedgerMessage]:
    async def look() -> Collection[LedgerMessage] | None:
        found = await in_state(ledger, state)
        return found if len(found) >= count else None

    return await until(look, f"{count} messages {state}")


async def settled(ledger: Ledger, state: DeliveryState, count: int = 1) -> None:
    async def look() -> bool:
        return len(await ledger.read(lambda tx: deliveries.in_state(tx, state))) >= count

    await until(look, f"{count} deliveries {state}")


async def test_an_unknown_sender_gets_a_code_once_and_is_answered_after_approval(ledger: Ledger) -> None:
    """Requirements, "Approve first DM pairing"; one challenge per sender per request (ruling 12)."""
    document = open_to_all(dmPolicy="pairing", allowFrom=[])
    async with running(ledger, document) as rig:
        await rig.hear(inbound(1, "hello"))
        [challenge] = await rig.phone.texts(1)
        await rig.hear(inbound(2, "hello?"))
        [request] = await ledger.write(lambda tx: operator.list_requests(tx, NOON))
        assert request.code in challenge
        assert request.handle == ANN
        await ledger.write(lambda tx: operator.approve(tx, request.code, "test", NOON))
        await rig.hear(inbound(3, "now?"))
        assert await rig.phone.texts(2) == [challenge, "You said now?"]
        assert rig.phone.sent[1].target == direct_chat()
        assert [held.reason for held in await in_state(ledger, MessageState.CHALLENGED)] == [
            Reason.PAIRING_STARTED,
            Reason.PAIRING_PENDING,
        ]


async def test_silent_pairing_says_nothing_to_the_stranger(ledger: Ledger) -> None:
    """Demand I1: a stranger need not learn that somebody answers here."""
    document = open_to_all(dmPolicy="pairing", allowFrom=[], pairing={"notify": "silent"})
    async with running(ledger, document) as rig:
        await rig.hear(inbound(1, "hello"))
        assert len(await ledger.write(lambda tx: pairing.open_requests(tx, NOON))) == 1
        assert await ledger.read(lambda tx: deliveries.in_state(tx, *DeliveryState)) == []


async def test_no_code_is_sent_for_an_old_message(ledger: Ledger) -> None:
    """Demand I2: contacts were mass-messaged with codes after a restart."""
    document = open_to_all(dmPolicy="pairing", allowFrom=[])
    async with running(ledger, document) as rig:
        await rig.hear(inbound(1, "from yesterday", at=NOON - timedelta(days=1)))
        [held] = await in_state(ledger, MessageState.DROPPED)
        assert held.reason == Reason.PAIRING_LATE
        assert held.message.text == ""


async def test_the_reply_goes_to_the_chat_of_its_message_and_its_row_confirms_it(ledger: Ledger) -> None:
    """Promises 1 and 2: the chat is carried from the message to the bubble, and the own row settles it."""
    async with running(ledger, open_to_all()) as rig:
        await rig.hear(inbound(1, "one"), inbound(2, "two", chat=direct_chat(BOB, 2), sender=BOB))
        assert sorted(await rig.phone.texts(2)) == ["You said one", "You said two"]
        by_text = {message.text: message.target for message in rig.phone.sent}
        assert by_text == {"You said one": direct_chat(), "You said two": direct_chat(BOB, 2)}
        await settled(ledger, DeliveryState.CONFIRMED, 2)
        assert len(await in_state(ledger, MessageState.OURS)) == 2


async def test_a_row_that_is_reported_twice_is_one_message(ledger: Ledger) -> None:
    """Demand D3: one dispatch per row, enforced by the ledger."""
    async with running(ledger, open_to_all()) as rig:
        await rig.hear(inbound(1, "once"))
        await rig.phone.texts(1)
        await rig.hear(inbound(1, "once"), inbound(2, "next"))
        texts = await rig.phone.texts(2)
        assert texts == ["You said once", "You said next"]


async def test_what_arrives_during_a_turn_becomes_the_next_one(ledger: Ledger) -> None:
    """Design section 7, queue mode collect."""
    agent, begun, go_on = Agent(), asyncio.Event(), asyncio.Event()

    async def slow(prompt: Prompt) -> AsyncGenerator[TurnEvent]:
        begun.set()
        await go_on.wait()
        yield TextDelta(f"heard: {prompt.text}")
        yield Finished("m")

    agent.behave = slow
    async with running(ledger, open_to_all(), agent) as rig:
        await rig.hear(inbound(1, "first"))
        await begun.wait()
        await rig.hear(inbound(2, "second"), inbound(3, "third"))
        go_on.set()
        assert await rig.phone.texts(2) == ["heard: first", "heard: second\nthird"]


async def test_two_chats_that_share_a_session_are_never_mixed_in_a_turn(ledger: Ledger) -> None:
    """Design section 7: a turn never mixes two chats even where dmScope main shares the session."""
    document = open_to_all() | {"session": {"dmScope": "main"}}
    async with running(ledger, document) as rig:
        await rig.hear(inbound(1, "from ann"), inbound(2, "from bob", chat=direct_chat(BOB, 2), sender=BOB))
        assert await rig.phone.texts(2) == ["You said from ann", "You said from bob"]
        assert [message.target for message in rig.phone.sent] == [direct_chat(), direct_chat(BOB, 2)]
        assert set(rig.agent.sessions) == {"agent:main:main"}


async def test_the_transcript_comes_back_and_new_forgets_it(ledger: Ledger) -> None:
    """Requirements: /new and /reset; history survives in the ledger."""
    async with running(ledger, open_to_all()) as rig:
        await rig.hear(inbound(1, "my name is Ann"))
        await rig.phone.texts(1)
        await rig.hear(inbound(2, "who am I?"))
        await rig.phone.texts(2)
        assert [entry.text for entry in rig.agent.prompts[1].history] == [
            "my name is Ann",
            "You said my name is Ann",
        ]
        await rig.hear(inbound(3, "/new and now?"))
        assert (await rig.phone.texts(3))[2] == "You said and now?"
        assert rig.agent.prompts[2].history == ()
        await rig.hear(inbound(4, "/reset"))
        assert (await rig.phone.texts(4))[3] == "A new conversation has begun."


async def test_stop_ends_the_running_turn_and_clears_what_waits(ledger: Ledger) -> None:
    """Behaviour facts D.12: /stop aborts the run and clears queued follow-ups."""
    agent, begun = Agent(), asyncio.Event()

    async def endless(prompt: Prompt) -> AsyncGenerator[TurnEvent]:
        begun.set()
        await asyncio.Event().wait()
        yield TextDelta(prompt.text)

    agent.behave = endless
    async with running(ledger, open_to_all(), agent) as rig:
        await rig.hear(inbound(1, "think hard"))
        await begun.wait()
        await rig.hear(inbound(2, "and this"), inbound(3, "/stop"))
        assert await rig.phone.texts(1) == ["Stopped."]
        await reached(ledger, MessageState.CANCELLED, 2)
        agent.behave = Agent().behave
        await rig.hear(inbound(4, "still there?"))
        assert (await rig.phone.texts(2))[1] == "You said still there?"


async def test_commands_of_an_allowed_sender_are_answered_beside_a_running_turn(ledger: Ledger) -> None:
    """Design section 7: /status, /help and /whoami bypass the lane."""
    agent, begun = Agent(), asyncio.Event()

    async def endless(prompt: Prompt) -> AsyncGenerator[TurnEvent]:
        begun.set()
        await asyncio.Event().wait()
        yield TextDelta(prompt.text)

    agent.behave = endless
    async with running(ledger, open_to_all(), agent) as rig:
        await rig.hear(inbound(1, "think hard"))
        await begun.wait()
        await rig.hear(inbound(2, "/status"), inbound(3, "/whoami"), inbound(4, "/help"))
        status, whoami, manual = await rig.phone.texts(3)
        assert "An answer is being written." in status
        assert ANN in whoami
        assert "/new" in manual


async def test_a_command_of_somebody_who_may_not_command_is_dropped_in_silence(ledger: Ledger) -> None:
    """Behaviour facts C.7: unauthorised commands are ignored without any reply."""
    document = open_to_all() | {"commands": {"ownerAllowFrom": [BOB]}}
    async with running(ledger, document) as rig:
        await rig.hear(inbound(1, "/status"), inbound(2, "hello"))
        assert await rig.phone.texts(1) == ["You said hello"]
        [held] = await in_state(ledger, MessageState.DROPPED)
        assert held.reason == Reason.COMMAND_UNAUTHORISED


async def test_a_failing_model_is_tried_again_and_the_contact_sees_nothing_of_it(ledger: Ledger) -> None:
    """Design section 7: errors of models are for the operator."""
    agent = Agent()
    answers = agent.behave

    async def fails_once(prompt: Prompt) -> AsyncGenerator[TurnEvent]:
        agent.behave = answers
        yield TextDelta("half an ans")
        raise AgentFailed("503 from the provider: secret things")

    agent.behave = fails_once
    async with running(ledger, open_to_all(), agent) as rig:
        await rig.hear(inbound(1, "hello"))
        assert await rig.phone.texts(1) == ["You said hello"]
        steps = await ledger.read(lambda tx: [step.step for step in checkpoints.story(tx, "turn", 1)])
        assert steps == ["running", "queued", "running", "finished"]


async def test_a_turn_that_fails_three_times_is_given_up_and_the_lane_goes_on(ledger: Ledger) -> None:
    """Design section 4: a third failure is final."""
    agent = Agent()
    answers, tries = agent.behave, [0]

    async def poison(prompt: Prompt) -> AsyncGenerator[TurnEvent]:
        if "poison" not in prompt.text:
            async for event in answers(prompt):
                yield event
            return
        tries[0] += 1
        raise AgentFailed("no")

    agent.behave = poison
    async with running(ledger, open_to_all(), agent) as rig:
        await rig.hear(inbound(1, "poison"))
        [failed] = await reached(ledger, MessageState.FAILED)
        assert (tries[0], failed.reason) == (3, "agent-failed")
        await rig.hear(inbound(2, "bread"))
        assert await rig.phone.texts(1) == ["You said bread"]


async def test_after_an_effect_a_failed_turn_is_not_run_again(ledger: Ledger) -> None:
    """Design section 4: effects are committed before they happen, and never repeated unasked."""
    agent, tries = Agent(), [0]

    async def acts(prompt: Prompt) -> AsyncGenerator[TurnEvent]:
        tries[0] += 1
        yield EffectStarting("send an e-mail")
        raise AgentFailed("lost the connection")

    agent.behave = acts
    async with running(ledger, open_to_all(), agent) as rig:
        await rig.hear(inbound(1, "mail them"))
        await reached(ledger, MessageState.FAILED)
        assert tries[0] == 1


async def test_a_turn_cut_off_by_a_stop_runs_again_at_the_next_start(ledger: Ledger) -> None:
    """Promise 3: a message that reached us is answered, also across a restart."""
    stuck, begun = Agent(), asyncio.Event()

    async def endless(prompt: Prompt) -> AsyncGenerator[TurnEvent]:
        begun.set()
        await asyncio.Event().wait()
        yield TextDelta("")

    stuck.behave = endless
    async with running(ledger, open_to_all(), stuck) as rig:
        await rig.hear(inbound(1, "hello"))
        await begun.wait()
        await rig.hear(inbound(2, "are you there"))
    async with running(ledger, open_to_all()) as rig:
        assert await rig.phone.texts(2) == ["You said hello", "You said are you there"]
        assert (await ledger.read(lambda tx: turns.load(tx, 1))).attempts == 2


async def test_a_turn_cut_off_after_an_effect_is_interrupted_and_stays_visible(ledger: Ledger) -> None:
    """Design section 4: a turn found running after an effect is interrupted."""
    agent, acted = Agent(), asyncio.Event()

    async def acts(prompt: Prompt) -> AsyncGenerator[TurnEvent]:
        yield EffectStarting("pay")
        acted.set()
        await asyncio.Event().wait()

    agent.behave = acts
    async with running(ledger, open_to_all(), agent) as rig:
        await rig.hear(inbound(1, "pay them"))
        await acted.wait()
    async with running(ledger, open_to_all()) as rig:
        [held] = await in_state(ledger, MessageState.FAILED)
        assert held.reason == "interrupted"
        assert rig.agent.prompts == []


async def test_without_a_model_messages_wait_visibly_and_are_answered_when_there_is_one(
    ledger: Ledger,
) -> None:
    """Design section 8: no agent configured, messages wait, the contact sees nothing."""
    document = open_to_all()
    async with running(ledger, document | {"agents": {}}) as rig:
        await rig.hear(inbound(1, "anybody?"))
        await reached(ledger, MessageState.WAITING)
        assert rig.phone.sent == []
    async with running(ledger, document) as rig:
        assert await rig.phone.texts(1) == ["You said anybody?"]


async def test_a_silent_answer_sends_nothing(ledger: Ledger) -> None:
    """Behaviour facts D.12: the silent token is never shown."""
    agent = Agent()

    async def silent(prompt: Prompt) -> AsyncGenerator[TurnEvent]:
        yield TextDelta("NO_REPLY")
        yield Finished("m")

    agent.behave = silent
    async with running(ledger, open_to_all(), agent) as rig:
        await rig.hear(inbound(1, "thanks"))
        await reached(ledger, MessageState.SILENT)
        assert rig.phone.sent == []


async def test_what_the_owner_types_elsewhere_is_theirs_and_is_not_answered(ledger: Ledger) -> None:
    """Demand A7: direction first; an own row never becomes a turn."""
    async with running(ledger, open_to_all()) as rig:
        row = replace(inbound(1, "on my way", from_me=True), destination="+15550100000")
        await rig.hear(row)
        await reached(ledger, MessageState.OWNER_TYPED)
        # The row also told us who the account is: a message from there is our own again.
        await rig.hear(inbound(2, "hello me", sender="+15550100000", chat=direct_chat("+15550100000", 5)))
        [dropped] = await in_state(ledger, MessageState.DROPPED)
        assert dropped.reason == Reason.OWN_HANDLE


async def test_our_words_coming_back_from_the_peer_are_held_not_answered(ledger: Ledger) -> None:
    """Demand A1 to A6: an echo never starts a turn, whatever its direction flag says."""
    async with running(ledger, open_to_all()) as rig:
        await rig.hear(inbound(1, "tell me something long"))
        [said] = await rig.phone.texts(1)
        await settled(ledger, DeliveryState.CONFIRMED)
        await rig.hear(inbound(2, said))
        [held] = await in_state(ledger, MessageState.HELD)
        assert held.reason == Reason.SUSPECT_ECHO


async def test_a_paused_chat_keeps_its_messages_until_it_is_resumed(ledger: Ledger) -> None:
    """Design section 4: pause for a chat; nothing is lost by it."""
    async with running(ledger, open_to_all()) as rig:
        await rig.hear(inbound(1, "one"))
        await rig.phone.texts(1)
        await ledger.write(lambda tx: operator.pause(tx, ANN, None, NOON))
        await rig.hear(inbound(2, "two"), inbound(3, "three", chat=direct_chat(BOB, 2), sender=BOB))
        assert await rig.phone.texts(2) == ["You said one", "You said three"]
        resumed = await ledger.write(lambda tx: operator.resume(tx, ANN, None, NOON))
        await rig.gateway.judge(resumed.messages)
        assert (await rig.phone.texts(3))[2] == "You said two"


async def test_group_messages_are_refused_by_default(ledger: Ledger) -> None:
    """Ruling 3: groupPolicy allowlist; deny first."""
    async with running(ledger, open_to_all(allowFrom=["*"], groupAllowFrom=[])) as rig:
        await rig.hear(inbound(1, "hello all", chat=group_chat()))
        [dropped] = await in_state(ledger, MessageState.DROPPED)
        assert dropped.reason == Reason.GROUP_SENDER
        assert rig.agent.prompts == []


async def test_an_allowed_group_has_a_session_of_its_own(ledger: Ledger) -> None:
    """Requirements: group sessions are isolated (agent:<agentId>:imessage:group:<chat_id>)."""
    document = open_to_all(groupAllowFrom=[ANN], groups={"7": {"requireMention": False}})
    async with running(ledger, document) as rig:
        await rig.hear(inbound(1, "hello all", chat=group_chat(7)))
        assert await rig.phone.texts(1) == [f"You said {ANN}: hello all"]
        assert rig.phone.sent[0].target == group_chat(7)
        assert rig.agent.sessions == ["agent:main:imessage:group:7"]


async def test_a_row_without_its_chat_is_quarantined(ledger: Ledger) -> None:
    """Demand B2: never derive a direct reply target from a row with chat_id 0."""
    async with running(ledger, open_to_all()) as rig:
        await rig.hear(replace(inbound(1, "lost"), chat=None, guid=MessageGuid("lost")))
        [held] = await reached(ledger, MessageState.QUARANTINED)
        assert held.reason == Reason.NO_CHAT
        assert rig.phone.sent == []


async def test_a_personal_account_settles_before_it_acts(ledger: Ledger) -> None:
    """Design section 5: accounts on which a person types too wait a moment before they judge."""
    document = open_to_all()
    del document["channels"]["imessage"]["settleMs"]
    async with running(ledger, document) as rig:
        await rig.hear(inbound(1, "typed by the owner", from_me=True))
        await rig.hear(inbound(2, "hello"))
        [held] = await in_state(ledger, MessageState.SUSPECT)
        assert held.reason == Reason.SETTLING
        assert await rig.phone.texts(1) == ["You said hello"]


async def test_in_interrupt_mode_a_new_message_ends_the_running_turn(ledger: Ledger) -> None:
    """Design section 7, queue mode interrupt."""
    agent, begun = Agent(), asyncio.Event()
    answers = agent.behave

    async def stuck_on_first(prompt: Prompt) -> AsyncGenerator[TurnEvent]:
        agent.behave = answers
        begun.set()
        await asyncio.Event().wait()
        yield TextDelta("")

    agent.behave = stuck_on_first
    document = open_to_all() | {"messages": {"queue": {"mode": "interrupt", "debounceMs": 0}}}
    async with running(ledger, document, agent) as rig:
        await rig.hear(inbound(1, "long question"))
        await begun.wait()
        await rig.hear(inbound(2, "never mind"))
        assert await rig.phone.texts(1) == ["You said never mind"]
        await reached(ledger, MessageState.CANCELLED)


async def test_a_bug_in_one_conversation_leaves_the_others_alone(ledger: Ledger) -> None:
    """Design section 4, blast radius: each lane runs behind a boundary."""
    agent = Agent()
    answers = agent.behave

    async def buggy(prompt: Prompt) -> AsyncGenerator[TurnEvent]:
        if "bug" in prompt.text:
            raise ZeroDivisionError
        async for event in answers(prompt):
            yield event

    agent.behave = buggy
    async with running(ledger, open_to_all(), agent) as rig:
        await rig.hear(inbound(1, "bug"), inbound(2, "fine", chat=direct_chat(BOB, 2), sender=BOB))
        assert await rig.phone.texts(1) == ["You said fine"]
        await reached(ledger, MessageState.FAILED)


async def test_a_reply_longer_than_the_limit_arrives_in_order(ledger: Ledger) -> None:
    """Requirements, "Outbound chunking": textChunkLimit, in order."""
    agent = Agent()

    async def long(prompt: Prompt) -> AsyncGenerator[TurnEvent]:
        yield TextDelta(" ".join(f"word{number}" for number in range(40)))
        yield Finished("m")

    agent.behave = long
    async with running(ledger, open_to_all(textChunkLimit=100), agent) as rig:
        await rig.hear(inbound(1, "go on"))
        await settled(ledger, DeliveryState.CONFIRMED, 3)
        assert " ".join(await rig.phone.texts(3)) == " ".join(f"word{number}" for number in range(40))


async def test_a_phone_that_shows_nothing_leaves_the_bubble_sent_then_unconfirmed(ledger: Ledger) -> None:
    """Demand F3: "sent" that never arrived is shown as unconfirmed."""
    phone = Phone()
    phone.shows_own_rows = False
    async with running(ledger, open_to_all(), phone=phone) as rig:
        await rig.hear(inbound(1, "hello"))
        await settled(ledger, DeliveryState.SENT)
        await look_later(rig)
        await settled(ledger, DeliveryState.UNCONFIRMED)


async def look_later(rig: Rig) -> None:
    """Three minutes pass, and the gateway looks at what is in doubt."""
    rig.clock[0] = NOON + timedelta(minutes=3)
    await rig.gateway.sweep()


async def test_a_conversation_bound_to_an_acp_agent_is_answered_by_nobody_else(ledger: Ledger) -> None:
    """Demand L5: never answer as another agent; while outside agents are off its messages wait, visibly."""
    bound = {
        "type": "acp",
        "agentId": "main",
        "match": {"channel": "imessage", "peer": {"kind": "direct", "id": ANN}},
    }
    async with running(ledger, open_to_all() | {"bindings": [bound], "acp": {"enabled": False}}) as rig:
        await rig.hear(inbound(1, "for codex"), inbound(2, "for you", chat=direct_chat(BOB, 2), sender=BOB))
        assert await rig.phone.texts(1) == ["You said for you"]
        [waiting] = await in_state(ledger, MessageState.WAITING)
        assert waiting.agent == "acp:main"


async def test_a_full_disk_at_the_end_of_a_turn_delays_its_answer_and_does_not_lose_it(
    ledger: Ledger,
) -> None:
    """Promise 3: a turn whose end could not be written runs again as soon as there is room."""
    agent, answers = Agent(), Agent().behave

    def room(tx: Tx, pages: int) -> None:
        tx.exec_driver_sql(f"PRAGMA max_page_count={pages}")

    async def fills_the_disk(prompt: Prompt) -> AsyncGenerator[TurnEvent]:
        agent.behave = answers
        await ledger.write(lambda tx: room(tx, 1))
        yield TextDelta("long " * 50_000)
        yield Finished("m")

    agent.behave = fills_the_disk
    async with running(ledger, open_to_all(), agent) as rig:
        await rig.hear(inbound(1, "hello"))

        async def stuck() -> bool:
            left = await ledger.read(turns.running)
            return (
                ledger.trouble is not None and len(left) == 1 and not rig.runner.is_running(left[0].session)
            )

        async def room_made() -> bool:
            # In one commit with the end of the turn it is taken back with it.
            with contextlib.suppress(StoreError):
                await ledger.write(lambda tx: room(tx, 1_000_000))
                return True
            return False

        await until(stuck, "the end of the turn cannot be written")
        await until(room_made, "room is made on the disk")
        assert await rig.phone.texts(1) == ["You said hello"]


async def test_in_interrupt_mode_nobody_ends_the_turn_of_another_chat(ledger: Ledger) -> None:
    """Promise 3: where dmScope main shares a session, a message from one person takes no answer from another."""
    agent, begun, go_on = Agent(), asyncio.Event(), asyncio.Event()

    async def slow(prompt: Prompt) -> AsyncGenerator[TurnEvent]:
        begun.set()
        await go_on.wait()
        yield TextDelta(f"heard: {prompt.text}")
        yield Finished("m")

    agent.behave = slow
    shared = {"session": {"dmScope": "main"}, "messages": {"queue": {"mode": "interrupt", "debounceMs": 0}}}
    async with running(ledger, open_to_all() | shared, agent) as rig:
        await rig.hear(inbound(1, "from ann"))
        await begun.wait()
        await rig.hear(inbound(2, "from bob", chat=direct_chat(BOB, 2), sender=BOB))
        go_on.set()
        assert await rig.phone.texts(2) == ["heard: from ann", "heard: from bob"]


async def test_open_work_of_an_account_that_was_removed_waits_and_holds_nobody_up(ledger: Ledger) -> None:
    """Promise 3: it is kept, the gateway starts, and the others of a shared session are answered."""
    agent, begun, gone = Agent(), asyncio.Event(), AccountId("gone")

    async def endless(prompt: Prompt) -> AsyncGenerator[TurnEvent]:
        begun.set()
        await asyncio.Event().wait()
        yield TextDelta(prompt.text)

    def leave_a_command(tx: Tx) -> None:
        [held] = messages.receive(tx, [inbound(3, "/status", account=gone)], NOON)
        messages.settle(tx, [held], MessageState.COMMANDED, NOON)

    agent.behave = endless
    main = {"session": {"dmScope": "main"}}
    both = open_to_all(accounts={"default": {}, "gone": {"dbPath": "/elsewhere"}}) | main
    async with running(ledger, both, agent) as rig:
        await rig.gateway.receive(gone, [inbound(1, "unfinished", account=gone)])
        await begun.wait()
        await rig.gateway.receive(gone, [inbound(2, "waiting", account=gone)])
        await ledger.write(leave_a_command)
    async with running(ledger, open_to_all() | main) as rig:
        await rig.hear(inbound(4, "hello"))
        assert await rig.phone.texts(1) == ["You said hello"]
        assert [held.message.text for held in await in_state(ledger, MessageState.WAITING)] == ["waiting"]
        assert len(await ledger.read(lambda tx: turns.queued(tx, SessionKey("agent:main:main")))) == 1


async def test_an_own_row_that_comes_after_its_bubble_was_given_up_still_settles_it(ledger: Ledger) -> None:
    """Promise 2: the line was away for a quarter of an hour; the row bears the time of its sending and is ours."""
    phone = Phone()
    phone.shows_own_rows = False
    phone.results = [Unknown("the line broke")]
    async with running(ledger, open_to_all(), phone=phone) as rig:
        await rig.hear(inbound(1, "hello"))
        await settled(ledger, DeliveryState.UNKNOWN)
        rig.clock[0] = NOON + timedelta(minutes=10)
        await rig.gateway.sweep()
        await settled(ledger, DeliveryState.PARKED)
        rig.clock[0] = NOON + timedelta(minutes=15)
        await rig.hear(inbound(2, "You said hello", from_me=True, at=NOON + timedelta(seconds=2)))
        await settled(ledger, DeliveryState.CONFIRMED)
        assert len(await in_state(ledger, MessageState.OURS)) == 1


async def test_an_agent_does_not_act_in_a_chat_that_was_paused_while_it_waited(ledger: Ledger) -> None:
    """Demand A9: what waits when a brake or the operator pauses the chat waits for the end of the pause."""
    agent, begun, go_on = Agent(), asyncio.Event(), asyncio.Event()
    answers = agent.behave

    async def slowly(prompt: Prompt) -> AsyncGenerator[TurnEvent]:
        begun.set()
        await go_on.wait()
        async for event in answers(prompt):
            yield event

    agent.behave = slowly
    async with running(ledger, open_to_all(), agent) as rig:
        await rig.hear(inbound(1, "first"))
        await begun.wait()
        await rig.hear(inbound(2, "second"))
        chat = direct_chat()
        await ledger.write(lambda tx: accounts.set_pause(tx, ACCOUNT, chat.key, NOON))
        go_on.set()
        [paused] = await reached(ledger, MessageState.PAUSED)
        assert (paused.message.text, len(agent.prompts)) == ("second", 1)
        await ledger.write(lambda tx: accounts.clear_pause(tx, ACCOUNT, chat.key, NOON))
        await ledger.write(lambda tx: messages.put_back(tx, [paused.id], MessageState.RECEIVED, NOON))
        await rig.gateway.judge([paused.id])
        rig.gateway.deliver(ACCOUNT)
        assert await rig.phone.texts(2) == ["You said first", "You said second"]
