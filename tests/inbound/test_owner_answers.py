"""The owner's answers to notices: which words are one, and what becomes of them, over a real ledger and real stages."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.making import ACCOUNT, ANN, BOB, NOON, direct_chat, group_chat, inbound
from tests.rig import Rig, open_to_all, running

from openclaw.domain.access import Notified
from openclaw.domain.acp import (
    Decision,
    PermissionQuestion,
    PermissionRequest,
    PermissionState,
    ToolKind,
    outside_agent,
)
from openclaw.domain.admission import Reason
from openclaw.domain.handles import Handle
from openclaw.domain.ids import MessageGuid, SessionKey
from openclaw.domain.messages import InboundMessage, LedgerMessage, MessageState
from openclaw.inbound.owner_answers import OwnerAnswer, decide, read_answer
from openclaw.outbound.notices import Readers, gather, tell
from openclaw.store import Ledger, Tx, messages, pairing, permissions
from openclaw.turns.commands.recognise import command_of
from openclaw.turns.commands.words import COMMANDS

OWNER = "+15550100009"
READERS = Readers({ACCOUNT: Notified(Handle(OWNER))}, ACCOUNT)
CODE, OTHER = "ABCD2345", "WXYZ6789"
YES, NO = OwnerAnswer(approve=True), OwnerAnswer(approve=False)


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("yes", OwnerAnswer(approve=True)),
        ("  YES! ", OwnerAnswer(approve=True)),
        ("Approve", OwnerAnswer(approve=True)),
        ("👍", OwnerAnswer(approve=True)),
        ("👍🏽", OwnerAnswer(approve=True)),
        ("no.", OwnerAnswer(approve=False)),
        ("deny", OwnerAnswer(approve=False)),
        ("👎", OwnerAnswer(approve=False)),
        ("approve abcd2345", OwnerAnswer(approve=True, code=CODE)),
        ("yes ABCD2345", OwnerAnswer(approve=True, code=CODE)),
        ("no ABCD2345", OwnerAnswer(approve=False, code=CODE)),
        ("Deny\nABCD2345", OwnerAnswer(approve=False, code=CODE)),
        ("\ufffcyes", OwnerAnswer(approve=True)),
        ("always ABCD2345", OwnerAnswer(approve=True, code=CODE, always=True)),
        ("approve abcd2345 allow-once", OwnerAnswer(approve=True, code=CODE)),
        ("Approve ABCD2345 always", OwnerAnswer(approve=True, code=CODE, always=True)),
        ("approve deny ABCD2345", OwnerAnswer(approve=False, code=CODE)),
        ("approve ABCD2345 now", None),
        ("approve this plan", None),
        ("deny ABCD2345 allow", None),
        ("always", None),
        ("yes please", None),
        ("approve it", None),
        ("yes ABCD2345 now", None),
        ("ABCD2345", None),
        ("yes ABCD1O45", None),
        ("y", None),
        ("ok", None),
        ("", None),
        ("/approve ABCD2345", None),
        ("👍👍", None),
        ("> yes", None),
    ],
)
def test_an_answer_is_a_whole_message_of_one_or_two_words(text: str, answer: OwnerAnswer | None) -> None:
    """Everything else is between the owner and the agent (docs/pairing.md, grammar)."""
    assert read_answer(text) == answer


@given(st.text(max_size=200))
def test_no_other_text_is_an_answer(text: str) -> None:
    """However odd: what is read as an answer says yes or no in its first word."""
    found = read_answer(text)
    if found is not None:
        assert any(word in text.lower() for word in ("yes", "no", "approve", "deny", "always", "👍", "👎"))


def test_nobody_can_type_the_command_that_an_answer_is() -> None:
    """It is no chat command: neither listed nor recognised by its own word."""
    assert command_of("owner-answer") is None
    assert "owner-answer" not in {command.word for command in COMMANDS}


def document(**services: Any) -> dict[str, Any]:
    """Everybody may write; Ann's notices go to the owner."""
    return open_to_all() | {"notify": {"owner": OWNER}, "services": services}


def owner_writes(row: int, text: str, sender: str = OWNER, chat: Any = None, **more: Any) -> InboundMessage:
    """A message from the owner's own chat, after the rows that the phone has given our bubbles."""
    return inbound(row, text, sender=sender, chat=chat or direct_chat(sender, row=9), **more)


