"""From the configuration to what each part is given."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.making import ACCOUNT, NOON, direct_chat
from tests.rig import Agent, configure

from openclaw import assembly, cast, doors, wording
from openclaw.config.accounts import resolve_accounts
from openclaw.config.acp import acp_settings
from openclaw.config.agents import resolve_agents
from openclaw.config.sections.root import Config
from openclaw.domain.access import Notified
from openclaw.domain.bridge import NO_BRIDGE, Bridge
from openclaw.domain.handles import Handle
from openclaw.domain.ids import AccountId, AgentId, SessionKey, TurnId
from openclaw.domain.turns import QueueDrop, QueueMode, Turn
from openclaw.errors import ConfigInvalid
from openclaw.outbound.compose import Style
from openclaw.turns.agent import Agent as TurnAgent
from openclaw.turns.queueing import Queue


def test_an_agent_without_a_model_has_no_runtime() -> None:
    """Design section 8: its messages wait; never a silent other agent."""
    config = configure({"agents": {"list": [{"id": "a", "model": "p/m"}, {"id": "b"}]}})
    known = _agents(config)
    assert known[AgentId("a")].runtime is not None
    assert known[AgentId("b")].runtime is None


def test_an_agent_of_another_runtime_is_not_answered_by_the_embedded_one() -> None:
    """Demand L5: never answer as another agent."""
    config = configure({"agents": {"list": [{"id": "codex", "model": "p/m", "runtime": {"type": "acp"}}]}})
    own, outside = Agent(), Agent()
    configured = resolve_agents(config)
    known = cast.agents(configured, own, outside, acp_settings(config), Path("/state"))
    assert known[AgentId("codex")].runtime is outside
    assert assembly.models(configured) == {}


def test_every_program_that_a_conversation_can_be_bound_to_is_an_agent() -> None:
    """Known harnesses, those of `acp.agents`, and configured agents; each works in the folder of its sessions."""
    config = configure({"acp": {"agents": {"mine": {"command": "/opt/mine", "cwd": "/srv/mine"}}}})
    known = _agents(config)
    assert {AgentId("acp:codex"), AgentId("acp:claude"), AgentId("acp:mine")} <= known.keys()
    assert known[AgentId("acp:mine")].files.workspace == Path("/srv/mine")


def _agents(config: Config) -> dict[AgentId, TurnAgent]:
    return cast.agents(resolve_agents(config), Agent(), Agent(), acp_settings(config), Path("/state"))


@pytest.mark.parametrize(
    ("name", "mode", "one_by_one"),
    [
        ("collect", QueueMode.COLLECT, False),
        ("followup", QueueMode.FOLLOWUP, True),
        ("queue", QueueMode.FOLLOWUP, True),
        ("steer", QueueMode.STEER, True),
        ("steer-backlog", QueueMode.STEER, True),
        ("steer+backlog", QueueMode.STEER, True),
        ("interrupt", QueueMode.INTERRUPT, False),
    ],
)
def test_every_queue_mode_of_the_original_has_a_meaning(name: str, mode: QueueMode, one_by_one: bool) -> None:
    """messages.queue.mode; steering falls back to followup where the runtime cannot (design section 7)."""
    queue = assembly.queue(configure({"messages": {"queue": {"mode": name}}}))
    assert (queue.mode, queue.is_one_by_one) == (mode, one_by_one)


def test_the_channel_overrides_mode_and_waiting() -> None:
    """messages.queue.byChannel.imessage and debounceMsByChannel, messages.inbound.byChannel; cap and drop."""
    queue = {
        "mode": "collect",
        "byChannel": {"imessage": "interrupt"},
        "debounceMsByChannel": {"imessage": 250},
        "cap": 3,
        "drop": "old",
    }
    inbound = {"debounceMs": 2000, "byChannel": {"imessage": 500}}
    config = configure({"messages": {"queue": queue, "inbound": inbound}})
    assert assembly.queue(config) == Queue(QueueMode.INTERRUPT, 0.25, 3, QueueDrop.OLD)
    assert assembly.arrivals(config).quiet == timedelta(milliseconds=500)


def test_nobody_is_waited_for_unless_it_is_configured() -> None:
    """messages.inbound.debounceMs is 0 when unset (behaviour facts A.11)."""
    assert assembly.arrivals(configure({})).quiet == timedelta(0)
    assert assembly.queue(configure({})) == Queue(QueueMode.COLLECT, 1.0, 20, QueueDrop.SUMMARIZE)


def test_a_mention_pattern_that_cannot_be_used_is_named() -> None:
    """Demand H5: reject bad patterns loudly, already where the file is read."""
    document = {"agents": {"list": [{"id": "a", "groupChat": {"mentionPatterns": ["ok", "(?=look)"]}}]}}
    with pytest.raises(ConfigInvalid, match=r"agents\.list\[0\]\.groupChat\.mentionPatterns\[1\]"):
        configure(document)


def test_without_patterns_an_agent_is_called_by_its_name() -> None:
    """Ruling 14: patterns derived from the identity."""
    config = configure({"agents": {"list": [{"id": "a", "identity": {"name": "Molty"}}]}})
    [agent] = resolve_agents(config)
    assert assembly.mentions(agent).occur_in("hey @molty, you there?")
    assert not assembly.mentions(agent).occur_in("moltyish")


def test_an_account_overrides_how_it_speaks() -> None:
    """channels.imessage: textChunkLimit, chunkMode, markdown.tables; block tables mean code."""
    imessage = {"textChunkLimit": 500, "chunkMode": "newline", "markdown": {"tables": "block"}}
    [account] = resolve_accounts(configure({"channels": {"imessage": imessage}}))
    assert wording.style(account) == Style(tables="code", limit=500, mode="newline")


@pytest.mark.parametrize(
    ("everywhere", "here", "lead"),
    [(">", None, "> hi"), (">", "", "hi"), (None, "auto", "[Molty] hi"), (None, "[{model}]", "[m] hi")],
)
def test_the_response_prefix_of_the_account_wins(everywhere: str | None, here: str | None, lead: str) -> None:
    """Behaviour facts A.11: account, channel, global; the first that is set wins, "" switches it off."""
    identity = {"id": "a", "model": "p/m", "identity": {"name": "Molty"}}
    document: dict[str, object] = {
        "agents": {"list": [identity]},
        "channels": {"imessage": {"enabled": True}},
    }
    if everywhere is not None:
        document["messages"] = {"responsePrefix": everywhere}
    if here is not None:
        document["channels"] = {"imessage": {"responsePrefix": here}}
    config = configure(document)
    say = wording.speech(resolve_accounts(config), resolve_agents(config))
    turn = Turn(TurnId(1), ACCOUNT, AgentId("a"), SessionKey("s"), direct_chat(), False, (), 1, effects=False)
    assert [message.text for message in say(turn, "hi")] == [lead]


def test_notices_go_to_one_handle_as_each_enabled_account_writes_it() -> None:
    """A number without its country is one of the account's region; an account that is off sends nothing."""
    accounts = {"work": {"region": "DE", "dbPath": "/a"}, "home": {"dbPath": "/b"}, "off": {"enabled": False}}
    config = configure(
        {
            "channels": {"imessage": {"accounts": accounts, "defaultAccount": "home"}},
            "notify": {"owner": "0171 1234567"},
            "services": {"smsOwner": True},
        }
    )
    readers = doors.readers(config)
    assert readers.default == "home"
    assert set(readers.at) == {"work", "home"}
    assert readers.at[AccountId("work")] == Notified(
        Handle("+491711234567"), by_sms=True, listed=False, by_grant=True
    )
    [work] = [one for one in resolve_accounts(config) if one.id == "work"]
    assert doors.door(work, config).owner == readers.at[AccountId("work")]


