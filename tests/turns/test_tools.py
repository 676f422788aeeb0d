"""Which tools a turn gets: the decision table, the order of policies, and what never widens them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.making import ACCOUNT, ANN, BOB, NOON, direct_chat, group_chat
from tests.rig import configure

from openclaw import assembly
from openclaw.config.sections.imessage import ToolPolicy
from openclaw.config.sections.tools import Tools
from openclaw.domain.ids import AccountId, AgentId, MessageId, SessionKey, TurnId
from openclaw.domain.tools import OWN_TOOLS, SHOWN_AT_ONCE, ToolRights
from openclaw.domain.turns import Turn, TurnMessage
from openclaw.turns.tools import agent_rights, sender_rights

MAIN = AgentId("main")
NAMES = (*sorted(OWN_TOOLS), "files__read", "files__write")
ALL = set(NAMES)
FILES = {"read_file", "write_file", "list_files"}
REMOTE = {"files__read", "files__write"}


def _permitted(rights: ToolRights) -> set[str]:
    return {name for name in NAMES if rights.permits(name)}


def _turn(*senders: tuple[str, bool], is_group: bool = True, text: str = "hello", **more: Any) -> Turn:
    spoken = tuple(
        TurnMessage(MessageId(number), sender, text, NOON, authorised=authorised)
        for number, (sender, authorised) in enumerate(senders)
    )
    chat = group_chat() if is_group else direct_chat()
    account, agent = more.get("account", ACCOUNT), more.get("agent", MAIN)
    return Turn(TurnId(1), account, agent, SessionKey("s"), chat, is_group, spoken, 1, False)


def _rights(turn: Turn, document: dict[str, Any] | None = None, **channel: Any) -> set[str]:
    base: dict[str, Any] = {"channels": {"imessage": {"allowFrom": [ANN], **channel}}}
    return _permitted(assembly.tool_rules(configure({**base, **(document or {})})).rights(turn))


@pytest.mark.parametrize(
    ("policy", "trusted", "stranger"),
    [
        (None, ALL, {"conversation"}),
        (ToolPolicy(), ALL, {"conversation"}),
        (ToolPolicy(allow=("read_file",)), {"read_file"}, {"read_file"}),
        (ToolPolicy(allow=()), set[str](), set[str]()),
        (ToolPolicy(also_allow=("files__*",)), ALL, {"conversation", *REMOTE}),
        (ToolPolicy(deny=("group:fs",)), ALL - FILES, {"conversation"}),
        (ToolPolicy(deny=("*",)), set[str](), set[str]()),
        (
            ToolPolicy(allow=("group:fs",), deny=("write_file",)),
            FILES - {"write_file"},
            FILES - {"write_file"},
        ),
        (ToolPolicy(also_allow=("read",), deny=("conversation",)), ALL - {"conversation"}, {"read_file"}),
    ],
)
def test_the_decision_table(policy: ToolPolicy | None, trusted: set[str], stranger: set[str]) -> None:
    """The table at the top of turns/tools.py, row by row."""
    assert _permitted(sender_rights(policy, trusted=True)) == trusted
    assert _permitted(sender_rights(policy, trusted=False)) == stranger


@pytest.mark.parametrize(
    ("everywhere", "own", "has"),
    [
        (Tools(), None, ALL),
        (Tools(profile="minimal"), None, {"conversation"}),
        (Tools(profile="messaging"), None, {"conversation", "send_file", *SHOWN_AT_ONCE, *REMOTE}),
        (Tools(profile="coding"), None, ALL),
        (Tools(profile="minimal"), Tools(profile="full"), ALL),
        (Tools(profile="minimal", also_allow=("read_file",)), None, {"conversation", "read_file"}),
        (
            Tools(profile="minimal", also_allow=("read_file",)),
            Tools(also_allow=("write_file",)),
            {"conversation", "write_file"},
        ),
        (Tools(allow=("group:fs",)), Tools(allow=("read_file", "conversation")), {"read_file"}),
        (Tools(deny=("bundle-mcp",)), Tools(allow=("*",)), ALL - REMOTE),
        (Tools(), Tools(deny=("exec", "write")), ALL - {"write_file"}),
    ],
)
def test_what_an_agent_has(everywhere: Tools, own: Tools | None, has: set[str]) -> None:
    """The global lists and the agent's own each narrow; its own profile and alsoAllow take the global ones' place."""
    assert _permitted(agent_rights(everywhere, own)) == has


def test_who_may_command_gets_the_agents_tools_and_others_nearly_none() -> None:
    """Nothing configured: in doubt deny (docs/tools.md)."""
    assert _rights(_turn((ANN, True))) == ALL
    assert _rights(_turn((ANN, True), is_group=False)) == ALL
    assert _rights(_turn((BOB, False))) == {"conversation"}
    assert _rights(_turn((BOB, False), is_group=False)) == {"conversation"}


def test_authority_that_everybody_has_is_none() -> None:
    """With "*" in a list, being authorised says nothing: only who is named gets the tools."""
    everybody = {"dmPolicy": "open", "allowFrom": ["*", ANN]}
    assert _rights(_turn((ANN, True), is_group=False), **everybody) == ALL
    assert _rights(_turn((BOB, True), is_group=False), **everybody) == {"conversation"}
    free = {"commands": {"useAccessGroups": False}}
    assert _rights(_turn((BOB, True), is_group=False), free) == {"conversation"}
    assert _rights(_turn((ANN, True), is_group=False), free) == ALL


@pytest.mark.parametrize(
    ("service", "trusted", "extra"),
    [
        ("iMessage", True, {}),
        ("SMS", False, {}),
        ("RCS", False, {}),
        ("any", False, {}),
        ("SMS", True, {"services": {"smsOwner": True}}),
    ],
)
def test_what_may_have_come_by_sms_gets_no_tools_unless_that_is_trusted(
    service: str, trusted: bool, extra: dict[str, Any]
) -> None:
    """The sender of an SMS is easily forged (ruling 16: in doubt deny)."""
    turn = replace(_turn((ANN, True), is_group=False), chat=direct_chat(ANN, service=service))
    assert _rights(turn, extra) == (ALL if trusted else {"conversation"})


def test_a_turn_for_several_people_gets_what_each_of_them_would() -> None:
    """A stranger's words in the same turn take the tools away from it."""
    groups = {"7": {"toolsBySender": {ANN: {"allow": ["read", "write"]}, BOB: {"allow": ["read"]}}}}
    assert _rights(_turn((ANN, True), (BOB, False)), groups=groups) == {"read_file"}
    assert _rights(_turn((ANN, True), (BOB, False))) == {"conversation"}


