"""Looking over ``bindings``: those that do not do what they seem to. Pure; a part of ``config.review``."""

from __future__ import annotations

from collections.abc import Iterator

from openclaw.config.accounts import AccountConfig
from openclaw.config.agents import AgentConfig
from openclaw.config.grammar import normalise_id
from openclaw.config.sections.bindings import ANY, Binding, PeerMatch
from openclaw.config.sections.root import Config
from openclaw.domain.chats import ChatSelector, parse_selector, row_selector
from openclaw.domain.handles import Handle, parse_handle
from openclaw.errors import ConfigIssue

# A handle that is one in any region is one in this.
_REGION = "US"
_GUILDS = "is a word of other channels, so the binding decides nothing here"

_Place = tuple[str, str | ChatSelector | Handle | None]
"""Which conversations a binding means: of which kind, and which of them; ``None`` is one that cannot be read."""

_EVERYTHING: _Place = ("", ANY)


def binding_warnings(
    accounts: list[AccountConfig], agents: tuple[AgentConfig, ...], config: Config
) -> Iterator[ConfigIssue]:
    """Bindings that do not do what they seem to: an agent that is not there, a place where nothing arrives, one that
    another one before it decides already.
    """
    known = {agent.id for agent in agents}
    for position, binding in enumerate(config.bindings):
        path = f"bindings[{position}]"
        if binding.type == "route" and normalise_id(binding.agent_id) not in known:
            yield ConfigIssue(
                f"{path}.agentId",
                "names no listed agent, so the default agent answers",
                binding.agent_id,
                f"use one of: {', '.join(sorted(known))}",
            )
        if binding.match.is_ours:
            yield from _account(path, binding, accounts)
            yield from _match(path, binding)
    yield from _hidden(accounts, config)


def is_for(binding: Binding, account: AccountConfig) -> bool:
    """Whether a binding counts at an account."""
    return binding.match.account in (ANY, account.id)


def _place_of(peer: PeerMatch | None, region: str) -> _Place:
    """Which conversations ``match.peer`` means, the same for all spellings of one."""
    if peer is None:
        return _EVERYTHING
    kind, said = "direct" if peer.is_direct else "group", peer.id.strip()
    if peer.is_any:
        return kind, ANY
    named = parse_handle(said, region) if peer.is_direct else row_selector(said)
    return kind, parse_selector(said) or named


def _account(path: str, binding: Binding, accounts: list[AccountConfig]) -> Iterator[ConfigIssue]:
    if accounts and not any(is_for(binding, account) for account in accounts):
        yield ConfigIssue(
            f"{path}.match.accountId",
            f"is for the account {binding.match.account}, which does not run, so it decides nothing",
            binding.match.account_id or "",
            f'use "*" or one of: {", ".join(sorted(account.id for account in accounts))}',
        )


def _match(path: str, binding: Binding) -> Iterator[ConfigIssue]:
    match = binding.match
    for key, value in (("guildId", match.guild_id), ("teamId", match.team_id), ("roles", match.roles)):
        if value:
            yield ConfigIssue(f"{path}.match.{key}", _GUILDS, str(value), "remove it")
    # Of a binding to an outside agent it is said with what else such a binding needs.
    if binding.type == "route" and match.peer is not None and _place_of(match.peer, _REGION)[1] is None:
        named = "a handle" if match.peer.is_direct else "a number"
        fix = f"name {named}, chat_id:…, chat_guid:… or chat_identifier:…, or all of them by *"
        yield ConfigIssue(
            f"{path}.match.peer.id", "names no conversation, so it decides nothing", match.peer.id, fix
        )


def _hidden(accounts: list[AccountConfig], config: Config) -> Iterator[ConfigIssue]:
    """Bindings of the ordinary way that never decide, because one before them means all that they mean."""
    regions: dict[str, str] = {account.id: account.region for account in accounts}
    before: dict[tuple[str, _Place], int] = {}
    for position, binding in enumerate(config.bindings):
        match, wanted = binding.match, binding.match.account
        place = _place_of(match.peer, regions.get(wanted, _REGION))
        if binding.type != "route" or not match.is_ours or match.names_guild or place[1] is None:
            continue
        # One of a single account without a peer goes before any of all accounts, wherever it stands.
        wide = before.get((ANY, place)) if match.peer is not None else None
        earlier = before.get((wanted, place), wide)
        if earlier is None:
            before[wanted, place] = position
        else:
            yield ConfigIssue(
                f"bindings[{position}].match",
                f"means what bindings[{earlier}] means already, and the first one decides",
                binding.agent_id,
                "remove one of the two",
            )
