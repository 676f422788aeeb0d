"""Forgetting a person: everything about them, nothing about anybody else, and nothing is answered again."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from tests.making import ACCOUNT, ANN, BOB, NOON, direct_chat, group_chat, inbound

from openclaw.domain.acp import AcpBinding, AcpSession, Decision, PermissionQuestion, ToolKind, outside_agent
from openclaw.domain.delivery import Cause, DeliveryState, OutboundMessage
from openclaw.domain.handles import Handle
from openclaw.domain.ids import AccountId, AgentId, MessageId, RowId, SessionKey, TurnId
from openclaw.domain.messages import MessageState, Quote
from openclaw.domain.notices import Notice, NoticeKind
from openclaw.domain.sessions import SessionSettings, TranscriptEntry
from openclaw.domain.turns import Finished, TurnState
from openclaw.store import (
    FILE_NAME,
    Ledger,
    Tx,
    accounts,
    acp_bindings,
    acp_sessions,
    deliveries,
    forgetting,
    messages,
    notices,
    open_ledger,
    pairing,
    permissions,
    session_settings,
    sessions,
    turns,
)
from openclaw.store.forgetting import Forgotten

from .keeping import SESSION, keep, keep_admitted, say, state_of

WHO = Handle(ANN)


def answered(tx: Tx, row: int, text: str, sender: str = ANN, *, in_group: bool = False) -> int:
    """A message that was answered: turn, transcript and bubble. Returns the turn's number."""
    chat = group_chat() if in_group else direct_chat(sender)
    told = inbound(row, text, chat=chat, sender=sender)
    accounts.note_chat(tx, told, is_group=in_group)
    turn = turns.create(tx, keep_admitted(tx, told), NOON)
    session = sessions.find(tx, SESSION) or sessions.start(tx, SESSION, AgentId("main"), NOON)
    said = TranscriptEntry("user", text), TranscriptEntry("assistant", f"answer to {text}")
    sessions.add(tx, session, turn.id, said)
    bubble = say(tx, f"answer to {text}", chat=chat, cause_id=turn.id)[0]
    deliveries.confirm(tx, bubble.id, f"own-{row}", RowId(row + 1000), NOON)  # type: ignore[arg-type]
    messages.settle(tx, [one.id for one in turn.messages], MessageState.ANSWERED, NOON)
    turns.finish(tx, turn.id, Finished("test/one", 1, 1), NOON)
    return turn.id


def forget(tx: Tx, handle: str = ANN, account: AccountId | None = None) -> Forgotten:
    """Forget somebody, as the operator's request does."""
    return forgetting.forget(tx, forgetting.find(tx, Handle(handle), account), NOON)


def texts(state_dir: Path) -> bytes:
    """Everything that stands in the ledger's files."""
    return b"".join(path.read_bytes() for path in state_dir.glob(f"{FILE_NAME}*") if "shm" not in path.name)


async def test_nothing_of_them_is_left_in_the_files(ledger: Ledger, tmp_path: Path) -> None:
    """Freed space is overwritten and the log is emptied: it is really gone (issue 4, point 7)."""

    def live(tx: Tx) -> None:
        answered(tx, 1, "the secret of ann " * 400)
        pairing.grant(tx, ACCOUNT, WHO, "operator", NOON)
        pairing.add(tx, ACCOUNT, WHO, direct_chat(), "SECRETCD", NOON)
        answered(tx, 2, "words of bob", BOB)

    await ledger.write(live)
    assert b"secret of ann" in texts(tmp_path / "state")

    await ledger.write(forget)

    assert await ledger.empty_log()
    left = texts(tmp_path / "state")
    assert b"secret of ann" not in left
    assert ANN.encode() not in left
    assert b"SECRETCD" not in left
    assert b"words of bob" in left
    assert BOB.encode() in left


async def test_what_the_owner_was_told_of_them_is_forgotten_too(ledger: Ledger, tmp_path: Path) -> None:
    """A notice names who asks, in the owner's chat; the bubble stays as one that was sent."""

    def tell(tx: Tx) -> None:
        pairing.add(tx, ACCOUNT, WHO, direct_chat(), "ABCD2345", NOON)
        said = OutboundMessage(ACCOUNT, direct_chat(BOB), f"{ANN} asks to be let in.")
        deliveries.queue(tx, Cause.NOTICE, 1, [said], NOON)
        [bubble] = deliveries.in_state(tx, DeliveryState.QUEUED)
        deliveries.confirm(tx, bubble.id, inbound(9, "").guid, RowId(9), NOON)
        notices.put(tx, Notice(NoticeKind.PAUSE, "x", ACCOUNT, f"Stopped: chat {ANN}.", NOON))
        forget(tx)

    await ledger.write(tell)
    assert await ledger.read(notices.waiting) == []
    await ledger.empty_log()
    assert ANN.encode() not in texts(tmp_path / "state")


