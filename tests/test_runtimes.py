"""The runtimes of agents: what they find at the start, and what another configuration changes of them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.making import NOON

from openclaw.assembly import Plan, make_plan
from openclaw.config.load import check_document
from openclaw.config.locations import Locations
from openclaw.domain.acp import PermissionQuestion, PermissionState, ToolKind, outside_agent
from openclaw.domain.ids import AccountId, AgentId, ChatKey, SessionKey
from openclaw.outbound.fuses import Fuses
from openclaw.phones import Phones
from openclaw.runtimes import open_runtimes
from openclaw.store import Ledger, permissions


def planned(root: Path, *agents: dict[str, Any], **more: Any) -> Plan:
    """A plan of a configuration with ``agents`` and other sections."""
    document = {"agents": {"list": list(agents)}, **more}
    return make_plan(check_document(document, Locations(root, root, root / "openclaw.json"), {}))


def phoneless(ledger: Ledger) -> Phones:
    """The phones of no account."""
    return Phones(ledger, (), Fuses(), lambda: NOON, Path("/nonexistent"))


async def test_each_agent_has_what_runs_it(ledger: Ledger, tmp_path: Path) -> None:
    """Of our own, of a program outside, and of nobody, whose messages wait (design section 8)."""
    plan = planned(
        tmp_path,
        {"id": "a", "model": "p/m"},
        {"id": "codex", "runtime": {"type": "acp"}},
        {"id": "nobody"},
    )
    async with open_runtimes(plan, ledger, phoneless(ledger), lambda: NOON) as runtimes:
        agents = runtimes.agents(plan)
        assert agents[AgentId("a")].runtime is runtimes.embedded
        assert agents[AgentId("codex")].runtime is runtimes.outside
        assert agents[AgentId("nobody")].runtime is None


async def test_another_plan_is_gone_by_from_then_on(ledger: Ledger, tmp_path: Path) -> None:
    """An agent that is new in the file answers, and a program that is new in it can be bound."""
    before = planned(tmp_path, {"id": "a", "model": "p/m"})
    after = planned(tmp_path, {"id": "b", "model": "p/m"}, acp={"agents": {"mine": {"command": "/opt/mine"}}})
    async with open_runtimes(before, ledger, phoneless(ledger), lambda: NOON) as runtimes:
        await runtimes.adopt(after)
        agents = runtimes.agents(after)
        assert agents[AgentId("b")].runtime is runtimes.embedded
        assert agents[outside_agent("mine")].runtime is runtimes.outside
        assert AgentId("a") not in agents


async def test_a_question_of_an_earlier_run_is_closed_before_anything_is_asked(
    ledger: Ledger, tmp_path: Path
) -> None:
    """Nobody waits for its answer any more; it must not be answered in the place of a new one."""
    asked = PermissionQuestion(SessionKey("agent:main:acp:1"), outside_agent("codex"), ToolKind.EXECUTE, "ls")
    place = AccountId("default"), ChatKey("chat")
    left = await ledger.write(lambda tx: permissions.ask(tx, asked, "ABCD2345", place, NOON, NOON))
    plan = planned(tmp_path)
    async with open_runtimes(plan, ledger, phoneless(ledger), lambda: NOON):
        found = await ledger.read(lambda tx: permissions.find(tx, left.id))
        assert found is not None
        assert found.state is PermissionState.CANCELLED
