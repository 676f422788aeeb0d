"""Looking over what the configuration says of outside agents: backends that do not exist, agents that may not be asked,
bindings that can never match. Pure; a part of ``config.review``.
"""

from __future__ import annotations

from collections.abc import Iterator

from openclaw.config.acp import AcpSettings, acp_settings
from openclaw.config.agents import AgentConfig
from openclaw.config.grammar import normalise_id
from openclaw.config.sections.bindings import Binding
from openclaw.config.sections.root import Config
from openclaw.domain.chats import parse_selector, row_selector
from openclaw.domain.handles import parse_handle
from openclaw.errors import ConfigIssue

_BACKEND = "acpx"
# A handle that is one in any region is one in this.
_REGION = "US"


def outside_warnings(agents: tuple[AgentConfig, ...], config: Config) -> Iterator[ConfigIssue]:
    """What about outside agents does not do what it seems to."""
    yield from _backends(config)
    settings = acp_settings(config)
    for position, agent in enumerate(agents):
        if agent.runtime == "acp":
            yield from _agent(f"agents.list[{position}].runtime.acp.agent", agent.id, settings)
    for position, binding in enumerate(config.bindings):
        if binding.type == "acp" and binding.match.is_ours:
            yield from _place(f"bindings[{position}].match.peer.id", binding)
            name = normalise_id(binding.agent_id)
            if not any(agent.id == name and agent.runtime == "acp" for agent in agents):
                yield from _agent(f"bindings[{position}].agentId", name, settings)


def _backends(config: Config) -> Iterator[ConfigIssue]:
    named = [("acp.backend", config.acp.backend)]
    for position, agent in enumerate(config.agents.list):
        acp = agent.runtime.acp
        named.append((f"agents.list[{position}].runtime.acp.backend", (acp and acp.backend) or _BACKEND))
    for position, binding in enumerate(config.bindings):
        backend = (binding.acp and binding.acp.backend) or _BACKEND
        named.append((f"bindings[{position}].acp.backend", backend))
    for path, backend in named:
        if backend.strip().lower() != _BACKEND:
            fix = "remove it"
            yield ConfigIssue(path, "names a backend that does not exist here, so acpx counts", backend, fix)


def _agent(path: str, name: str, settings: AcpSettings) -> Iterator[ConfigIssue]:
    harness = settings.spec(name).harness
    if not settings.harnesses.get(harness):
        known = ", ".join(sorted(settings.harnesses))
        fix = f"say in acp.agents how it is started, or use one of: {known}"
        yield ConfigIssue(path, "is no outside agent that is known, so its messages wait", harness, fix)
    elif not settings.may_run(name):
        fix = f"add {name} to it, or remove it to allow all"
        yield ConfigIssue("acp.allowedAgents", f"leaves out {name}, so its messages wait", fix=fix)


def _place(path: str, binding: Binding) -> Iterator[ConfigIssue]:
    said = binding.match.peer.id.strip() if binding.match.peer else ""
    if not (parse_selector(said) or row_selector(said) or parse_handle(said, _REGION)):
        fix = "name one conversation: a handle, chat_id:…, chat_guid:… or chat_identifier:…"
        yield ConfigIssue(path, "names no conversation, so it decides nothing", said, fix)