async def test_a_forgotten_message_is_known_still_by_its_identity(ledger: Ledger) -> None:
    """The phone may report the row again; it must not be answered again (promise 2)."""
    await ledger.write(lambda tx: answered(tx, 1, "hello"))

    done = await ledger.write(forget)

    assert (done.messages, done.deliveries, done.turns, done.transcript) == (1, 1, 1, 2)
    assert await ledger.write(lambda tx: messages.receive(tx, [inbound(1, "hello")], NOON)) == []
    kept = (await ledger.read(lambda tx: messages.latest(tx, 9)))[0]
    assert (kept.state, kept.message.text, kept.message.sender, kept.message.chat) == (
        MessageState.ANSWERED,
        "",
        "",
        None,
    )


async def test_what_they_wrote_in_a_group_is_forgotten_and_the_group_is_not(ledger: Ledger) -> None:
    """Their words there are theirs; the others' stay."""
    await ledger.write(lambda tx: answered(tx, 1, "of ann", in_group=True))
    await ledger.write(lambda tx: answered(tx, 2, "of bob", BOB, in_group=True))

    await ledger.write(forget)

    kept = await ledger.read(lambda tx: messages.latest(tx, 9))
    assert [(one.message.text, one.message.sender) for one in kept] == [("of bob", BOB), ("", "")]
    assert all(one.message.chat == group_chat() for one in kept)
    session = await ledger.read(lambda tx: sessions.find(tx, SESSION))
    assert session is not None
    remembered = await ledger.read(lambda tx: sessions.history(tx, session))
    assert [entry.text for entry in remembered] == ["of bob", "answer to of bob"]


async def test_a_session_of_their_own_goes_and_a_shared_one_stays(ledger: Ledger) -> None:
    """With `dmScope: main` others are in the session; only what was said in their turns is forgotten there."""
    await ledger.write(lambda tx: answered(tx, 1, "of ann"))
    await ledger.write(lambda tx: answered(tx, 2, "of bob", BOB))
    await ledger.write(lambda tx: session_settings.change(tx, SESSION, queue="followup"))

    assert (await ledger.write(forget)).sessions == 0
    assert await ledger.read(lambda tx: session_settings.load(tx, SESSION)) != SessionSettings()
    assert (await ledger.write(lambda tx: forget(tx, BOB))).sessions == 1
    assert await ledger.read(lambda tx: sessions.find(tx, SESSION)) is None
    assert await ledger.read(lambda tx: session_settings.load(tx, SESSION)) == SessionSettings()


async def test_what_agents_asked_in_their_chat_goes_and_what_they_answered_names_them_no_more(
    ledger: Ledger,
) -> None:
    """The question may repeat their words; elsewhere only who answered is theirs."""

    def work(tx: Tx) -> list[str]:
        question = PermissionQuestion(SESSION, outside_agent("codex"), ToolKind.EXECUTE, "ls")
        for row, sender, code in ((1, ANN, "AAAA2345"), (3, BOB, "BBBB2345")):
            answered(tx, row, "hello", sender)
            place = ACCOUNT, direct_chat(sender).key
            made = permissions.ask(tx, question, code, place, NOON, NOON + timedelta(hours=1))
            permissions.decide(tx, made.id, Decision.ONCE, ANN)
        forget(tx)
        return [f"{one.code} {one.decided_by}" for one in permissions.recent(tx)]

    assert await ledger.write(work) == ["BBBB2345 "]


async def test_what_is_open_is_closed(ledger: Ledger) -> None:
    """Nobody answers a person who was forgotten, and nothing of theirs waits for a decision."""

    def open_work(tx: Tx) -> None:
        keep_admitted(tx, inbound(1, "waiting"))
        keep(tx, inbound(2, "just come"))
        turn = turns.create(tx, keep_admitted(tx, inbound(3, "failed")), NOON)
        turns.end(tx, turn.id, TurnState.FAILED, NOON, "no model")
        messages.settle(tx, [turn.messages[0].id], MessageState.FAILED, NOON)
        say(tx, "not sent yet", cause_id=77)

    await ledger.write(open_work)

    await ledger.write(forget)

    assert {one.state for one in await ledger.read(lambda tx: messages.latest(tx, 9))} == {
        MessageState.CANCELLED,
        MessageState.DROPPED,
    }
    assert [one.state for one in await ledger.read(lambda tx: turns.records(tx, [], 9))] == [
        TurnState.CANCELLED
    ]
    bubble = await ledger.read(lambda tx: deliveries.find(tx, 1))
    assert bubble is not None
    assert (bubble.state, bubble.message.text) == (DeliveryState.DROPPED, "")


