"""What the configuration says of an agent's models."""

from __future__ import annotations

from openclaw.agents.endpoint import AgentModels, agent_models
from openclaw.config.agents import resolve_agents
from openclaw.config.sections.agents import AgentDefaults, AgentEntry, Agents, ModelChoice
from openclaw.config.sections.root import Config


def test_an_agents_models_and_bounds_are_taken_from_the_configuration() -> None:
    """Primary, fallbacks and time-outs of agents.defaults reach the runtime, in seconds (facts A.10)."""
    choice = ModelChoice(primary="a/b", fallbacks=("c/d",), timeout_ms=1500)
    config = Config(
        agents=Agents(defaults=AgentDefaults(model=choice, timeout_seconds=30, context_tokens=9000))
    )
    [agent] = resolve_agents(config)
    assert agent_models(agent) == AgentModels("a/b", ("c/d",), 30.0, 9000, 1.5)


def test_an_agent_without_a_model_has_none() -> None:
    """No agent configured stays visible as such (design 8)."""
    [agent] = resolve_agents(Config(agents=Agents(list=(AgentEntry(id="main"),))))
    assert agent_models(agent).primary is None
    assert agent_models(agent).silence_seconds is None
