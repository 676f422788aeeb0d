"""The cast: every agent that a turn may be given to, with what runs it. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from openclaw.config.acp import AcpSettings
from openclaw.config.agents import AgentConfig
from openclaw.config.locations import real_path
from openclaw.domain.acp import outside_agent
from openclaw.domain.ids import AgentId
from openclaw.turns.agent import Agent
from openclaw.turns.files import FileRoom
from openclaw.turns.ports import AgentRuntime
from openclaw.turns.prompt import Persona, persona_of


def agents(
    configured: Sequence[AgentConfig],
    embedded: AgentRuntime,
    outside: AgentRuntime,
    settings: AcpSettings,
    media: Path,
) -> dict[AgentId, Agent]:
    """The agents as their turns need them; one that nothing answers for has no runtime, and its messages wait.

    Beside the configured ones every program that a conversation can be bound to is one: ``outside`` runs those, and
    ``embedded`` ours. ``media`` is where the files of messages lie.
    """
    known = {agent.id: agent for agent in configured}
    programs = {
        name: _outside(name, known.get(AgentId(name)), settings, outside, media) for name in settings.names
    }
    own = {
        agent.id: programs[agent.id] if agent.runtime == "acp" else _agent(agent, embedded, media)
        for agent in configured
    }
    return {**own, **{outside_agent(name): agent for name, agent in programs.items()}}


def _agent(config: AgentConfig, embedded: AgentRuntime, media: Path) -> Agent:
    runtime, files = embedded if answers(config) else None, _room(media, config.workspace)
    return Agent(runtime, persona_of(config), config.model_primary or "", files)


def _outside(
    name: str, config: AgentConfig | None, settings: AcpSettings, outside: AgentRuntime, media: Path
) -> Agent:
    spec = settings.spec(name)
    return Agent(
        outside,
        persona_of(config) if config else Persona(),
        spec.harness,
        _room(media, spec.cwd),
        reads_itself=True,
        note_after_s=settings.note_after_s,
    )


def _room(media: Path, workspace: Path) -> FileRoom:
    # A workspace that holds the files themselves holds the state directory, which no agent may touch.
    is_apart = not real_path(media).is_relative_to(real_path(workspace))
    return FileRoom(media, workspace if is_apart else None)


def answers(agent: AgentConfig) -> bool:
    """Whether a model of ours answers for the agent."""
    return agent.runtime == "embedded" and agent.model_primary is not None