@pytest.mark.parametrize("what", ["turn", "bubble"])
async def test_what_is_under_way_is_noticed(ledger: Ledger, what: str) -> None:
    """A bubble that is being sent needs its text to be recognised when it comes back as a row."""

    def begin(tx: Tx) -> None:
        held = keep_admitted(tx, inbound(1, "hello"))
        if what == "turn":
            turns.create(tx, held, NOON)
        else:
            deliveries.mark(tx, say(tx, "hi")[0].id, DeliveryState.SENDING, NOON)

    await ledger.write(begin)

    assert await ledger.read(lambda tx: forgetting.under_way(tx, forgetting.find(tx, WHO, None)))
    assert not await ledger.read(lambda tx: forgetting.under_way(tx, forgetting.find(tx, Handle(BOB), None)))


async def test_only_the_named_account_forgets(ledger: Ledger) -> None:
    """`--account`: the same person is somebody else at another account."""
    other = AccountId("work")
    await ledger.write(lambda tx: keep(tx, inbound(1, "here")))
    await ledger.write(lambda tx: keep(tx, inbound(1, "there", account=other)))

    assert (await ledger.write(lambda tx: forget(tx, account=other))).messages == 1

    kept = await ledger.read(lambda tx: messages.latest(tx, 9))
    assert {one.message.account: one.message.text for one in kept} == {ACCOUNT: "here", other: ""}


async def test_every_spelling_of_a_handle_is_one_person(ledger: Ledger) -> None:
    """Handles compare normalised (ruling 4)."""
    chat = direct_chat("Ann@Example.com")
    await ledger.write(lambda tx: keep(tx, inbound(1, "hello", chat=chat, sender="Ann@Example.com")))

    assert (await ledger.write(lambda tx: forget(tx, "ann@example.com"))).messages == 1


async def test_a_rehearsal_counts_and_changes_nothing(ledger: Ledger) -> None:
    """`--dry-run` says exactly what would be done."""
    await ledger.write(lambda tx: answered(tx, 1, "hello"))
    said = await ledger.write(lambda tx: forgetting.rehearse(tx, forgetting.find(tx, WHO, None), NOON))

    assert (await ledger.read(lambda tx: messages.latest(tx, 9)))[0].message.text == "hello"
    assert await ledger.write(forget) == said
    assert (await ledger.write(forget)).is_nothing


async def test_a_new_request_after_forgetting_gets_a_number_of_its_own(
    ledger: Ledger, tmp_path: Path
) -> None:
    """A challenge is known by its request's number: under an old number it would count as sent."""
    await ledger.write(lambda tx: pairing.add(tx, ACCOUNT, WHO, direct_chat(), "AAAA2222", NOON))
    await ledger.write(forget)

    again = await ledger.write(lambda tx: pairing.add(tx, ACCOUNT, WHO, direct_chat(), "BBBB2222", NOON))

    assert again.id == 2
    with closing(sqlite3.connect(tmp_path / "state" / FILE_NAME)) as raw:
        assert raw.execute("SELECT handle, code FROM pairing ORDER BY id").fetchall() == [
            ("", ""),
            (ANN, "BBBB2222"),
        ]


async def test_the_key_of_a_session_stays_when_a_message_waits_elsewhere(ledger: Ledger) -> None:
    """Another person's work is not touched."""
    bobs = await ledger.write(lambda tx: keep_admitted(tx, inbound(5, "of bob", sender=BOB))[0].id)
    await ledger.write(lambda tx: answered(tx, 1, "of ann"))

    await ledger.write(forget)

    assert await ledger.read(lambda tx: state_of(tx, bobs)) == MessageState.WAITING
    assert await ledger.read(lambda tx: messages.waiting_sessions(tx)) == [SessionKey(SESSION)]