@pytest.mark.parametrize(
    ("section", "listed", "by_grant"),
    [
        ({}, False, True),
        ({"allowFrom": ["(555) 010-0001"]}, True, True),
        ({"allowFrom": ["chat_identifier:+15550100001"]}, True, True),
        ({"ownHandles": ["+15550100001"], "dmPolicy": "disabled"}, True, False),
        ({"allowFrom": ["+15550100001"], "dmPolicy": "disabled"}, False, False),
        ({"allowFrom": ["+15550100002"], "dmPolicy": "allowlist"}, False, False),
        ({"allowFrom": ["+15550100001"], "dmPolicy": "allowlist"}, True, False),
        ({"allowFrom": ["*"], "dmPolicy": "open"}, True, False),
    ],
)
def test_whether_the_person_told_may_answer(section: dict[str, Any], listed: bool, by_grant: bool) -> None:
    """A reply passes the same gates as every message, so who is not let in is not asked for one."""
    config = configure({"channels": {"imessage": section}, "notify": {"owner": "+15550100001"}})
    [told] = doors.readers(config).at.values()
    assert (told.listed, told.by_grant) == (listed, by_grant)


def test_without_an_owner_nobody_is_sent_notices() -> None:
    """Off by default: nothing is texted to anybody who was not named (demand B1)."""
    assert doors.readers(configure({"channels": {"imessage": {"allowFrom": ["+15550100001"]}}})).at == {}


def test_a_conversation_has_threads_where_its_phone_and_its_service_do() -> None:
    """Asked of the phone at each turn: the helper may come and go; an SMS has none."""
    config = configure({})
    bridges = {ACCOUNT: Bridge(reply=True)}
    rules = assembly.claim_rules({}, config, lambda: NOON, lambda account: bridges[account])
    one = Turn(TurnId(1), ACCOUNT, AgentId("main"), SessionKey("s"), direct_chat(), False, (), 1, False)
    assert rules.brief(one).threads
    assert not rules.brief(replace(one, chat=direct_chat(service="SMS"))).threads
    bridges[ACCOUNT] = NO_BRIDGE
    assert not rules.brief(one).threads
