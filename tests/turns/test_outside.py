"""A conversation with an outside agent: its gates, its commands, its life, from the phone to the agent and back."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from tests.making import ACCOUNT, NOON, direct_chat, group_chat
from tests.rig import Agent, configure
from tests.turns.commands.acp.programs import (
    bindings_of,
    outside,
    outside_house,
    sessions_of,
)
from tests.turns.commands.house import OTHER, OWNER, STRANGER, in_group, says

from openclaw.assembly import rulebook
from openclaw.config.accounts import resolve_accounts
from openclaw.config.agents import resolve_agents
from openclaw.domain.acp import AcpBinding, AcpOptions, AcpSession, outside_agent
from openclaw.domain.admission import Reason
from openclaw.domain.chats import ChatRef
from openclaw.domain.ids import NO_NUMBER, AgentId, SessionKey
from openclaw.domain.messages import LedgerMessage, MessageState
from openclaw.domain.sessions import Peer, PeerKind
from openclaw.domain.turns import Finished, Prompt, TurnEvent
from openclaw.store import Ledger, Tx, acp_bindings, acp_sessions, messages, sessions, turns
from openclaw.turns.outside import outside_rules

SPAWNED = SessionKey("agent:codex:acp:6f1c3a62-9d1e-4f55-8f29-0ac9f7a4a1d2")


def bind(chat: ChatRef, by: str = OWNER) -> Any:
    """Bind a chat, as /acp spawn does."""

    def work(tx: Tx) -> None:
        codex = outside_agent("codex")
        acp_sessions.begin(tx, AcpSession(SPAWNED, codex, "codex", "persistent", "/srv"), NOON)
        acp_bindings.bind(tx, AcpBinding(ACCOUNT, chat.key, SPAWNED, codex, by, NOON, NOON))

    return work


async def last(ledger: Ledger) -> LedgerMessage:
    """The newest message that a person wrote."""
    latest = await ledger.read(lambda tx: messages.latest(tx, 10))
    return next(held for held in latest if not held.message.from_me)


@pytest.mark.parametrize(
    ("channel", "said", "reason"),
    [
        ({}, says(1, "hello", STRANGER, direct_chat(STRANGER, 9)), Reason.DM_NOT_ALLOWED),
        ({"dmPolicy": "disabled"}, says(1, "hello", STRANGER, direct_chat(STRANGER, 9)), Reason.DM_DISABLED),
        ({"groupPolicy": "disabled"}, in_group(1, "hello"), Reason.GROUPS_DISABLED),
        ({"groupPolicy": "allowlist"}, in_group(1, "hello", STRANGER), Reason.GROUP_SENDER),
        ({"groups": {"8": {}}, "groupPolicy": "allowlist"}, in_group(1, "hello"), Reason.GROUP_NOT_LISTED),
        ({"groups": {"*": {}}}, in_group(1, "hello"), Reason.NOT_MENTIONED),
    ],
)
@pytest.mark.parametrize("is_bound", [False, True])
async def test_no_binding_opens_a_gate(
    ledger: Ledger, channel: dict[str, Any], said: Any, reason: Reason, is_bound: bool
) -> None:
    """Access and mentions are asked before and whatever is bound (behaviour facts H.5): never a stranger inside."""
    document = outside_house()
    document["channels"]["imessage"] |= channel
    document["messages"] |= {"groupChat": {"mentionPatterns": ["@bot"]}}
    if is_bound:
        await ledger.write(bind(said.chat))
    async with outside(ledger, document) as rig:
        await rig.hear(said)

    held = await last(ledger)
    assert held.reason == reason
    assert held.state in (MessageState.DROPPED, MessageState.CONTEXT)
    assert rig.agent.prompts == []


@pytest.mark.parametrize(
    ("said", "answered"), [("@codex hello", True), ("@helper hello", False), ("@main hello", False)]
)
async def test_it_is_called_by_the_names_of_the_agent_that_it_is(
    ledger: Ledger, said: str, answered: bool
) -> None:
    """mentionPatterns are those of the agent of the final route (behaviour facts H.5)."""
    document = outside_house()
    document["channels"]["imessage"]["groups"] = {"*": {"requireMention": True}}
    document["agents"]["list"] = [
        {"id": one, "groupChat": {"mentionPatterns": [f"@{one}"]}} for one in ("main", "helper", "codex")
    ]
    await ledger.write(bind(group_chat(7)))
    async with outside(ledger, document) as rig:
        await rig.hear(in_group(1, said))
        if answered:
            await rig.phone.texts(1)

    assert ((await last(ledger)).reason != Reason.NOT_MENTIONED) is answered


def test_an_agent_that_is_not_configured_goes_by_the_default_one() -> None:
    """Nothing of a gate is lost where only a program is named."""
    document = outside_house()
    document["agents"]["list"] = [
        {"id": "other"},
        {"id": "main", "default": True, "groupChat": {"mentionPatterns": ["@main"]}},
    ]
    config = configure(document)
    rules = rulebook(resolve_accounts(config), resolve_agents(config), config)
    bound = AcpBinding(ACCOUNT, group_chat(7).key, SPAWNED, outside_agent("codex"), OWNER, NOON, NOON)
    route = rules.routes.find(ACCOUNT, Peer(PeerKind.GROUP, "7"), group_chat(7), "US", bound)

    manners = rules.manners(route)
    assert manners.is_called("@main hello", required=True)
    assert not manners.is_called("hello", required=True)


OURS = [
    ("/status", "/status"),
    ("/help", "/help"),
    ("/whoami", "/whoami"),
    ("/verbose on", "/verbose"),
    ("/usage tokens", "/usage"),
    ("/queue collect", "/queue"),
    ("/send inherit", "/send"),
    ("/acp help", "/acp"),
    ("/stop", "/stop"),
    ("/reset", "/reset"),
]
ITS_OWN = [
    "/compact",
    "/model opus",
    "/models",
    "/think high",
    "/context",
    "/init a project",
    "look at this /think high and /status",
    "/new-branch please",
]


@pytest.mark.parametrize(("said", "word"), OURS)
async def test_some_commands_stay_ours(ledger: Ledger, said: str, word: str) -> None:
    """What concerns the conversation and not the agent is the gateway's (behaviour facts H.8)."""
    await ledger.write(bind(direct_chat(OWNER, 1)))
    async with outside(ledger) as rig:
        await rig.hear(says(1, said))
        await rig.phone.texts(1)

    assert (await last(ledger)).command == word
    assert rig.agent.prompts == []