async def test_a_summary_that_may_repeat_their_words_goes_with_them(ledger: Ledger) -> None:
    """Others' own words come back in its place."""
    await ledger.write(lambda tx: answered(tx, 1, "of ann", in_group=True))
    await ledger.write(lambda tx: answered(tx, 2, "of bob", BOB, in_group=True))

    def fold(tx: Tx) -> int:
        session = sessions.find(tx, SESSION)
        assert session is not None
        return sessions.fold(tx, session, TurnId(2), "ann and bob spoke", keep=0)

    assert await ledger.write(fold) == 4
    await ledger.write(forget)
    session = await ledger.read(lambda tx: sessions.find(tx, SESSION))
    assert session is not None
    remembered = await ledger.read(lambda tx: sessions.history(tx, session))
    assert [entry.text for entry in remembered] == ["of bob", "answer to of bob"]


async def test_what_they_set_for_a_session_of_their_own_is_forgotten(ledger: Ledger) -> None:
    """Its key has their handle in it."""
    await ledger.write(lambda tx: answered(tx, 1, "of ann"))
    await ledger.write(lambda tx: session_settings.change(tx, SESSION, thinking="high"))
    await ledger.write(forget)
    assert await ledger.read(lambda tx: session_settings.load(tx, SESSION)) == session_settings.NONE


async def test_what_they_bound_and_what_an_outside_agent_kept_of_them_is_forgotten(ledger: Ledger) -> None:
    """Their own chat is bound no more; a group stays bound, by nobody."""

    def live(tx: Tx) -> None:
        answered(tx, 1, "of ann")
        acp_sessions.begin(tx, AcpSession(SESSION, AgentId("acp:codex"), "codex", "persistent", "/srv"), NOON)
        for chat in (direct_chat(), group_chat(), direct_chat(BOB)):
            by = BOB if chat == direct_chat(BOB) else ANN
            acp_bindings.bind(
                tx, AcpBinding(ACCOUNT, chat.key, SESSION, AgentId("acp:codex"), by, NOON, NOON)
            )

    await ledger.write(live)
    await ledger.write(forget)

    left = await ledger.read(acp_bindings.every)
    assert {(one.chat, one.by) for one in left} == {(group_chat().key, ""), (direct_chat(BOB).key, BOB)}
    assert await ledger.read(acp_sessions.count) == 0


async def test_what_they_said_beside_an_agent_is_forgotten_with_the_answer_that_saw_it(
    tmp_path: Path,
) -> None:
    """Their words as context, shown or not yet; a quote of theirs in somebody else's message; their name."""

    def work(tx: Tx) -> Forgotten:
        aside = replace(inbound(1, "ann beside", chat=group_chat(), sender=ANN), sender_name="Annabel")
        later = inbound(2, "ann later", chat=group_chat(), sender=ANN)
        ids = [one.id for one in keep(tx, aside, later)]
        messages.overhear(tx, ids, NOON, "not-mentioned")
        answered(tx, 3, "bob asks", BOB, in_group=True)
        messages.show_in(tx, ids[:1], TurnId(1))
        messages.end_showing(tx, TurnId(1), NOON, answered=True)
        keep_admitted(tx, replace(inbound(4, "bob replies", sender=BOB), quote=Quote("ann quoted", ANN)))
        return forget(tx)

    async with open_ledger(tmp_path) as ledger:
        await ledger.write(work)
        [shown, unshown] = await ledger.read(lambda tx: messages.load(tx, [MessageId(1), MessageId(2)]))
        assert (shown.state, unshown.state) == (MessageState.SHOWN, MessageState.DROPPED)
        session = await ledger.read(lambda tx: sessions.find(tx, SESSION))
        assert session is not None
        assert await ledger.read(lambda tx: sessions.history(tx, session)) == ()

    left = texts(tmp_path)
    for word in (b"ann beside", b"ann later", b"ann quoted", b"Annabel", ANN.encode()):
        assert word not in left
    assert b"bob replies" in left


async def test_somebody_whose_words_are_being_shown_cannot_be_forgotten_yet(ledger: Ledger) -> None:
    """A turn that runs has them in its prompt."""

    def work(tx: Tx) -> bool:
        [aside] = keep(tx, inbound(1, "ann beside", chat=group_chat(), sender=ANN))
        messages.overhear(tx, [aside.id], NOON, "not-mentioned")
        turn = turns.create(
            tx, keep_admitted(tx, inbound(2, "bob asks", chat=group_chat(), sender=BOB)), NOON
        )
        messages.show_in(tx, [aside.id], turn.id)
        return forgetting.under_way(tx, forgetting.find(tx, WHO, None))

    assert await ledger.write(work)