async def asked(rig: Rig, handle: str = ANN, code: str = CODE) -> None:
    """Somebody asked to be let in, and the owner reads of it on the phone."""
    now = rig.clock[0]
    await rig.ledger.write(
        lambda tx: pairing.add(tx, ACCOUNT, Handle(handle), direct_chat(handle), code, now)
    )
    await told(rig)


async def told(rig: Rig) -> None:
    """The owner reads on the phone what there is to tell."""
    now, sent = rig.clock[0], len(rig.phone.sent)
    await rig.ledger.write(lambda tx: (gather(tx, {}, now), tell(tx, READERS, {ACCOUNT}, now)))
    rig.gateway.deliver(ACCOUNT)
    await rig.phone.texts(sent + 1)


async def end(ledger: Ledger, row: int) -> LedgerMessage:
    """What became of the message in that row."""
    found = await ledger.read(lambda tx: messages.latest(tx, 1000))
    return next(held for held in found if held.message.row_id == row)


async def granted(ledger: Ledger) -> frozenset[Handle]:
    return await ledger.read(lambda tx: pairing.granted_handles(tx, ACCOUNT))


async def test_a_bare_yes_to_the_notice_lets_in_whoever_asked_and_tells_them(ledger: Ledger) -> None:
    """Demand I6: told on the phone, answered there with one word; the grant says by whom."""
    async with running(ledger, document()) as rig:
        await rig.hear(owner_writes(1, "hello"))
        await rig.phone.texts(1)
        await asked(rig)
        await rig.hear(owner_writes(5000, "Yes"))
        texts = await rig.phone.texts(4)
    assert f"{ANN} asks to be let in (account default, code {CODE})." in texts[1]
    assert "Answer yes or no" in texts[1]
    assert sorted(texts[2:]) == sorted(
        [f"{ANN} was let in.", "You have been let in. Write whenever you like."]
    )
    [grant] = await ledger.read(pairing.grants)
    assert (grant.handle, grant.granted_by) == (ANN, "owner")
    assert len(rig.agent.prompts) == 1


async def test_no_leaves_them_out_and_they_cannot_ask_again_within_the_hour(ledger: Ledger) -> None:
    """Demand I4: one challenge per sender and hour; the owner is not asked about them again and again."""
    closed = document()
    closed["channels"]["imessage"] |= {"dmPolicy": "pairing", "allowFrom": [OWNER]}
    async with running(ledger, closed) as rig:
        await rig.hear(owner_writes(1, "hello"))
        await rig.phone.texts(1)
        await rig.hear(inbound(2, "let me in"))
        await rig.phone.texts(2)
        await told(rig)
        await rig.hear(owner_writes(5000, "no"))
        assert (await rig.phone.texts(4))[3] == f"{ANN} was not let in."
        await rig.hear(inbound(5001, "please"))
        assert (await end(ledger, 5001)).reason == Reason.PAIRING_DENIED
        rig.clock[0] = NOON + timedelta(hours=1)
        await rig.hear(inbound(5002, "now?", at=rig.clock[0]))
        assert (await end(ledger, 5002)).reason == Reason.PAIRING_STARTED
    assert not await granted(ledger)


async def test_with_two_people_a_bare_word_asks_for_the_code_and_the_code_decides(ledger: Ledger) -> None:
    """Never the wrong person inside: a word that could mean either lets in neither (promise 5)."""
    async with running(ledger, document()) as rig:
        await asked(rig)
        rig.clock[0] += timedelta(minutes=2)
        await asked(rig, BOB, OTHER)
        await rig.hear(owner_writes(5000, "yes"))
        texts = await rig.phone.texts(3)
        assert f"approve {CODE} ({ANN})" in texts[2]
        assert f"approve {OTHER} ({BOB})" in texts[2]
        assert not await granted(ledger)
        await rig.hear(owner_writes(5001, f"yes {OTHER.lower()}"))
        await rig.phone.texts(5)
        assert await granted(ledger) == {BOB}


