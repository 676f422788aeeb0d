"""Who can get in by the configuration, and what they can reach then. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, cast

from openclaw.config.accounts import AccountConfig, resolve_accounts
from openclaw.config.acp import bound_programs
from openclaw.config.agents import AgentConfig, resolve_agents
from openclaw.config.paths import KeyPath, render_path
from openclaw.config.secrets import reveal
from openclaw.config.sections.root import Config
from openclaw.doctor.audit.findings import AuditCheck, AuditFinding, Level, Setting

# Below it a token can be tried out; 24 signs of any kind cannot.
_SHORTEST_TOKEN = 24
_CHANNEL: KeyPath = ("channels", "imessage")


def judge(
    config: Config, document: Mapping[str, Any], environment: Mapping[str, str]
) -> Iterator[AuditFinding]:
    """Every finding about ``config``; ``document`` is the file with its defaults, for keys that no section has."""
    accounts = [account for account in resolve_accounts(config) if account.enabled]
    yield from _token(config, environment)
    yield from _reach(accounts, config)
    yield from _sharing(accounts, config)
    for account in accounts:
        yield from _policies(account, config)
    yield from _redaction(config)
    yield from _flags(config, document)
    yield _surface(accounts, config)


def _token(config: Config, environment: Mapping[str, str]) -> Iterator[AuditFinding]:
    token = reveal(config.gateway.auth.token, environment)
    if token is not None and len(token) < _SHORTEST_TOKEN:
        detail = f"gateway.auth.token has {len(token)} signs"
        remediation = "take it out, and a token of 256 bits is generated; or make one: openssl rand -hex 32"
        yield AuditFinding(AuditCheck.TOKEN_SHORT, Level.WARN, detail, remediation)


def _reach(accounts: list[AccountConfig], config: Config) -> Iterator[AuditFinding]:
    """Open doors, and what the agents behind them can do."""
    doors = [
        *_open_direct(accounts),
        *(f"{one.id} (groups)" for one in accounts if one.group_policy == "open"),
    ]
    agents = resolve_agents(config)
    running = sorted({*(agent.id for agent in agents if agent.runtime == "acp"), *bound_programs(config)})
    servers = sorted(config.mcp.servers or {})
    means = [f"agent {name} runs programs (ACP)" for name in running]
    means += [f"the MCP server {name} is at hand" for name in servers]
    if doors and means:
        detail = f"open: {', '.join(doors)}; {'; '.join(means)}"
        remediation = "close the doors (pairing, allowlist), or give those people an agent without such tools"
        yield AuditFinding(AuditCheck.OPEN_WITH_EXEC, Level.CRITICAL, detail, remediation)
    open_groups = [one for one in accounts if one.group_policy == "open"]
    armed = [agent.id for agent in agents if _has_tools(agent)]
    if open_groups and armed:
        detail = (
            f"groups of {', '.join(one.id for one in open_groups)}; agents with tools: {', '.join(armed)}"
        )
        remediation = "set groupPolicy to allowlist, or deny the tools of those agents"
        settings = tuple(_open_group_settings(config))
        yield AuditFinding(
            AuditCheck.OPEN_GROUPS_WITH_TOOLS, Level.WARN, detail, remediation, settings=settings
        )


def _has_tools(agent: AgentConfig) -> bool:
    """An agent has tools unless its policy takes all of them away."""
    if agent.tools is None:
        return True
    return agent.tools.allow != () and "*" not in (agent.tools.deny or ())


def _open_direct(accounts: list[AccountConfig]) -> list[str]:
    return [f"{one.id} (direct)" for one in accounts if one.dm_policy == "open"]


def _sharing(accounts: list[AccountConfig], config: Config) -> Iterator[AuditFinding]:
    signs = [
        *(f"dmPolicy of {one.id} is open" for one in accounts if one.dm_policy == "open"),
        *(f"groupPolicy of {one.id} is open" for one in accounts if one.group_policy == "open"),
        *(f"{one.id} admits everybody (*)" for one in accounts if "*" in _lists(one)),
        *(f"{one.id} has groups" for one in accounts if one.groups and one.group_policy != "disabled"),
    ]
    if signs:
        detail = f"{'; '.join(signs)}: whoever may write can make the agent do what it may do"
        remediation = (
            "run a gateway of its own, under a user of its own, for people who do not trust each other"
        )
        yield AuditFinding(AuditCheck.MULTI_USER, Level.WARN, detail, remediation)
    senders = {entry for one in accounts if one.dm_policy != "disabled" for entry in one.allow_from}
    many = len(senders) > 1 or "*" in senders or any(one.dm_policy in ("open", "pairing") for one in accounts)
    if accounts and many and config.session.dm_scope == "main":
        scope = "per-account-channel-peer" if len(accounts) > 1 else "per-channel-peer"
        detail = "session.dmScope is main: what one says, another can be told"
        yield AuditFinding(AuditCheck.DM_SHARED, Level.WARN, detail, f"set session.dmScope to {scope}")


def _lists(account: AccountConfig) -> tuple[str, ...]:
    return (*account.allow_from, *(account.group_allow_from or ()))


def _policies(account: AccountConfig, config: Config) -> Iterator[AuditFinding]:
    if account.dm_policy == "open":
        detail = f"dmPolicy of account {account.id} is open"
        yield AuditFinding(AuditCheck.DM_OPEN, Level.CRITICAL, detail, "set dmPolicy to pairing")
    if account.group_policy == "open":
        detail = f"groupPolicy of account {account.id} is open"
        remediation = "set groupPolicy to allowlist and name the senders in groupAllowFrom"
        settings = tuple(_open_group_settings(config))
        yield AuditFinding(AuditCheck.GROUPS_OPEN, Level.WARN, detail, remediation, settings=settings)


def _open_group_settings(config: Config) -> Iterator[Setting]:
    """Every place in the file that opens groups, closed."""
    channel = config.channels.imessage
    if config.channels.defaults.group_policy == "open":
        yield Setting(("channels", "defaults", "groupPolicy"), "allowlist")
    if channel is None:
        return
    if channel.group_policy == "open":
        yield Setting((*_CHANNEL, "groupPolicy"), "allowlist")
    for name, account in (channel.accounts or {}).items():
        if account.group_policy == "open":
            yield Setting((*_CHANNEL, "accounts", name, "groupPolicy"), "allowlist")


def _redaction(config: Config) -> Iterator[AuditFinding]:
    if config.logging.redact_sensitive == "off":
        setting = Setting(("logging", "redactSensitive"), "tools")
        detail = "logging.redactSensitive is off"
        yield AuditFinding(AuditCheck.REDACT_OFF, Level.WARN, detail, "set it to tools", settings=(setting,))


def _flags(config: Config, document: Mapping[str, Any]) -> Iterator[AuditFinding]:
    found = [f"{render_path(path)} is true" for path in _dangerous(document, ())]
    if _at(document, "plugins", "entries", "acpx", "config", "permissionMode") == "approve-all":
        found.append("plugins.entries.acpx.config.permissionMode is approve-all: agents ask nobody")
    if not config.commands.use_access_groups:
        found.append("commands.useAccessGroups is false: commands are not limited to who is listed")
    if config.services.sms_owner:
        found.append("services.smsOwner is true: the sender of an SMS can be forged")
    if config.gateway.auth.mode == "none":
        found.append("gateway.auth.mode is none")
    for flag in found:
        yield AuditFinding(
            AuditCheck.DANGEROUS_FLAGS, Level.WARN, flag, "take it out unless you know why it is there"
        )


def _dangerous(here: Any, path: KeyPath) -> Iterator[KeyPath]:
    """Keys that say of themselves that they are, wherever they stand, and are set."""
    if isinstance(here, Mapping):
        for key, value in cast("Mapping[str, Any]", here).items():
            if value is True and key.startswith(("dangerously", "allowInsecure", "insecure")):
                yield (*path, key)
            yield from _dangerous(value, (*path, key))
    elif isinstance(here, list):
        for position, value in enumerate(cast("list[Any]", here)):
            yield from _dangerous(value, (*path, position))


def _at(document: Mapping[str, Any], *keys: str) -> object:
    here: Any = document
    for key in keys:
        if not isinstance(here, Mapping):
            return None
        here = cast("Mapping[str, Any]", here).get(key)
    return here


def _surface(accounts: list[AccountConfig], config: Config) -> AuditFinding:
    lines = [
        f"{one.id}: direct {one.dm_policy} ({len(one.allow_from)} listed), groups {one.group_policy}"
        for one in accounts
    ]
    owners = len(config.commands.owner_allow_from or ())
    detail = "; ".join(lines) or "no account is enabled"
    return AuditFinding(AuditCheck.SURFACE, Level.INFO, f"{detail}; owners named: {owners}")
