"""The route of a message: the agent that answers it and the session it belongs to. Pure.

A conversation that somebody bound to an outside agent in the chat itself goes there; else one that the configuration
binds; else it goes the ordinary way. Who may speak at all, and who must call the agent, is asked before any of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from openclaw.config.grammar import normalise_id
from openclaw.config.sections.bindings import Binding
from openclaw.config.sections.session import Session as SessionSection
from openclaw.domain.acp import AcpBinding, outside_agent
from openclaw.domain.chats import ChatRef
from openclaw.domain.ids import AccountId, AgentId
from openclaw.domain.sessions import Peer, Route
from openclaw.routing.bindings import find_binding, find_outside
from openclaw.routing.session_keys import bound_key, session_key

DEFAULT = "default"
"""What a route tells where no rule chose the agent."""


@dataclass(frozen=True, slots=True)
class Routes:
    """What the configuration says about routing. ``agents`` are the known ids, the default one first."""

    agents: Sequence[AgentId]
    bindings: Sequence[Binding]
    session: SessionSection

    def find(
        self, account: AccountId, peer: Peer, chat: ChatRef, region: str, bound: AcpBinding | None = None
    ) -> Route:
        """Where a conversation goes; ``bound`` is what it was bound to in the chat, if that counts at this moment.

        A conversation bound to an outside agent is that agent's alone, named ``acp:…``: no other answers in its place
        (demand L5), so its messages wait while nothing runs that agent. Which rule it went before is told as well.
        """
        if bound is not None:
            before = self._configured(account, peer, chat, region) or self._ordinary(
                account, peer, chat, region
            )
            matched_by = _before(f"bound in the chat by {bound.by}", before)
            return Route(account, bound.agent, bound.session, peer, matched_by)
        configured = self._configured(account, peer, chat, region)
        return configured or self._ordinary(account, peer, chat, region)

    def _configured(self, account: AccountId, peer: Peer, chat: ChatRef, region: str) -> Route | None:
        found = find_outside(self.bindings, account, peer, chat, region)
        if found is None:
            return None
        name = normalise_id(self.bindings[found.position].agent_id)
        matched_by = _before(str(found), self._ordinary(account, peer, chat, region))
        key = bound_key(name, account, peer)
        return Route(account, outside_agent(name), key, peer, matched_by, found.position)

    def _ordinary(self, account: AccountId, peer: Peer, chat: ChatRef, region: str) -> Route:
        """The ordinary way. A binding to an agent that does not exist counts as the default agent's."""
        found = find_binding(self.bindings, account, peer, chat, region)
        agent, matched_by, scope = self.agents[0], DEFAULT, self.session.dm_scope
        if found is not None:
            binding = self.bindings[found.position]
            matched_by = str(found)
            wanted = AgentId(normalise_id(binding.agent_id))
            if wanted in self.agents:
                agent = wanted
            if binding.session is not None and binding.session.dm_scope is not None:
                scope = binding.session.dm_scope
        key = session_key(agent, account, peer, scope, self.session.identity_links, region)
        return Route(account, agent, key, peer, matched_by)


def _before(rule: str, other: Route) -> str:
    return rule if other.matched_by == DEFAULT else f"{rule}, before {other.matched_by}"
