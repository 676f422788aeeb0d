from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from openclaw.domain.acp import Decision, PermissionQuestion, ToolKind, outside_agent
from openclaw.domain.ids import SessionKey
from openclaw.store import permissions

from .conftest import ANNS_CHAT, DEFAULT, NOW, Installation, running_gateway


def codex_asks(tx: Any) -> None:
    question = PermissionQuestion(
        SessionKey("agent:main:acp:1"), outside_agent("codex"), ToolKind.EXECUTE, "rm -rf build"
    )
    place = DEFAULT, ANNS_CHAT.key
    permissions.ask(tx, question, "WXYZ6789", place, NOW, NOW + timedelta(minutes=30))


@pytest.mark.parametrize(
    ("words", "says", "decision"),
    [
        (["allow", "wxyz6789"], "Allowed once: acp:codex, WXYZ6789.\n", Decision.ONCE),
        (
            ["allow", "WXYZ6789", "--always"],
            "Allowed for the rest of its session: acp:codex, WXYZ6789.\n",
            Decision.ALWAYS,
        ),
        (["deny", "WXYZ6789"], "Denied: acp:codex, WXYZ6789.\n", Decision.DENY),
    ],
)
async def test_an_agent_that_asks_is_listed_and_answered(
    installation: Installation, words: list[str], says: str, decision: Decision
):
    """Listed with its code, among what needs a person and in the status; answered once (demand L6)."""
    async with running_gateway(installation) as gateway:
        await gateway.ledger.write(codex_asks)
        listed = (await installation.run_beside("approvals", "list")).out
        assert "WXYZ6789" in listed
        assert "codex asks: run `rm -rf build`" in listed
        attention = (await installation.run_beside("attention")).out
        assert "codex asks for permission" in attention
        assert "approvals allow, approvals deny" in attention
        status = (await installation.run_beside("status")).out
        assert "Agents ask for permission: 1; see: openclaw approvals list" in status

        assert (await installation.run_beside("approvals", *words)).out == says
        again = await installation.run_beside("approvals", *words)
        assert (again.code, "no agent waits for an answer to WXYZ6789" in again.err) == (1, True)
        [kept] = await gateway.ledger.read(permissions.recent)
        assert kept.decision is decision
        assert (await installation.run_beside("approvals", "list")).out == "No agent asks for anything.\n"


async def test_the_answers_are_data_for_programs(installation: Installation):
    """--json prints nothing but JSON."""
    async with running_gateway(installation) as gateway:
        await gateway.ledger.write(codex_asks)
        [one] = (await installation.run_beside("approvals", "list", "--json")).json["requests"]
        assert (one["code"], one["agent"], one["kind"], one["mayAlways"]) == (
            "WXYZ6789",
            "acp:codex",
            "execute",
            True,
        )
        done = (await installation.run_beside("approvals", "deny", "WXYZ6789", "--json")).json
        assert done == {"code": "WXYZ6789", "decision": "deny", "agent": "acp:codex"}


def test_without_a_gateway_nobody_waits(installation: Installation):
    """An answer that nobody hears would look as if it counted."""
    installation.fill(codex_asks)
    ran = installation.run("approvals", "allow", "WXYZ6789")
    assert (ran.code, "no gateway is running" in ran.err) == (1, True)
    assert installation.read(lambda tx: permissions.recent(tx)[0].decision) is None
