"""What is settled and old is forgotten; what is open stays; nothing is answered twice."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta

import pytest
from tests.making import ACCOUNT, ANN, BOB, NOON, direct_chat, group_chat, inbound
from tests.waiting import until

from openclaw.domain.acp import (
    AcpBinding,
    AcpSession,
    Decision,
    PermissionQuestion,
    ToolKind,
    outside_agent,
)
from openclaw.domain.admission import Reason
from openclaw.domain.handles import Handle
from openclaw.domain.ids import AgentId, MessageId, RowId, SessionKey, TurnId
from openclaw.domain.messages import MessageState
from openclaw.domain.sessions import TranscriptEntry
from openclaw.domain.turns import Finished, TurnState
from openclaw.store import (
    Ledger,
    Tx,
    accounts,
    acp_bindings,
    acp_sessions,
    checkpoints,
    deliveries,
    messages,
    pairing,
    permissions,
    session_settings,
    sessions,
    turns,
)
from openclaw.store.retention import forget_settled, keep_forgetting, let_context_go

from .keeping import SESSION, keep, keep_admitted, say

OLD, CUT, YOUNG = NOON - timedelta(days=40), NOON - timedelta(days=30), NOON - timedelta(days=1)


def answered(tx: Tx, row: int, sender: str, at: datetime) -> None:
    """A message that was answered at ``at``: turn, transcript, bubble."""
    told = inbound(row, f"words {row}", sender=sender, at=at)
    accounts.note_chat(tx, told, is_group=False)
    held = messages.load(tx, messages.receive(tx, [told], at))
    turn = turns.create(tx, held, at)
    session = sessions.find(tx, SESSION) or sessions.start(tx, SESSION, AgentId("main"), at)
    sessions.add(tx, session, turn.id, (TranscriptEntry("user", f"words {row}"),))
    bubble = say(tx, f"answer {row}", chat=direct_chat(sender), cause_id=turn.id, at=at)[0]
    deliveries.confirm(tx, bubble.id, f"own-{row}", RowId(row + 1000), at)  # type: ignore[arg-type]
    messages.settle(tx, [held[0].id], MessageState.ANSWERED, at)
    turns.finish(tx, turn.id, Finished("test/one", 1, 1), at)


async def test_the_old_is_forgotten_and_the_young_is_not(ledger: Ledger) -> None:
    """`store.retentionDays` (design section 11): texts, transcripts, steps and handles."""
    await ledger.write(lambda tx: answered(tx, 1, ANN, OLD))
    await ledger.write(lambda tx: answered(tx, 2, BOB, YOUNG))

    done = await forget_settled(ledger, CUT)

    assert {what: done[what] for what in ("messages", "deliveries", "turns", "transcript", "chats")} == {
        "messages": 1,
        "deliveries": 1,
        "turns": 1,
        "transcript": 1,
        "chats": 1,
    }
    kept = await ledger.read(lambda tx: messages.latest(tx, 9))
    assert [(one.message.sender, one.message.chat is None) for one in kept] == [(BOB, False), ("", True)]
    session = await ledger.read(lambda tx: sessions.find(tx, SESSION))
    assert session is not None
    assert [one.text for one in await ledger.read(lambda tx: sessions.history(tx, session))] == ["words 2"]
    assert await ledger.read(lambda tx: checkpoints.story(tx, "message", 1)) == []
    assert await ledger.read(lambda tx: checkpoints.story(tx, "message", 2)) != []
    assert await forget_settled(ledger, CUT) == {}


async def test_of_a_group_stays_which_one_it_was(ledger: Ledger) -> None:
    """It names nobody, and is what tells one phone database from another (design section 5)."""
    told = inbound(1, "words", chat=group_chat(), at=OLD)
    ids = await ledger.write(lambda tx: messages.receive(tx, [told], OLD))
    await ledger.write(lambda tx: messages.settle(tx, ids, MessageState.SILENT, OLD))
    await ledger.write(lambda tx: checkpoints.record(tx, "database", [1], "replaced", OLD))

    done = await forget_settled(ledger, CUT)

    assert done["groupMessages"] == 1
    kept = (await ledger.read(lambda tx: messages.latest(tx, 1)))[0].message
    assert (kept.text, kept.sender, kept.chat) == ("", "", group_chat())
    assert len(await ledger.read(lambda tx: checkpoints.story(tx, "database", 1))) == 1


async def test_a_forgotten_row_is_not_taken_for_a_new_one(ledger: Ledger) -> None:
    """The phone may report it again after any time (promise 2)."""
    await ledger.write(lambda tx: answered(tx, 1, ANN, OLD))
    await forget_settled(ledger, CUT)

    assert await ledger.write(lambda tx: messages.receive(tx, [inbound(1, "words 1")], NOON)) == []
    assert await ledger.read(lambda tx: deliveries.by_guids(tx, ACCOUNT, ["own-1"])) == {"own-1": 1}  # type: ignore[list-item]


async def test_what_is_open_stays_however_old_it_is(ledger: Ledger) -> None:
    """Held messages, failed turns and bubbles in doubt wait for a person; nothing of them is lost (promise 3)."""

    def open_work(tx: Tx) -> None:
        keep_admitted(tx, inbound(1, "waiting", at=OLD))
        late = keep(tx, inbound(2, "late", at=OLD), now=OLD)
        messages.settle(tx, [late[0].id], MessageState.LATE, OLD)
        failed = turns.create(tx, keep(tx, inbound(3, "failed", at=OLD), now=OLD), OLD)
        turns.end(tx, failed.id, TurnState.FAILED, OLD, "no model")
        messages.settle(tx, [failed.messages[0].id], MessageState.FAILED, OLD)
        say(tx, "not sent", at=OLD)

    await ledger.write(open_work)

    assert await forget_settled(ledger, NOON + timedelta(days=1)) == {}
    assert {one.message.text for one in await ledger.read(lambda tx: messages.latest(tx, 9))} == {
        "waiting",
        "late",
        "failed",
    }
    assert len(await ledger.read(lambda tx: checkpoints.story(tx, "turn", 1))) == 2


async def test_a_paused_chat_stays_paused(ledger: Ledger) -> None:
    """Forgetting a chat must not end what the operator ordered."""
    await ledger.write(lambda tx: answered(tx, 1, ANN, OLD))
    await ledger.write(lambda tx: accounts.set_pause(tx, ACCOUNT, direct_chat().key, OLD))

    await forget_settled(ledger, CUT)

    assert await ledger.read(accounts.paused_chats) == {(ACCOUNT, direct_chat().key)}
    assert len(await ledger.read(accounts.chats)) == 1


async def test_who_was_let_in_stays_and_an_old_request_goes(ledger: Ledger) -> None:
    """An approval is a rule and no message; a request is over after an hour."""
    await ledger.write(lambda tx: pairing.grant(tx, ACCOUNT, Handle(ANN), "operator", OLD))
    await ledger.write(lambda tx: pairing.add(tx, ACCOUNT, Handle(BOB), direct_chat(BOB), "ABCD2345", OLD))

    assert await forget_settled(ledger, CUT) == {"requests": 1}
    assert await ledger.read(lambda tx: pairing.granted_handles(tx, ACCOUNT)) == {ANN}


async def test_what_agents_asked_goes_once_it_is_over(ledger: Ledger) -> None:
    """What they wanted to do may name anything; one that stands is not touched, however old it is."""

    def ask(tx: Tx) -> None:
        question = PermissionQuestion(SESSION, outside_agent("codex"), ToolKind.EXECUTE, "ls")
        place = ACCOUNT, direct_chat().key
        for code, at in (("AAAA2345", OLD), ("BBBB2345", OLD), ("CCCC2345", YOUNG)):
            permissions.ask(tx, question, code, place, at, at + timedelta(hours=1))
        for one in permissions.recent(tx):
            if one.code != "BBBB2345":
                permissions.decide(tx, one.id, Decision.ONCE, "owner")

    await ledger.write(ask)

    assert await forget_settled(ledger, CUT) == {"permissions": 1}
    assert [one.code for one in await ledger.read(permissions.recent)] == ["CCCC2345", "BBBB2345"]


async def test_a_session_goes_once_nothing_is_left_of_it(ledger: Ledger) -> None:
    """Its key has the person's handle in it."""
    await ledger.write(lambda tx: answered(tx, 1, ANN, OLD))
    await ledger.write(lambda tx: session_settings.change(tx, SESSION, queue="followup"))

    assert (await forget_settled(ledger, CUT))["sessions"] == 1
    assert await ledger.read(lambda tx: sessions.find(tx, SESSION)) is None
    assert await ledger.read(lambda tx: session_settings.of_all(tx, "queue")) == {}


