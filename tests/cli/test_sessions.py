from __future__ import annotations

from typing import Any

from openclaw.domain.ids import AgentId, SessionKey
from openclaw.store import sessions

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