@pytest.mark.parametrize("said", ITS_OWN)
async def test_every_other_text_reaches_an_outside_agent_word_for_word(ledger: Ledger, said: str) -> None:
    """It has commands of its own; nothing is taken out of what it is told (behaviour facts H.8)."""
    await ledger.write(bind(direct_chat(OWNER, 1)))
    async with outside(ledger) as rig:
        await rig.hear(says(1, said))
        await rig.phone.texts(1)

    assert rig.agent.sessions == [SPAWNED]
    assert said in rig.agent.prompts[0].text


async def test_an_agent_of_the_list_that_a_program_answers_for_keeps_its_session_and_its_words(
    ledger: Ledger,
) -> None:
    """An ordinary route to it opens a session under the ordinary key (ruling 6)."""
    document = outside_house()
    document["agents"]["list"] = [{"id": "coder", "runtime": {"type": "acp", "acp": {"agent": "codex"}}}]
    async with outside(ledger, document, also=[AgentId("coder")]) as rig:
        await rig.hear(says(1, "/compact"))
        await rig.phone.texts(1)

    [session] = await sessions_of(ledger)
    assert (session.key, session.agent, session.harness) == (
        "agent:coder:imessage:direct:+15550100001",
        "coder",
        "codex",
    )
    assert "/compact" in rig.agent.prompts[0].text


async def test_what_waited_for_an_agent_that_a_program_answers_for_by_now_has_its_session(
    ledger: Ledger,
) -> None:
    """It was judged when the agent was one of ours; one that was spawned and closed is not made again by it."""
    agent, begun = Agent(), asyncio.Event()

    async def stuck(_prompt: Prompt) -> AsyncGenerator[TurnEvent]:
        begun.set()
        await asyncio.Event().wait()
        yield Finished("m")

    agent.behave = stuck
    document = outside_house()
    document["agents"]["list"] = [{"id": "coder"}]
    async with outside(ledger, document, agent=agent) as rig:
        await rig.hear(says(1, "one"))
        await begun.wait()
        await rig.hear(says(2, "two"))
    assert await sessions_of(ledger) == []
    document["agents"]["list"] = [{"id": "coder", "runtime": {"type": "acp", "acp": {"agent": "codex"}}}]
    async with outside(ledger, document, also=[AgentId("coder")]) as rig:
        await rig.phone.texts(2)

    [session] = await sessions_of(ledger)
    assert (session.key, session.agent, session.harness) == (
        "agent:coder:imessage:direct:+15550100001",
        "coder",
        "codex",
    )