async def test_many_rows_are_forgotten_in_batches_beside_other_work(ledger: Ledger) -> None:
    """A message that comes meanwhile is kept before the last batch is done."""
    rows = [inbound(row, "spam", at=OLD) for row in range(1, 2001)]
    ids = await ledger.write(lambda tx: messages.receive(tx, rows, OLD))
    await ledger.write(lambda tx: messages.settle(tx, ids, MessageState.DROPPED, OLD))

    forgetting = asyncio.create_task(forget_settled(ledger, CUT))
    await ledger.write(lambda tx: messages.receive(tx, [inbound(9000, "hello")], NOON))
    is_still_at_it = not forgetting.done()

    assert (await forgetting)["messages"] == 2000
    assert is_still_at_it


@pytest.mark.parametrize("days", [30, None])
async def test_the_gateway_forgets_at_its_start(ledger: Ledger, days: int | None) -> None:
    """Daily and at start; without the key everything is kept."""
    await ledger.write(lambda tx: answered(tx, 1, ANN, OLD))

    async def forgotten() -> bool:
        return (await ledger.read(lambda tx: messages.latest(tx, 1)))[0].message.sender == ""

    keeping = asyncio.create_task(keep_forgetting(ledger, days, lambda: NOON))
    if days is None:
        await keeping
        assert not await forgotten()
        return
    await until(forgotten, "the old message is forgotten")
    keeping.cancel()
    with pytest.raises(asyncio.CancelledError):
        await keeping


