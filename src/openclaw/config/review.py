"""Looking over a readable configuration: what in it contradicts itself, and what will surprise its owner, as values.

Used when it is loaded, at start, by ``status`` and by ``doctor``. Pure, but that the databases of accounts are compared
by the files they lead to.
"""

from __future__ import annotations

from collections.abc import Iterator

from openclaw.config.accounts import AccountConfig, default_account, resolve_accounts
from openclaw.config.agents import AgentConfig, is_answering, resolve_agents
from openclaw.config.grammar import normalise_id
from openclaw.config.paths import render_path
from openclaw.config.phones import PhoneDatabase, database_of
from openclaw.config.review_access import access_warnings
from openclaw.config.review_bindings import binding_warnings
from openclaw.config.review_outside import outside_warnings
from openclaw.config.review_routing import (
    mention_faults,
    mention_warnings,
    shared_sessions,
)
from openclaw.config.secrets import SecretRef
from openclaw.config.sections.root import Config
from openclaw.config.tools import tool_warnings
from openclaw.domain.bridge import TAPBACKS, tapback_of
from openclaw.domain.handles import parse_handle
from openclaw.domain.patterns import PatternFault, redaction_pattern
from openclaw.errors import ConfigIssue

_CHANNEL = "channels.imessage"


def review(config: Config) -> tuple[ConfigIssue, ...]:
    """Return every warning about ``config``, the most telling first; each with its fix."""
    accounts = [account for account in resolve_accounts(config) if account.enabled]
    agents = resolve_agents(config)
    return (
        *elsewhere(config),
        *_missing_section(config),
        *_missing_agent(agents),
        # What several accounts inherit is said once.
        *dict.fromkeys(issue for account in accounts for issue in access_warnings(account, config)),
        *shared_sessions(accounts, config),
        *_missing_owner(accounts, config),
        *_notices(accounts, config),
        *_default_account(config),
        *_several_defaults(config),
        *binding_warnings(accounts, agents, config),
        *mention_warnings(accounts, agents, config),
        *_models(agents),
        *outside_warnings(agents, config),
        *_acknowledgement(config),
        *_secrets(config),
        *tool_warnings(config),
        *_door(config),
    )


def contradictions(config: Config) -> tuple[ConfigIssue, ...]:
    """Return what no gateway may start with although each value is right by itself."""
    accounts = [account for account in resolve_accounts(config) if account.enabled]
    return (*_shared_databases(accounts), *mention_faults(config), *_redaction_faults(config))


def elsewhere(config: Config) -> Iterator[ConfigIssue]:
    """Return why no gateway starts here: the file is that of a computer that only asks another one's (facts A.15)."""
    if config.gateway.mode == "remote":
        yield ConfigIssue(
            "gateway.mode",
            "says that the gateway runs on another computer, so none starts here",
            "remote",
            'set it to "local", or remove it, to run a gateway here; to ask the other one: ssh HOST openclaw …',
        )


def _missing_section(config: Config) -> Iterator[ConfigIssue]:
    if config.channels.imessage is None:
        yield ConfigIssue(
            _CHANNEL,
            "is missing, so no phone account runs and group messages stay blocked (groupPolicy allowlist)",
            fix="add the section; an empty one, channels: { imessage: {} }, starts imsg with safe defaults",
        )


def _missing_agent(agents: tuple[AgentConfig, ...]) -> Iterator[ConfigIssue]:
    for agent in agents:
        if not is_answering(agent):
            yield ConfigIssue(
                "agents",
                f"agent {agent.id} has no model, so messages for it wait unanswered",
                fix="set agents.defaults.model.primary to provider/model, or give the agent an ACP runtime",
            )


def _several_defaults(config: Config) -> Iterator[ConfigIssue]:
    chosen = [position for position, agent in enumerate(config.agents.list) if agent.default]
    for position in chosen[1:]:
        yield ConfigIssue(
            f"agents.list[{position}].default",
            f"is set twice: {config.agents.list[chosen[0]].id} comes first and is the default agent",
            "true",
            "leave it to one agent",
        )