async def test_no_turn_makes_a_session_again_that_was_closed(ledger: Ledger) -> None:
    """What the operator has repeated finds none, and says so."""
    rules = outside_rules(configure(outside_house()), frozenset())

    def work(tx: Tx) -> None:
        ids = messages.receive(tx, [says(1, "hello")], NOON)
        held = replace(messages.load(tx, ids)[0], session=SPAWNED, agent=outside_agent("codex"))
        rules.prepare(tx, turns.create(tx, [held], NOON), NOON)

    await ledger.write(work)
    assert await sessions_of(ledger) == []


async def test_new_and_reset_begin_anew_in_place(ledger: Ledger) -> None:
    """The same key and binding, another generation; text behind it is the next prompt (behaviour facts H.6)."""
    await ledger.write(bind(direct_chat(OWNER, 1)))
    async with outside(ledger) as rig:
        await rig.hear(says(1, "hello"))
        await rig.phone.texts(1)
        await rig.hear(says(2, "/reset"))
        told = (await rig.phone.texts(2))[1]
        await rig.hear(says(3, "/new opus /think high"))
        await rig.phone.texts(3)
        await rig.hear(says(4, "/reset soft go on"))
        refused = (await rig.phone.texts(4))[3]

    kept = await ledger.read(lambda tx: sessions.find(tx, SPAWNED))
    assert told == "Reset in place: the same agent goes on here with a new conversation."
    assert rig.agent.prompts[1].text.endswith("opus /think high")
    assert refused.startswith("An outside agent keeps no summary here")
    assert kept is not None
    assert kept.generation == 3
    assert len(await bindings_of(ledger)) == 1


async def test_no_time_of_day_resets_it(ledger: Ledger) -> None:
    """Daily and idle resets are for ordinary sessions; this one is reset by people alone."""
    document = outside_house()
    document["session"] |= {"reset": {"mode": "idle", "idleMinutes": 1}, "threadBindings": {"idleHours": 0}}
    await ledger.write(bind(direct_chat(OWNER, 1)))
    async with outside(ledger, document) as rig:
        await rig.hear(says(1, "hello"))
        await rig.phone.texts(1)
        rig.clock[0] = NOON + timedelta(days=3)
        await rig.hear(says(2, "still there?"))
        await rig.phone.texts(2)

    kept = await ledger.read(lambda tx: sessions.find(tx, SPAWNED))
    assert kept is not None
    assert kept.generation == 1


async def test_status_tells_who_answers_by_which_rule_and_until_when(ledger: Ledger) -> None:
    """Nothing internal: no paths (promise 4, and contacts never see internals)."""
    async with outside(ledger) as rig:
        await rig.hear(says(1, "/acp spawn codex --bind here --label tests", OTHER))
        await rig.phone.texts(1)
        await rig.hear(says(2, "/status", OTHER))
        told = (await rig.phone.texts(2))[1]

    assert "Agent: codex\n" in told
    assert ", tests, idle" in told
    assert f"Bound here by {OTHER} since 2026-03-04" in told
    assert "unless something is said, until 2026-03-05" in told
    assert "model" not in told
    assert "/nonexistent" not in told


async def test_a_binding_ends_by_itself_and_the_next_message_goes_its_ordinary_way(ledger: Ledger) -> None:
    """Idle time is enforced and begins again with each message (ruling 6)."""
    await ledger.write(bind(direct_chat(OWNER, 1)))
    async with outside(ledger) as rig:
        rig.clock[0] = NOON + timedelta(hours=23)
        await rig.hear(says(1, "hello"))
        await rig.phone.texts(1)
        rig.clock[0] = NOON + timedelta(hours=46)
        await rig.gateway.sweep()
        assert len(await bindings_of(ledger)) == 1
        rig.clock[0] = NOON + timedelta(hours=47)
        await rig.gateway.sweep()
        await rig.hear(says(2, "hello again"))
        await rig.phone.texts(2)

    assert await bindings_of(ledger) == []
    assert rig.agent.sessions == [SPAWNED, "agent:main:imessage:direct:+15550100001"]
    over = await ledger.read(lambda tx: acp_bindings.expired(tx, ACCOUNT, direct_chat(OWNER, 1).key))
    assert over is not None
    assert "nothing was said for too long" in over.reason