async def test_context_that_nobody_asked_for_gets_too_old(ledger: Ledger) -> None:
    """`store.retentionDays` holds for what was said beside an agent, but not for what a turn shows just then."""

    def work(tx: Tx) -> list[int]:
        said = [inbound(row, f"aside {row}", chat=group_chat(), sender=BOB, at=OLD) for row in (1, 2)]
        ids = messages.receive(tx, said, OLD)
        ids += messages.receive(tx, [inbound(3, "aside 3", chat=group_chat(), sender=BOB, at=YOUNG)], YOUNG)
        messages.overhear(tx, ids, OLD, "not-mentioned")
        messages.show_in(tx, ids[1:2], TurnId(1))
        return [int(one) for one in ids]

    ids = await ledger.write(work)

    assert await let_context_go(ledger, CUT, lambda: NOON) == 1
    await forget_settled(ledger, CUT)

    kept = await ledger.read(lambda tx: messages.load(tx, [MessageId(one) for one in ids]))
    assert [(one.state, one.message.text, one.message.sender) for one in kept] == [
        (MessageState.DROPPED, "", ""),
        (MessageState.CONTEXT, "aside 2", BOB),
        (MessageState.CONTEXT, "aside 3", BOB),
    ]
    assert kept[0].reason == Reason.CONTEXT_LEFT


async def test_what_an_outside_agent_remembers_is_not_taken_up_again(ledger: Ledger) -> None:
    """A session of which nothing is left loses the agent's name for it; one that nothing leads to goes."""

    def keep(tx: Tx, key: str, at: datetime) -> None:
        made = AcpSession(
            SessionKey(key), outside_agent("codex"), "codex", "persistent", "/w", outside_id="o"
        )
        acp_sessions.begin(tx, made, at)
        sessions.start(tx, made.key, made.agent, at)

    def bind(tx: Tx) -> None:
        chat = direct_chat(ANN).key
        key, agent = SessionKey("agent:codex:acp:bound"), outside_agent("codex")
        acp_bindings.bind(tx, AcpBinding(ACCOUNT, chat, key, agent, ANN, OLD, OLD))

    for name in ("bound", "spawned"):
        await ledger.write(lambda tx, name=name: keep(tx, f"agent:codex:acp:{name}", OLD))
    await ledger.write(lambda tx: keep(tx, "agent:codex:acp:young", YOUNG))
    await ledger.write(bind)
    await forget_settled(ledger, CUT)

    left = {one.key: one.outside_id for one in await ledger.read(acp_sessions.newest)}
    assert left == {"agent:codex:acp:bound": "", "agent:codex:acp:young": "o"}
