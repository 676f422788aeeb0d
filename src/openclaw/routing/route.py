"""The route of a message: the agent that answers it and the session it belongs to. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from openclaw.config.grammar import normalise_id
from openclaw.config.sections.bindings import Binding
from openclaw.config.sections.session import Session as SessionSection
from openclaw.domain.chats import ChatRef
from openclaw.domain.ids import AccountId, AgentId
from openclaw.domain.sessions import Peer, Route
from openclaw.routing.bindings import ACP, find_binding
from openclaw.routing.session_keys import session_key


@dataclass(frozen=True, slots=True)
class Routes:
    """What the configuration says about routing. ``agents`` are the known ids, the default one first."""

    agents: Sequence[AgentId]
    bindings: Sequence[Binding]
    session: SessionSection

    def find(self, account: AccountId, peer: Peer, chat: ChatRef, region: str) -> Route:
        """Where a conversation goes. A binding to an agent that does not exist counts as the default agent's.

        A conversation bound to an ACP agent is that agent's alone, named ``acp:…``: no other answers in its place
        (demand L5), so its messages wait while nothing runs that agent.
        """
        found = find_binding(self.bindings, account, peer, chat, region)
        agent, matched_by, scope = self.agents[0], "default", self.session.dm_scope
        if found is not None:
            binding = self.bindings[found.position]
            matched_by = str(found)
            wanted = AgentId(normalise_id(binding.agent_id))
            if found.tier == ACP:
                agent = AgentId(f"{ACP}:{wanted}")
            elif wanted in self.agents:
                agent = wanted
            if binding.session is not None and binding.session.dm_scope is not None:
                scope = binding.session.dm_scope
        key = session_key(agent, account, peer, scope, self.session.identity_links, region)
        return Route(account, agent, key, peer, matched_by)
