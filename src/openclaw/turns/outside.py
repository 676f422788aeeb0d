"""Outside agents as the stages see them: which agents they are, what a chat is bound to, what a session of one is.

The session that a message goes to is in the ledger before its turn, so that commands find it, too.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from openclaw.config.acp import AcpSettings, SessionSpec, acp_settings
from openclaw.config.agents import resolve_agents
from openclaw.config.sections.bindings import Binding
from openclaw.config.sections.root import Config
from openclaw.domain.acp import AcpBinding, AcpSession, is_kept, outside_name
from openclaw.domain.chats import ChatRef
from openclaw.domain.commands import Command
from openclaw.domain.ids import NO_NUMBER, AccountId, AgentId, SessionKey
from openclaw.domain.sessions import Route
from openclaw.domain.turns import Turn
from openclaw.store import Tx, acp_bindings, acp_sessions
from openclaw.store.acp_bindings import Lifetime

# No conversation is older, and no clock reckons further back.
_FOR_EVER_HOURS = 24 * 365 * 100


@dataclass(frozen=True, slots=True)
class OutsideRules:
    """What the configuration says of them. ``lifetime`` is that of a binding made in a chat, ``None`` where none count.

    ``agents`` are the configured agents that a program answers for, ``kept`` the command words that stay the gateway's
    own in a conversation with an outside agent.
    """

    settings: AcpSettings | None = None
    lifetime: Lifetime | None = None
    bindings: Sequence[Binding] = ()
    agents: frozenset[AgentId] = frozenset()
    kept: frozenset[str] = frozenset()

    def is_outside(self, agent: AgentId) -> bool:
        """Whether a program outside answers for ``agent``."""
        return agent in self.agents or outside_name(agent) is not None

    def is_outside_session(self, key: SessionKey) -> bool:
        """Whether the session ``key`` is one of a program outside."""
        return is_kept(key) or AgentId(key.split(":", 2)[1] if key.count(":") > 1 else "") in self.agents

    def is_ours(self, agent: AgentId, command: Command) -> bool:
        """Whether ``command`` is the gateway's in a conversation with ``agent``; an outside agent has its own words."""
        return not self.is_outside(agent) or command.word in self.kept

    def may_answer(self, agent: AgentId) -> bool:
        """Whether messages may go to ``agent`` at all; where outside agents are switched off, theirs wait."""
        if not self.is_outside(agent) or self.settings is None:
            return True
        settings = self.settings
        return settings.enabled and settings.dispatches and settings.may_run(_name(agent))

    def bound(self, tx: Tx, account: AccountId, chat: ChatRef, now: datetime) -> AcpBinding | None:
        """What ``chat`` was bound to by a person, as long as that lasts and the session is there."""
        # A chat of which nothing but an unproven number is known may be any.
        if self.lifetime is None or not (chat.guid or chat.row_id != NO_NUMBER):
            return None
        found = acp_bindings.find(tx, account, chat.key, self.lifetime, now)
        return found if found and acp_sessions.find(tx, found.session) else None

    def take(self, tx: Tx, route: Route, chat: ChatRef, now: datetime) -> None:
        """A message goes to ``route``: its binding lives on, and its session is there."""
        if not self.is_outside(route.agent) or self.settings is None:
            return
        if outside_name(route.agent) is not None and route.binding is None:
            # Bound in the chat, as the route has just been told: its session is there.
            acp_bindings.touch(tx, route.account, chat.key, now)
            return
        ensure(tx, route.session, route.agent, self._spec(self.settings, route), now)

    def prepare(self, tx: Tx, turn: Turn, now: datetime) -> None:
        """The session of ``turn`` is there, also where its messages came before a program answered for their agent.

        One that was bound or spawned is not made again: it was closed.
        """
        is_missing = self.is_outside(turn.agent) and acp_sessions.find(tx, turn.session) is None
        if is_missing and self.settings is not None and not is_kept(turn.session):
            ensure(tx, turn.session, turn.agent, self.settings.spec(_name(turn.agent)), now)

    def release_over(self, tx: Tx, now: datetime) -> list[AcpBinding]:
        """Release the chats that were bound or silent for too long, or lost their session; what they were bound to."""
        if self.lifetime is None:
            return []
        return acp_bindings.expire(tx, self.lifetime, now) + acp_bindings.release_lost(tx, now)

    def _spec(self, settings: AcpSettings, route: Route) -> SessionSpec:
        binding = None if route.binding is None else self.bindings[route.binding]
        return settings.spec(_name(route.agent), binding.acp if binding else None)


NOTHING_OUTSIDE = OutsideRules()


def _name(agent: AgentId) -> str:
    """By which name the configuration knows an agent that a program answers for."""
    return outside_name(agent) or agent


def ensure(tx: Tx, key: SessionKey, agent: AgentId, spec: SessionSpec, now: datetime) -> AcpSession:
    """The session ``key`` as ``spec`` has it; one that was made otherwise begins anew, with what was set for it."""
    found = acp_sessions.find(tx, key)
    made = AcpSession(key, agent, spec.harness, spec.mode, str(spec.cwd), spec.label)
    if found is None:
        return acp_sessions.begin(tx, made, now)
    cwd = found.options.cwd or made.cwd
    if (found.harness, found.mode, found.cwd) != (made.harness, made.mode, cwd):
        return acp_sessions.begin(tx, replace(made, cwd=cwd, options=found.options), now)
    if found.label != made.label:
        return acp_sessions.begin(tx, replace(found, label=made.label), now)
    return found


def outside_rules(config: Config, kept: frozenset[str]) -> OutsideRules:
    """What ``config`` says of outside agents."""
    return OutsideRules(
        settings=acp_settings(config),
        lifetime=_lifetime(config),
        bindings=config.bindings,
        agents=frozenset(agent.id for agent in resolve_agents(config) if agent.runtime == "acp"),
        kept=kept,
    )


def _lifetime(config: Config) -> Lifetime | None:
    said = config.session.thread_bindings
    return Lifetime(_hours(said.idle_hours), _hours(said.max_age_hours)) if said.enabled else None


def _hours(number: float) -> timedelta | None:
    return timedelta(hours=min(number, _FOR_EVER_HOURS)) if number else None