GROUP = {
    "7": {"tools": {"allow": ["read_file"]}, "toolsBySender": {ANN: {"allow": ["write_file"]}}},
    "*": {
        "tools": {"allow": ["list_files"]},
        "toolsBySender": {ANN: {"deny": ["*"]}, BOB: {"allow": ["conversation"]}},
    },
}


@pytest.mark.parametrize(
    ("groups", "sender", "has"),
    [
        (GROUP, ANN, {"write_file"}),
        (GROUP, BOB, {"read_file"}),
        ({"*": GROUP["*"]}, ANN, set[str]()),
        ({"*": GROUP["*"]}, BOB, {"conversation"}),
        ({"*": GROUP["*"]}, "+15550100009", {"list_files"}),
        ({"7": {"toolsBySender": {"*": {"allow": ["read"]}}, "tools": {"deny": ["*"]}}}, BOB, {"read_file"}),
        ({"8": GROUP["7"], "*": {"tools": {"deny": ["*"]}}}, ANN, set[str]()),
        ({"chat_guid:any;+;chat7": GROUP["7"]}, ANN, {"write_file"}),
    ],
)
def test_the_order_of_policies_in_a_group(groups: dict[str, Any], sender: str, has: set[str]) -> None:
    """Facts C.8: the group's sender, the group, the sender of "*", "*"; the first one found counts alone."""
    assert _rights(_turn((sender, True)), groups=groups, allowFrom=[ANN, BOB]) == has


@pytest.mark.parametrize(
    "key",
    [
        *(
            "+15550100001",
            "id:+15550100001",
            "e164:(555) 010-0001",
            "username:+1 555 010 0001",
            "name:5550100001",
        ),
        *("imessage:+15550100001", "E164:+15550100001"),
    ],
)
def test_every_spelling_of_a_sender_is_the_same_person(key: str) -> None:
    """Normalised with the account's region (ruling 4); a prefix decides only which of two keys counts."""
    groups = {"7": {"toolsBySender": {key: {"allow": ["read_file"]}}}}
    assert _rights(_turn((ANN, True)), groups=groups) == {"read_file"}
    assert _rights(_turn((BOB, True)), groups=groups, allowFrom=[ANN, BOB]) == ALL


def test_of_two_keys_for_one_person_the_more_exact_counts() -> None:
    """Facts C.8: id, e164, username, name."""
    by_sender = {f"name:{ANN}": {"allow": ["read"]}, f"e164:{ANN}": {"allow": ["write"]}}
    assert _rights(_turn((ANN, True)), groups={"7": {"toolsBySender": by_sender}}) == {"write_file"}
    by_sender[f"id:{ANN}"] = {"allow": ["list_files"]}
    assert _rights(_turn((ANN, True)), groups={"7": {"toolsBySender": by_sender}}) == {"list_files"}


def test_a_group_never_gives_what_the_agent_does_not_have() -> None:
    """On top of the agent's policy: more rules never give more (facts C.8)."""
    groups = {"7": {"tools": {"allow": ["*"]}}}
    document = {
        "tools": {"deny": ["write"]},
        "agents": {"list": [{"id": "main", "tools": {"allow": ["group:fs"]}}]},
    }
    assert _rights(_turn((ANN, True)), document, groups=groups) == FILES - {"write_file"}


def test_group_policies_do_not_count_in_a_direct_chat() -> None:
    """``groups`` is about groups, ``"*"`` too."""
    groups = {"*": {"tools": {"deny": ["*"]}}}
    assert _rights(_turn((ANN, True), is_group=False), groups=groups) == ALL


@pytest.mark.parametrize("more", [{"account": AccountId("gone")}, {"agent": AgentId("gone")}])
def test_what_is_not_configured_any_more_gets_nothing(more: dict[str, Any]) -> None:
    """A turn that waited through a change of the configuration: in doubt deny."""
    assert _rights(_turn((ANN, True), **more)) == set()
    assert _rights(_turn()) == set()


@given(st.text(), st.text())
def test_nothing_that_is_said_changes_the_rights(text: str, sender: str) -> None:
    """Prompt injection has nothing to take hold of: only the ledger's sender counts (promise 5)."""
    assert _rights(_turn((BOB, False), text=text)) == {"conversation"}
    assert _rights(_turn((sender, False), text=text)) == {"conversation"}