@pytest.mark.parametrize(
    ("row", "text", "sender"),
    [
        (5000, f"yes {CODE}", BOB),
        (5000, f"approve {CODE}", BOB),
        (5000, "yes", BOB),
        (5000, f"approve {OTHER}", OWNER),
        (5000, "yes please", OWNER),
        (3, "yes", OWNER),
    ],
)
async def test_whatever_is_no_answer_of_the_owner_is_an_ordinary_message(
    ledger: Ledger, row: int, text: str, sender: str
) -> None:
    """Others cannot approve; a code that was never given out is a word; what came before the notice answers it not."""
    async with running(ledger, document()) as rig:
        await asked(rig)
        await rig.hear(owner_writes(row, text, sender))
        await rig.phone.texts(2)
        assert [prompt.text for prompt in rig.agent.prompts] == [text]
    assert not await granted(ledger)


async def test_a_bare_word_after_the_agent_spoke_is_for_the_agent(ledger: Ledger) -> None:
    """ "Shall I book it?" "Yes" must not let a stranger in, though one is waiting."""
    async with running(ledger, document()) as rig:
        await asked(rig)
        await rig.hear(owner_writes(5000, "who is that?"))
        await rig.phone.texts(2)
        await rig.hear(owner_writes(6000, "yes"))
        await rig.phone.texts(3)
    assert [prompt.text for prompt in rig.agent.prompts] == ["who is that?", "yes"]
    assert not await granted(ledger)


async def test_in_a_group_the_owner_answers_nothing(ledger: Ledger) -> None:
    """Only the owner's own direct chat counts; in a group others would read and could be taken for them."""
    groups = document()
    groups["channels"]["imessage"] |= {"groupPolicy": "open", "groups": {"*": {"requireMention": False}}}
    async with running(ledger, groups) as rig:
        await asked(rig)
        await rig.hear(owner_writes(5000, f"approve {CODE}", chat=group_chat()))
        await rig.phone.texts(2)
    assert not await granted(ledger)
    assert len(rig.agent.prompts) == 1


async def test_whom_the_gates_refuse_approves_nobody_though_they_are_the_owner(ledger: Ledger) -> None:
    """No path around the gates (design section 6)."""
    closed = document()
    closed["channels"]["imessage"] |= {"dmPolicy": "allowlist", "allowFrom": [BOB]}
    async with running(ledger, closed) as rig:
        await asked(rig)
        await rig.hear(owner_writes(5000, f"approve {CODE}"))
        assert (await end(ledger, 5000)).reason == Reason.DM_NOT_ALLOWED
    assert not await granted(ledger)


@pytest.mark.parametrize(
    ("service", "sms_owner", "state"),
    [
        ("SMS", False, MessageState.DROPPED),
        ("any", False, MessageState.DROPPED),
        ("SMS", True, MessageState.ANSWERED),
        ("iMessage", False, MessageState.ANSWERED),
    ],
)
async def test_an_sms_approves_nobody_unless_the_configuration_says_so(
    ledger: Ledger, service: str, sms_owner: bool, state: MessageState
) -> None:
    """Ruling 16: who sent an SMS is easily forged, and ``any`` may have been one."""
    chat = replace(direct_chat(OWNER, row=9), guid=f"{service};-;{OWNER}")
    async with running(ledger, document(smsOwner=sms_owner)) as rig:
        await asked(rig)
        await rig.hear(owner_writes(5000, f"approve {CODE}", chat=chat))
        if state is MessageState.ANSWERED:
            await rig.phone.texts(3)
        held = await end(ledger, 5000)
    assert held.state is state
    assert bool(await granted(ledger)) == (state is MessageState.ANSWERED)
    if state is MessageState.DROPPED:
        assert held.reason == Reason.OWNER_BY_SMS


async def test_an_answer_needs_neither_a_mention_nor_the_right_to_command(ledger: Ledger) -> None:
    """Whom a notice asks may answer it; the lists of commands are about something else."""
    called = document()
    called["channels"]["imessage"]["requireMentionInDms"] = True
    called["agents"]["list"] = [{"id": "main", "groupChat": {"mentionPatterns": ["claw"]}}]
    called["commands"] = {"ownerAllowFrom": [BOB]}
    async with running(ledger, called) as rig:
        await asked(rig)
        await rig.hear(owner_writes(5000, "yes"))
        await rig.phone.texts(3)
    assert await granted(ledger) == {ANN}


