"""`openclaw agents`: listed, added, bound, named, taken out."""

from __future__ import annotations

from typing import Any

from click.testing import CliRunner
from tests.making import ACCOUNT, ANN, group_chat

from openclaw.cli.main import main
from openclaw.config.file import read_json5
from openclaw.domain.acp import AcpBinding
from openclaw.domain.ids import AgentId, SessionKey
from openclaw.store import acp_bindings

from .conftest import NOW, Installation

TWO = """{
  channels: { imessage: { accounts: { default: {}, work: { dbPath: "/w" } } } },
  agents: {
    defaults: { model: "a/b" },
    list: [
      { id: "main" },
      // answers the shop
      { id: "Ops", identity: { name: "Olga", emoji: "*" }, model: "c/d" },
    ],
  },
  bindings: [
    { agentId: "ops", match: { channel: "imessage", accountId: "work" }, comment: "the shop" },
    { agentId: "main", match: { channel: "imessage", peer: { kind: "group", id: "chat_id:7" } } },
  ],
}
"""


def document(installation: Installation) -> Any:
    return read_json5(installation.state_dir / "openclaw.json")


def test_without_a_list_there_is_main(installation: Installation):
    """It is there and has no model yet."""
    assert [one["id"] for one in installation.run("agents", "list", "--json").json] == ["main"]
    assert [one["id"] for one in installation.run("agents", "--json").json] == ["main"]
    assert "main (default)" in installation.run("agents").out


def test_agents_are_listed_with_what_they_answer(installation: Installation):
    """Model, identity, workspace, bindings, and whose everything else is (facts J.7)."""
    installation.configure(TWO)
    main_, ops = installation.run("agents", "list", "--bindings", "--json").json
    assert (main_["isDefault"], main_["model"], main_["bindings"]) == (True, "a/b", 1)
    assert (ops["id"], ops["identityName"], ops["model"]) == ("ops", "Olga", "c/d")
    assert ops["bindingDetails"][0]["match"] == {"channel": "imessage", "accountId": "work", "peer": None}
    out = installation.run("agents", "list", "--bindings").out
    assert "ops: imessage, account work" in out
    assert "main: imessage, account default, group chat_id:7" in out
    assert "main: everything that no binding claims" in out


def test_bindings_are_listed_for_all_or_for_one(installation: Installation):
    """In the order of the file."""
    assert "Nothing is bound" in installation.run("agents", "bindings").out
    installation.configure(TWO)
    assert [one["agentId"] for one in installation.run("agents", "bindings", "--json").json] == [
        "ops",
        "main",
    ]
    assert len(installation.run("agents", "bindings", "--agent", "OPS", "--json").json) == 1
    assert "the shop" in installation.run("agents", "bindings", "--agent", "ops").out
    ran = installation.run("agents", "bindings", "--agent", "nobody")
    assert (ran.code, "configured: main, ops" in ran.err) == (1, True)


def test_an_agent_is_added_with_what_it_answers(installation: Installation):
    """Main stays the default agent when there was no list (facts J.7)."""
    installation.configure({"channels": {"imessage": {"cliPath": "/opt/imsg"}}})
    ran = installation.run(
        "agents", "add", "Ops", "--model", "c/d", "--workspace", "/srv/ops", "--bind", "imessage"
    )
    assert (ran.code, ran.out.splitlines()[0]) == (0, "Added agent ops.")
    assert document(installation)["agents"]["list"] == [
        {"id": "main"},
        {"id": "ops", "workspace": "/srv/ops", "model": "c/d"},
    ]
    assert document(installation)["bindings"] == [{"agentId": "ops", "match": {"channel": "imessage"}}]
    again = installation.run("agents", "add", "ops", "--json")
    assert (again.code, again.out) == (1, "")
    assert "reserved" in installation.run("agents", "add", "main").err


def test_accounts_are_bound_and_unbound(installation: Installation):
    """One account has one agent; the comments of the file stay."""
    installation.configure(TWO)
    refused = installation.run("agents", "bind", "--agent", "main", "--bind", "imessage:work")
    assert (refused.code, "is bound to ops" in refused.err) == (1, True)
    assert installation.run("agents", "unbind", "--agent", "ops", "--all").out.startswith("1 bindings taken")
    ran = installation.run("agents", "bind", "--bind", "imessage:work", "--json")
    assert ran.json | {"agentId": "main", "changed": True} == ran.json
    assert document(installation)["bindings"][-1]["match"] == {"channel": "imessage", "accountId": "work"}
    assert installation.run("agents", "bind", "--bind", "imessage:work").out == "Nothing to change.\n"
    gone = installation.run("agents", "unbind", "--bind", "imessage:work")
    assert gone.out.startswith("main no longer answers imessage:work.")
    assert "// answers the shop" in (installation.state_dir / "openclaw.json").read_text()


def test_what_to_bind_has_to_be_said(installation: Installation):
    """A usage error, exit code 2."""
    for words in (["bind"], ["unbind"], ["unbind", "--all", "--bind", "imessage"], ["set-identity"]):
        assert installation.run("agents", *words).code == 2
    assert installation.run("agents", "bind", "--bind", "telegram").code == 1
    assert installation.run("agents", "bind", "--agent", "nobody", "--bind", "imessage").code == 1


def test_an_agent_is_named(installation: Installation):
    """What is not said stays; --dry-run writes nothing."""
    installation.configure(TWO)
    dry = installation.run("agents", "set-identity", "--agent", "ops", "--name", "Otto", "--dry-run")
    assert ("Otto" in dry.out, document(installation)["agents"]["list"][1]["identity"]["name"]) == (
        True,
        "Olga",
    )
    assert (
        installation.run("agents", "set-identity", "--agent", "ops", "--name", "Otto", "--theme", "dry").code
        == 0
    )
    assert document(installation)["agents"]["list"][1]["identity"] == {
        "name": "Otto",
        "emoji": "*",
        "theme": "dry",
    }


def test_an_agent_is_deleted_after_asking(installation: Installation):
    """With its bindings; main is reserved."""
    installation.configure(TWO)
    declined = CliRunner().invoke(main, ["agents", "delete", "ops"], input="n\n", env=installation.environ)
    assert (declined.exit_code, len(document(installation)["agents"]["list"])) == (1, 2)
    ran = installation.run("agents", "delete", "ops", "--yes")
    assert (ran.code, ran.out.splitlines()[0]) == (0, "Deleted agent ops.")
    assert [one["id"] for one in document(installation)["agents"]["list"]] == ["main"]
    assert [one["agentId"] for one in document(installation)["bindings"]] == ["main"]
    assert installation.run("agents", "delete", "main", "--yes").code == 1


def bind(tx: Any) -> None:
    """A group that a person bound."""
    key, agent = SessionKey("agent:codex:acp:1"), AgentId("acp:codex")
    acp_bindings.bind(tx, AcpBinding(ACCOUNT, group_chat(7).key, key, agent, ANN, NOW, NOW))


def test_what_people_bound_in_the_chat_stands_beside_what_is_configured(installation: Installation):
    """Who answers where can be seen in one place."""
    installation.configure(TWO)
    installation.fill(bind)
    found = installation.run("agents", "bindings", "--json").json
    assert [(one["agentId"], one["type"]) for one in found] == [
        ("ops", "route"),
        ("main", "route"),
        ("codex", "chat"),
    ]
    assert found[-1]["boundBy"] == ANN
    out = installation.run("agents", "bindings", "--agent", "codex").out
    assert "imessage, account default, +;chat7" in out
    assert "ops" not in out
