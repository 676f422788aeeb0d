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
from openclaw.config.review_outside import outside_warnings
from openclaw.config.review_routing import (
    binding_warnings,
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
        *_missing_section(config),
        *_missing_agent(agents),
        *(issue for account in accounts for issue in _account_warnings(account, config)),
        *shared_sessions(accounts, config),
        *_missing_owner(accounts, config),
        *_notices(accounts, config),
        *_default_account(config),
        *binding_warnings(accounts, agents, config),
        *mention_warnings(accounts, agents),
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


def _acknowledgement(config: Config) -> Iterator[ConfigIssue]:
    wanted = (config.messages.ack_reaction or "").strip()
    if wanted and tapback_of(wanted) is None:
        yield ConfigIssue(
            "messages.ackReaction",
            "is none of the six tapbacks, so no message is acknowledged",
            wanted,
            f"use one of {', '.join(TAPBACKS)}",
        )


def _account_warnings(account: AccountConfig, config: Config) -> Iterator[ConfigIssue]:
    senders = account.allow_from if account.group_allow_from is None else account.group_allow_from
    if account.group_policy == "allowlist" and not senders:
        yield ConfigIssue(
            _key(account, config, "groupAllowFrom"),
            "admits nobody, so no group message is answered while groupPolicy is allowlist",
            fix="name the senders, or set groupPolicy to disabled to say that this is meant",
        )
    if account.group_policy == "open":
        yield ConfigIssue(
            _key(account, config, "groupPolicy"),
            "is open: any member of any group can talk to the agent",
            value="open",
            fix="set it to allowlist and name the senders in groupAllowFrom",
        )
    if account.dm_policy == "open":
        yield ConfigIssue(
            _key(account, config, "dmPolicy"),
            "is open: anyone who knows the address can talk to the agent",
            value="open",
            fix="set it to pairing, and approve people one by one",
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
    if config.commands.owner_allow_from:
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


def _key(account: AccountConfig, config: Config, key: str) -> str:
    channel = config.channels.imessage
    if channel is not None and channel.accounts:
        return render_path(("channels", "imessage", "accounts", account.id, key))
    return f"{_CHANNEL}.{key}"