async def test_an_answer_that_comes_an_hour_late_lets_nobody_in(ledger: Ledger) -> None:
    """Requests expire after one hour, whoever approves (requirements page)."""
    decided = await ledger.write(
        lambda tx: (
            pairing.add(tx, ACCOUNT, Handle(ANN), direct_chat(), CODE, NOON),
            decide(tx, CODE, YES, "owner", NOON + timedelta(hours=1)),
        )[1]
    )
    assert decided.account is None
    assert "open" in decided.text
    assert not await granted(ledger)


async def test_a_code_decides_once(ledger: Ledger) -> None:
    """A code never approves twice, and never after it was denied."""

    def work(tx: Tx) -> list[str]:
        pairing.add(tx, ACCOUNT, Handle(ANN), direct_chat(), CODE, NOON)
        return [decide(tx, CODE, said, "owner", NOON).text for said in (NO, YES)]

    denied, again = await ledger.write(work)
    assert denied == f"{ANN} was not let in."
    assert CODE in again
    assert not await granted(ledger)


async def pleaded(rig: Rig, code: str = CODE, *, may_always: bool = True) -> PermissionRequest:
    """An agent asked for permission, and the owner reads of it on the phone."""
    now = rig.clock[0]
    question = PermissionQuestion(
        SessionKey("agent:main:acp:1"),
        outside_agent("codex"),
        ToolKind.EXECUTE,
        "rm -rf build",
        may_always=may_always,
    )
    place = ACCOUNT, direct_chat().key
    made = await rig.ledger.write(
        lambda tx: permissions.ask(tx, question, code, place, now, now + timedelta(minutes=30))
    )
    await told(rig)
    return made


async def answers(ledger: Ledger) -> list[Decision | None]:
    """What was decided about each request of an agent, the oldest first."""
    return [one.decision for one in reversed(await ledger.read(permissions.recent))]


@pytest.mark.parametrize(
    ("text", "decision", "says"),
    [
        ("yes", Decision.ONCE, "codex may, this once."),
        ("👍🏽", Decision.ONCE, "codex may, this once."),
        (f"approve {CODE}", Decision.ONCE, "codex may, this once."),
        (f"always {CODE.lower()}", Decision.ALWAYS, "codex may, from now on."),
        ("no", Decision.DENY, "codex may not."),
        (f"deny {CODE}", Decision.DENY, "codex may not."),
    ],
)
async def test_the_owner_answers_an_agent_that_asks(
    ledger: Ledger, text: str, decision: Decision, says: str
) -> None:
    """Demand L6: asked on the phone what, where and with which code, and answered there."""
    async with running(ledger, document()) as rig:
        await rig.hear(owner_writes(1, "hello"))
        await rig.phone.texts(1)
        await pleaded(rig)
        await rig.hear(owner_writes(5000, text))
        texts = await rig.phone.texts(3)
    assert texts[1:] == [
        f"codex asks: run `rm -rf build` (chat {ANN}, code {CODE}).\nAnswer yes or no, or: approve {CODE}",
        says,
    ]
    assert await answers(ledger) == [decision]
    [kept] = await ledger.read(permissions.recent)
    assert kept.decided_by == "owner"
    assert len(rig.agent.prompts) == 1


async def test_what_cannot_be_allowed_always_is_allowed_once_and_said_so(ledger: Ledger) -> None:
    """The agent would ask again anyhow."""
    async with running(ledger, document()) as rig:
        await pleaded(rig, may_always=False)
        await rig.hear(owner_writes(5000, f"always {CODE}"))
        assert (await rig.phone.texts(2))[1] == "codex may, this once (it does not offer more)."
    assert await answers(ledger) == [Decision.ONCE]


async def test_between_a_person_and_an_agent_a_bare_word_asks_for_the_code(ledger: Ledger) -> None:
    """Never the wrong one: "yes" to a command must not let a stranger in, nor the other way about."""
    async with running(ledger, document()) as rig:
        await asked(rig)
        rig.clock[0] += timedelta(minutes=2)
        await pleaded(rig, OTHER)
        await rig.hear(owner_writes(5000, "yes"))
        texts = await rig.phone.texts(3)
        assert texts[2].splitlines() == [
            "Say which:",
            f"approve {CODE} ({ANN})",
            f"approve {OTHER} (codex asks: run `rm -rf build`)",
        ]
        assert await answers(ledger) == [None]
        await rig.hear(owner_writes(6000, f"no {OTHER}"))
        await rig.phone.texts(4)
    assert await answers(ledger) == [Decision.DENY]
    assert not await granted(ledger)


