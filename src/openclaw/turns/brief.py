"""The brief of a turn: what the configuration says about the conversation that it belongs to. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo

from openclaw.config.accounts import AccountConfig, resolve_accounts
from openclaw.config.agents import AgentConfig, resolve_agents
from openclaw.config.groups import context_limit, group_instructions, memory_limit, requires_mention
from openclaw.config.sections.agents import AgentDefaults
from openclaw.config.sections.root import Config
from openclaw.domain.acp import stands_for
from openclaw.domain.bridge import Bridge, reaches
from openclaw.domain.chats import ChatRef
from openclaw.domain.ids import AccountId, AgentId
from openclaw.domain.turns import Turn

# Finding the entry of one chat among a thousand takes longer than all else that a turn is told.
_KNOWN_CHATS = 1024


@dataclass(frozen=True, slots=True)
class Brief:
    """How one turn is to be told.

    ``instructions`` are the group's own; ``must_be_called`` says whether the agent is asked only when it is called;
    ``context_limit`` is how much of what was said beside it it sees, ``memory_limit`` how many things that the person
    said before (``None``: all that fits). ``zone`` ``None`` is this computer's.
    ``threads`` says that an answer can be a reply to one message.
    """

    instructions: str = ""
    must_be_called: bool = True
    context_limit: int = 0
    memory_limit: int | None = None
    zone: tzinfo | None = None
    tells_time: bool = True
    tells_elapsed: bool = True
    threads: bool = False


PLAIN = Brief()
"""Of a conversation about which the configuration says nothing."""


def briefs(config: Config) -> Callable[[Turn], Brief]:
    """The function that tells how each turn is to be told under ``config``."""
    accounts = {account.id: account for account in resolve_accounts(config)}
    configured = resolve_agents(config)
    agents = {agent.id: agent for agent in configured}
    ids = [agent.id for agent in sorted(configured, key=lambda agent: not agent.is_default)]
    defaults = config.agents.defaults
    zone = time_zone(defaults)
    limits = context_limits(config, accounts, agents)
    plain = Brief(
        zone=zone,
        tells_time=defaults.envelope_timestamp == "on",
        tells_elapsed=defaults.envelope_elapsed == "on",
    )

    @lru_cache(_KNOWN_CHATS)
    def of_group(account: AccountId, agent: AgentId, chat: ChatRef) -> Brief:
        told = accounts[account]
        return replace(
            plain,
            instructions=group_instructions(told, chat),
            must_be_called=requires_mention(told, chat),
            context_limit=limits.get((account, stands_for(agent, ids)), told.history_limit),
        )

    @lru_cache(_KNOWN_CHATS)
    def of_person(account: AccountId, peer: str) -> Brief:
        limit = memory_limit(accounts[account], peer, config.session.identity_links)
        return replace(plain, must_be_called=False, memory_limit=limit)

    def brief(turn: Turn) -> Brief:
        if turn.account not in accounts:
            return plain
        if turn.is_group:
            return of_group(turn.account, turn.agent, turn.chat)
        return of_person(turn.account, turn.messages[-1].sender if turn.messages else "")

    return brief


def context_limits(
    config: Config, accounts: Mapping[AccountId, AccountConfig], agents: Mapping[AgentId, AgentConfig]
) -> dict[tuple[AccountId, AgentId], int]:
    """How much of what is said beside each agent is kept in the groups of each account."""
    return {
        (account.id, agent.id): context_limit(config, account, agent)
        for account in accounts.values()
        for agent in agents.values()
    }


def time_zone(defaults: AgentDefaults) -> tzinfo | None:
    """The zone in which agents are told the time; ``None`` is this computer's.

    Unset, ``envelopeTimezone`` means the user's where ``userTimezone`` says which that is: the only time that an agent
    is told here is this one.
    """
    match defaults.envelope_timezone:
        case "utc":
            return UTC
        case "local":
            return None
        case None | "user":
            return ZoneInfo(defaults.user_timezone.strip()) if defaults.user_timezone else None
        case name:
            return ZoneInfo(name.strip())


def bridged(brief: Callable[[Turn], Brief], bridge: Callable[[AccountId], Bridge]) -> Callable[[Turn], Brief]:
    """``brief`` with what only a phone knows: whether an answer can hang below a message of the chat."""

    def told(turn: Turn) -> Brief:
        return replace(brief(turn), threads=bridge(turn.account).reply and reaches(turn.chat))

    return told
