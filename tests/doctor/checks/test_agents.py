"""Whether agents can answer."""

from __future__ import annotations

import pytest

from openclaw.doctor.checks.agents import (
    AcpFacts,
    Answer,
    ModelFacts,
    judge_acp,
    judge_complaint,
    judge_model,
)
from openclaw.doctor.findings import Severity
from openclaw.doctor.names import Check

URL = "https://api.example.com/v1"


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        (ModelFacts("main", "a/b", address=URL), [(Check.AGENT_MODEL, Severity.OK)]),
        (ModelFacts("main", "a/b", problem="needs a key"), [(Check.AGENT_MODEL, Severity.ERROR)]),
        (ModelFacts("main", "a/b", True, problem="needs a key"), [(Check.AGENT_MODEL, Severity.WARNING)]),
        (ModelFacts("main", "local/x", is_local=True), [(Check.AGENT_LOCAL, Severity.ERROR)]),
        (
            ModelFacts("main", "local/x", is_local=True, local_installed=True),
            [(Check.AGENT_MODEL, Severity.OK)],
        ),
    ],
)
def test_a_model_can_be_asked_or_not(facts: ModelFacts, expected: list[tuple[Check, Severity]]) -> None:
    """A fallback that cannot be asked is a warning: the first model still answers."""
    assert [(one.check, one.severity) for one in judge_model(facts)] == expected


@pytest.mark.parametrize(
    ("answer", "severity", "says"),
    [
        (Answer(200, offers=True), Severity.OK, "answers (200)"),
        (Answer(404), Severity.OK, "answers (404)"),
        (Answer(401), Severity.ERROR, "refuses the key"),
        (Answer(403), Severity.ERROR, "refuses the key"),
        (Answer(200, offers=False), Severity.WARNING, "does not list"),
        (Answer(None, "Connection refused"), Severity.ERROR, "Connection refused"),
    ],
)
def test_each_answer_of_a_provider(answer: Answer, severity: Severity, says: str) -> None:
    """One that has no list of models is reached all the same."""
    found = list(judge_model(ModelFacts("main", "a/b", address=URL, answer=answer)))[-1]
    assert (found.check, found.severity, says in found.found) == (Check.AGENT_REACHED, severity, True)


@pytest.mark.parametrize(
    ("facts", "severity", "fix"),
    [
        (AcpFacts("codex", "codex"), Severity.OK, ""),
        (AcpFacts("codex", "codex", enabled=False, installed=False), Severity.INFO, "acp.enabled"),
        (AcpFacts("codex", "codex", allowed=False), Severity.ERROR, "acp.allowedAgents"),
        (AcpFacts("me", "mine", known=False, installed=False), Severity.ERROR, "acp.agents.mine"),
        (AcpFacts("codex", "codex", installed=False, install="npm i x"), Severity.ERROR, "npm i x"),
        (AcpFacts("mine", "mine", installed=False), Severity.ERROR, "correct its command"),
    ],
)
def test_an_outside_agent_is_judged_by_its_program(facts: AcpFacts, severity: Severity, fix: str) -> None:
    """What keeps it from answering, with what helps (promise 4)."""
    [found] = judge_acp(facts)
    assert (found.check, found.severity) == (Check.AGENT_PROGRAM, severity)
    assert fix in found.fix


def test_a_turn_without_an_answer_is_told_with_its_cause() -> None:
    """A provider that does not answer shows in no key and no address; what it said last does."""
    found = judge_complaint("main", "test/tiny cannot be reached")
    assert (found.check, found.severity) == (Check.AGENT_ANSWERS, Severity.WARNING)
    assert found.found == "test/tiny cannot be reached"
    assert "--deep" in found.fix
