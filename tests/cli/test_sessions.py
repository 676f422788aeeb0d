from __future__ import annotations

from datetime import timedelta
from typing import Any

from openclaw.domain.acp import AcpSession
from openclaw.domain.ids import AgentId, SessionKey
from openclaw.store import acp_sessions, session_settings, sessions

from .conftest import NOW, Installation

KEY = "agent:main:main"


def begin(tx: Any) -> None:
    """A session in which nothing was said yet."""
    sessions.start(tx, SessionKey(KEY), AgentId("main"), NOW)


def test_sessions_are_listed_reset_and_stopped(installation: Installation):
    """Without a gateway nothing runs, so there is nothing to stop (issue: sessions)."""
    installation.fill(begin)
    assert [one["key"] for one in installation.run("sessions", "list", "--json").json["sessions"]] == [KEY]
    assert installation.run("sessions", "reset", KEY).out == f"Session {KEY} begins anew.\n"
    assert installation.run("sessions", "reset", KEY, "--json").json == {"key": KEY, "generation": 3}
    assert installation.run("sessions", "stop", KEY).out == "There is nothing to stop.\n"


def begin_others(tx: Any) -> None:
    """One of another agent, one of a model of its own, one that was used two hours ago."""
    sessions.start(tx, SessionKey("agent:ops:main"), AgentId("ops"), NOW)
    sessions.start(tx, SessionKey("agent:main:old"), AgentId("main"), NOW - timedelta(hours=2))
    session_settings.change(tx, SessionKey("agent:ops:main"), model="openai/gpt-x")


def test_sessions_alone_lists_them_in_the_original_s_shape(installation: Installation):
    """{path, stores, allAgents, count, activeMinutes, sessions} (facts J.5)."""
    installation.fill(begin_others)
    body = installation.run("sessions", "--json").json
    assert body["path"] == str(installation.state_dir / "openclaw.sqlite")
    assert (body["stores"], body["allAgents"], body["activeMinutes"]) == (
        [{"path": body["path"]}],
        True,
        None,
    )
    assert [(one["agentId"], one["key"], one["model"]) for one in body["sessions"]] == [
        ("ops", "agent:ops:main", "openai/gpt-x"),
        ("main", "agent:main:old", ""),
    ]
    assert body["count"] == 2
    assert "agent:ops:main" in installation.run("sessions").out


def test_sessions_are_chosen_by_agent_and_by_use(installation: Installation):
    """--agent and --active, bounded by --limit after that."""
    installation.fill(begin_others)

    def keys(*words: str) -> list[str]:
        return [one["key"] for one in installation.run("sessions", *words, "--json").json["sessions"]]

    assert keys("--agent", "main", "--limit", "1") == ["agent:main:old"]
    assert keys("--active", "60") == ["agent:ops:main"]
    assert keys("list", "--active", "180", "--agent", "main") == ["agent:main:old"]
    assert keys("--agent", "nobody") == []
    assert installation.run("sessions", "--agent", "main", "--all-agents").code == 2


def begin_outside(tx: Any) -> None:
    """A session of an outside agent."""
    key = SessionKey("agent:codex:acp:1")
    sessions.start(tx, key, AgentId("acp:codex"), NOW)
    session = AcpSession(key, AgentId("acp:codex"), "codex", "persistent", "/srv", "tests")
    acp_sessions.begin(tx, session, NOW)


def test_a_session_of_an_outside_agent_says_so(installation: Installation):
    """Agent, label and state beside what every session has."""
    installation.fill(begin_outside)
    [one] = installation.run("sessions", "--json").json["sessions"]
    assert one["outside"] == {
        "agent": "codex",
        "harness": "codex",
        "mode": "persistent",
        "label": "tests",
        "state": "idle",
        "error": "",
    }
    assert "codex [tests]: idle" in installation.run("sessions").out