async def test_a_binding_to_a_session_that_is_gone_is_released(ledger: Ledger) -> None:
    """Nobody could answer there, so the conversation goes its ordinary way; the trail tells why."""
    await ledger.write(bind(direct_chat(OWNER, 1)))
    await ledger.write(lambda tx: acp_sessions.remove(tx, [SPAWNED]))
    async with outside(ledger) as rig:
        await rig.hear(says(1, "hello"))
        await rig.phone.texts(1)
        await rig.gateway.sweep()

    assert rig.agent.sessions == ["agent:main:imessage:direct:+15550100001"]
    assert await bindings_of(ledger) == []
    over = await ledger.read(lambda tx: acp_bindings.expired(tx, ACCOUNT, direct_chat(OWNER, 1).key))
    assert over is not None
    assert over.reason == f"{SPAWNED}: its session is gone"


async def test_its_messages_wait_while_outside_agents_are_off(ledger: Ledger) -> None:
    """No other agent answers in its place (demand L5), and nothing is lost."""
    await ledger.write(bind(direct_chat(OWNER, 1)))
    async with outside(ledger, outside_house(enabled=False)) as rig:
        await rig.hear(says(1, "hello"))
        await rig.hear(says(2, "hello", OTHER))
        assert await rig.phone.texts(1) == ["You said hello"]
    [waiting] = await ledger.read(lambda tx: messages.in_state(tx, MessageState.WAITING))
    async with outside(ledger, agent=Agent()) as rig:
        assert await rig.phone.texts(1) == ["You said hello"]

    assert (waiting.agent, waiting.session) == ("acp:codex", SPAWNED)


async def test_a_chat_known_by_an_unproven_number_alone_is_bound_to_nothing(ledger: Ledger) -> None:
    """In another database the number may be another conversation's (design section 5)."""
    rules = outside_rules(configure(outside_house()), frozenset())
    nameless = ChatRef(NO_NUMBER, "")

    def work(tx: Tx) -> AcpBinding | None:
        bind(nameless)(tx)
        return rules.bound(tx, ACCOUNT, nameless, NOON)

    assert await ledger.write(work) is None


async def test_a_session_follows_its_configuration_but_not_over_what_a_person_set(ledger: Ledger) -> None:
    """On a mismatch it is made anew (behaviour facts H.5); a folder that was set stays."""
    match = {"channel": "imessage", "peer": {"kind": "direct", "id": OWNER}}

    def take(tx: Tx, acp: dict[str, str]) -> tuple[str, str, str]:
        binding = {"type": "acp", "agentId": "codex", "match": match, "acp": acp}
        config = configure(outside_house([binding]))
        rules = rulebook(resolve_accounts(config), resolve_agents(config), config)
        peer, chat = Peer(PeerKind.DIRECT, OWNER), direct_chat(OWNER, 1)
        route = rules.routes.find(ACCOUNT, peer, chat, "US")
        rules.outside.take(tx, route, chat, NOON)
        found = acp_sessions.find(tx, route.session)
        assert found is not None
        return found.cwd, found.label, found.mode

    def mine(tx: Tx) -> None:
        [session] = acp_sessions.newest(tx)
        acp_sessions.set_options(tx, session.key, AcpOptions(cwd="/srv/mine"))
        acp_sessions.set_cwd(tx, session.key, "/srv/mine")

    assert await ledger.write(lambda tx: take(tx, {"cwd": "/srv/one"})) == ("/srv/one", "", "persistent")
    two = {"cwd": "/srv/two", "label": "work"}
    assert await ledger.write(lambda tx: take(tx, two)) == ("/srv/two", "work", "persistent")
    await ledger.write(mine)
    three = {"cwd": "/srv/three", "mode": "oneshot"}
    assert await ledger.write(lambda tx: take(tx, three)) == ("/srv/mine", "", "oneshot")