async def test_an_answer_to_what_is_over_is_told_so_with_a_code_and_the_agents_without(
    ledger: Ledger,
) -> None:
    """A bare word counts only for a question that stands; a code that was given out is never the agent's."""
    async with running(ledger, document()) as rig:
        made = await pleaded(rig)
        await ledger.write(lambda tx: permissions.end(tx, made.id, PermissionState.EXPIRED))
        await rig.hear(owner_writes(5000, "yes"))
        await rig.phone.texts(2)
        await rig.hear(owner_writes(6000, f"always {CODE}"))
        texts = await rig.phone.texts(3)
    assert [prompt.text for prompt in rig.agent.prompts] == ["yes"]
    assert texts[2] == f"No request with the code {CODE} is open any more."
    assert await answers(ledger) == [None]


async def test_nobody_else_answers_an_agent_by_reply(ledger: Ledger) -> None:
    """Not whoever may write, and not with the code either."""
    async with running(ledger, document()) as rig:
        await pleaded(rig)
        await rig.hear(owner_writes(5000, f"approve {CODE}", BOB))
        await rig.phone.texts(2)
    assert await answers(ledger) == [None]


@pytest.mark.parametrize(
    ("tapback", "sender", "decision"),
    [
        ("like", OWNER, Decision.ONCE),
        ("love", OWNER, Decision.ONCE),
        ("dislike", OWNER, Decision.DENY),
        ("laugh", OWNER, None),
        ("question", OWNER, None),
        ("like", BOB, None),
    ],
)
async def test_a_tapback_on_the_notice_answers_what_it_asks(
    ledger: Ledger, tapback: str, sender: str, decision: Decision | None
) -> None:
    """The owner's like, love or dislike, though something else was said since; no other, and nobody else's."""
    async with running(ledger, document()) as rig:
        await rig.hear(owner_writes(1, "hello"))
        await rig.phone.texts(1)
        await pleaded(rig)
        await rig.hear(owner_writes(5000, "who is that?"))
        await rig.phone.texts(3)
        await tapped(rig, 7000, tapback, sender)
    assert await answers(ledger) == [decision]


async def tapped(rig: Rig, row: int, tapback: str, sender: str = OWNER, on: str = "own-1002") -> None:
    """Somebody puts a tapback on our bubble, the second one of the phone unless told otherwise."""
    message = owner_writes(row, tapback, sender)
    await rig.hear(replace(message, is_reaction=True, reply_to_guid=MessageGuid(on)))


async def test_a_tapback_on_anything_else_answers_nothing(ledger: Ledger) -> None:
    """A like for an agent's words is no permission."""
    async with running(ledger, document()) as rig:
        await rig.hear(owner_writes(1, "hello"))
        await rig.phone.texts(1)
        await pleaded(rig)
        await tapped(rig, 7000, "like", on="own-1001")
        await tapped(rig, 7001, "like", on="guid-1")
        await tapped(rig, 7002, "remove-like")
    assert await answers(ledger) == [None]


async def test_a_tapback_on_a_notice_of_several_answers_none_and_of_one_that_is_left_that(
    ledger: Ledger,
) -> None:
    """It does not say which; once but one stands, it does."""
    async with running(ledger, document()) as rig:
        await rig.hear(owner_writes(1, "hello"))
        await rig.phone.texts(1)
        now = rig.clock[0]
        await rig.ledger.write(lambda tx: pairing.add(tx, ACCOUNT, Handle(ANN), direct_chat(ANN), OTHER, now))
        await pleaded(rig)
        await tapped(rig, 4999, "like")
        assert await answers(ledger) == [None]
        await rig.hear(owner_writes(5000, f"no {OTHER}"))
        await rig.phone.texts(3)
        await tapped(rig, 7000, "like")
        assert "codex may, this once." in await rig.phone.texts(4)
    assert await answers(ledger) == [Decision.ONCE]
