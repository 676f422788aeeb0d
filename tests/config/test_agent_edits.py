"""Agents in a document: added, taken out, named, bound."""

from __future__ import annotations

import copy

import pytest

from openclaw.config.agent_edits import (
    Bound,
    parse_bound,
    with_agent,
    with_bound,
    with_identity,
    without_agent,
    without_bindings,
    without_bound,
)
from openclaw.config.agents import default_agent
from openclaw.config.reader import read_section
from openclaw.config.sections.root import Config
from openclaw.domain.ids import AccountId
from openclaw.errors import BadRequest, NotFound

WORK = Bound("imessage", "work")


def agents(*entries):
    return {"agents": {"list": list(entries)}}


def bound(*bindings):
    return {"bindings": list(bindings)}


def binding(agent, **match):
    return {"agentId": agent, "match": {"channel": "imessage", **match}}


def test_the_first_agent_that_is_added_does_not_push_main_aside():
    """Without a list there is main, and whoever has its sessions keeps them (facts A.10)."""
    document = with_agent({}, "ops", {"model": "a/b"})
    assert document == agents({"id": "main"}, {"id": "ops", "model": "a/b"})
    config, _ = read_section(Config, document)
    assert default_agent(config).id == "main"


def test_an_agent_stands_behind_those_that_are_there():
    """The default one stays the default one."""
    assert with_agent(agents({"id": "a"}), "b", {}) == agents({"id": "a"}, {"id": "b"})


@pytest.mark.parametrize("document", [{}, agents({"id": "main"})])
def test_main_is_reserved(document):
    """It is there whenever nobody is listed (facts J.7)."""
    for edit in (lambda: with_agent(document, "main", {}), lambda: without_agent(document, "main")):
        with pytest.raises(BadRequest, match="reserved"):
            edit()


def test_an_agent_of_that_name_is_not_written_over():
    """Names are compared folded."""
    with pytest.raises(BadRequest, match="already"):
        with_agent(agents({"id": "Ops"}), "ops", {})


def test_an_agent_goes_with_its_bindings():
    """A binding to nobody would silently fall to the default agent."""
    document = agents({"id": "main"}, {"id": "Ops"}) | bound(binding("OPS"), binding("main", accountId="x"))
    assert without_agent(document, "ops") == agents({"id": "main"}) | bound(binding("main", accountId="x"))
    with pytest.raises(NotFound, match="there is no agent ops"):
        without_agent(agents({"id": "main"}), "ops")
    with pytest.raises(BadRequest, match="is the only agent"):
        without_agent(agents({"id": "ops"}), "ops")


def test_an_identity_is_laid_over_the_one_that_is_there():
    """What is not said stays."""
    document = agents({"id": "ops", "identity": {"name": "Old", "avatar": "x"}})
    assert with_identity(document, "ops", {"name": "New"}) == agents(
        {"id": "ops", "identity": {"name": "New", "avatar": "x"}}
    )
    assert with_identity({}, "main", {"emoji": "*"}) == agents({"id": "main", "identity": {"emoji": "*"}})
    with pytest.raises(NotFound):
        with_identity({}, "ops", {"name": "x"})


# bindings before, what is bound to ops, bindings after (None: refused)
BOUND = [
    ([], Bound("imessage"), [binding("ops")]),
    ([], WORK, [binding("ops", accountId="work")]),
    ([], Bound("imessage", "*"), [binding("ops", accountId="*")]),
    ([binding("ops")], Bound("imessage"), [binding("ops")]),
    ([binding("ops")], WORK, [binding("ops"), binding("ops", accountId="work")]),
    ([binding("ops")], Bound("imessage", "default"), [binding("ops", accountId="default")]),
    ([binding("OPS", accountId="Work")], WORK, [binding("OPS", accountId="Work")]),
    ([binding("main")], Bound("imessage"), None),
    ([binding("main", accountId="default")], Bound("imessage"), None),
    ([binding("main", accountId="*")], WORK, [binding("main", accountId="*"), binding("ops", accountId="work")]),
    ([binding("main", peer={"kind": "group", "id": "7"})], Bound("imessage"),
     [binding("main", peer={"kind": "group", "id": "7"}), binding("ops")]),
    ([binding("main") | {"session": {"dmScope": "main"}}], Bound("imessage"),
     [binding("main") | {"session": {"dmScope": "main"}}, binding("ops")]),
]  # fmt: skip


@pytest.mark.parametrize(("before", "what", "after"), BOUND)
def test_an_account_is_bound_once_and_to_one_agent(before, what, after):
    """No account means default, and naming it later is written in place (facts A.13, J.7)."""
    document = bound(*before)
    kept = copy.deepcopy(document)
    if after is None:
        with pytest.raises(BadRequest, match="is bound to main"):
            with_bound(document, "ops", what)
    else:
        assert with_bound(document, "ops", what) == bound(*after)
    assert document == kept


def test_an_account_is_unbound_and_single_conversations_stay():
    """Those are written by hand, and taken back by hand."""
    one = binding("ops", peer={"kind": "direct", "id": "+1"})
    document = bound(binding("ops"), one, binding("ops", accountId="work"), binding("main", accountId="x"))
    assert without_bound(document, "ops", Bound("imessage", "default")) == bound(*document["bindings"][1:])
    assert without_bindings(document, "ops") == (bound(one, binding("main", accountId="x")), 2)
    assert without_bindings(bound(one), "ops") == (bound(one), 0)
    with pytest.raises(NotFound, match="is not bound to ops"):
        without_bound(document, "ops", Bound("imessage", "x"))


@pytest.mark.parametrize(
    ("text", "usual", "what"),
    [
        ("imessage", "default", Bound("imessage")),
        ("imessage", "work", WORK),
        ("imessage:Work", "default", WORK),
        ("imessage:*", "default", Bound("imessage", "*")),
    ],
)
def test_what_to_bind_is_read_from_a_word(text, usual, what):
    """A bare channel is the account that is meant when none is named."""
    assert parse_bound(text, ["imessage"], [AccountId("work")], AccountId(usual)) == what


@pytest.mark.parametrize("text", ["telegram", "imessage:", "imessage:nobody", ""])
def test_what_is_not_there_cannot_be_bound(text):
    """A slip would bind nothing and say nothing."""
    with pytest.raises(NotFound):
        parse_bound(text, ["imessage"], [AccountId("work")], AccountId("work"))