def _acknowledgement(config: Config) -> Iterator[ConfigIssue]:
    wanted = (config.messages.ack_reaction or "").strip()
    if wanted and tapback_of(wanted) is None:
        yield ConfigIssue(
            "messages.ackReaction",
            "is none of the six tapbacks, so no message is acknowledged",
            wanted,
            f"use one of {', '.join(TAPBACKS)}",
        )


def _shared_databases(accounts: list[AccountConfig]) -> Iterator[ConfigIssue]:
    if len(accounts) < 2:
        return  # a wrapper script is read to tell its database
    first_with: dict[PhoneDatabase, AccountConfig] = {}
    for account in accounts:
        first = first_with.setdefault(database_of(account), account)
        if first is not account:
            yield ConfigIssue(
                render_path(("channels", "imessage", "accounts", account.id)),
                f"reads the same Messages database as {first.id}: every message would be answered twice",
                fix="give each account its own cliPath or dbPath, or remove one",
            )


def _redaction_faults(config: Config) -> Iterator[ConfigIssue]:
    """Every pattern of the log that cannot be used: what it was to hide would be shown."""
    for position, pattern in enumerate(config.logging.redact_patterns):
        fault = redaction_pattern(pattern)
        if isinstance(fault, PatternFault):
            yield ConfigIssue(f"logging.redactPatterns[{position}]", fault.message, pattern, fault.fix)


def _missing_owner(accounts: list[AccountConfig], config: Config) -> Iterator[ConfigIssue]:
    if named := config.commands.owner_allow_from:
        regions = {account.region for account in accounts}
        if regions and not any(parse_handle(str(one), region) for one in named for region in regions):
            yield ConfigIssue(
                "commands.ownerAllowFrom",
                "names no person, so nobody is the owner: neither * nor a chat makes one",
                fix="name the owner's handle in commands.ownerAllowFrom",
            )
        return
    if any(len([entry for entry in account.allow_from if entry != "*"]) > 1 for account in accounts):
        yield ConfigIssue(
            "commands.ownerAllowFrom",
            "is not set and allowFrom names several people, so nobody is the owner",
            fix="name the owner's handle in commands.ownerAllowFrom",
        )


def _notices(accounts: list[AccountConfig], config: Config) -> Iterator[ConfigIssue]:
    owner = config.notify.owner
    if owner is not None and not any(parse_handle(owner, account.region) for account in accounts):
        yield ConfigIssue(
            "notify.owner",
            "names no person, so nobody is sent a notice",
            owner,
            "name one number or mail address; never a chat or a list",
        )


def _default_account(config: Config) -> Iterator[ConfigIssue]:
    channel = config.channels.imessage
    if channel is None or not channel.accounts:
        return
    ids, chosen = {normalise_id(key) for key in channel.accounts}, default_account(config)
    if channel.default_account and normalise_id(channel.default_account) not in ids:
        problem = f"names no listed account, so {chosen} is used"
    elif channel.default_account is None and "default" not in ids and len(ids) > 1:
        problem = f"is not set, so {chosen} is used where no account is named"
    else:
        return
    yield ConfigIssue(
        f"{_CHANNEL}.defaultAccount",
        problem,
        channel.default_account or "",
        f"use one of: {', '.join(sorted(ids))}",
    )


def _models(agents: tuple[AgentConfig, ...]) -> Iterator[ConfigIssue]:
    for agent in agents:
        for name in filter(None, (agent.model_primary, *agent.model_fallbacks)):
            if "/" not in name:
                yield ConfigIssue(
                    "agents",
                    f"agent {agent.id} names the model {name} without its provider",
                    name,
                    "write provider/model",
                )


def _secrets(config: Config) -> Iterator[ConfigIssue]:
    for name, provider in (config.models.providers or {}).items():
        if isinstance(provider.api_key, SecretRef) and provider.api_key.source != "env":
            yield ConfigIssue(
                render_path(("models", "providers", name, "apiKey")),
                "is kept in a file or program, which this program does not read",
                provider.api_key.source,
                "put the key into an environment variable and use source: env",
            )


def _door(config: Config) -> Iterator[ConfigIssue]:
    if config.gateway.bind != "loopback":
        yield ConfigIssue(
            "gateway.bind",
            "is not served beyond this machine; the gateway listens on loopback",
            config.gateway.bind,
            "reach it through an SSH tunnel",
        )
