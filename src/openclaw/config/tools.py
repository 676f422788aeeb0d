"""Looking over what a configuration says of tools: words that mean nothing, and folders that hold too much. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from openclaw.config.accounts import resolve_accounts
from openclaw.config.agents import AgentConfig, resolve_agents
from openclaw.config.locations import real_path
from openclaw.config.paths import KeyPath, render_path
from openclaw.config.sections.imessage import Account, IMessage, ToolPolicy
from openclaw.config.sections.root import Config
from openclaw.domain.handles import Handle, parse_handle
from openclaw.domain.tools import is_known
from openclaw.errors import ConfigIssue

_LISTS = (("allow", "allow"), ("alsoAllow", "also_allow"), ("deny", "deny"))

SENDER_KINDS = ("id", "e164", "username", "name")
"""The prefixes of ``toolsBySender`` in the order in which they count. Every one means the handle: what people call
themselves proves nothing (demand N)."""


def holds_state(agent: AgentConfig, config: Config) -> bool:
    """Tell whether an agent's workspace holds the state directory or the configuration, which no tool may touch."""
    root = real_path(agent.workspace)
    kept = (config.locations.state_dir, config.locations.config_path)
    return any(real_path(path).is_relative_to(root) for path in kept)


def tool_warnings(config: Config) -> Iterator[ConfigIssue]:
    """Return what will surprise whoever wrote the lists of tools."""
    servers = tuple(config.mcp.servers or ())
    for path, policy in _policies(config):
        for key, attribute in _LISTS:
            for position, word in enumerate(getattr(policy, attribute) or ()):
                if not is_known(word, servers):
                    yield ConfigIssue(
                        render_path((*path, key, position)),
                        "names no tool: it is none of ours, and no MCP server has its beginning",
                        word,
                        "write read_file, write_file, list_files, conversation or SERVER__TOOL; * stands for anything",
                    )
    yield from _nobody(config)
    for agent in resolve_agents(config):
        if holds_state(agent, config):
            yield ConfigIssue(
                "agents",
                f"the workspace of agent {agent.id} holds the gateway's own state, so it gets no tools for files",
                str(agent.workspace),
                "give it a folder of its own",
            )


def _policies(config: Config) -> Iterator[tuple[KeyPath, ToolPolicy]]:
    yield ("tools",), config.tools
    for position, agent in enumerate(config.agents.list):
        if agent.tools is not None:
            yield ("agents", "list", position, "tools"), agent.tools
    for path, key_path, policy in _of_groups(config):
        yield (*path, *key_path), policy


def _of_groups(config: Config) -> Iterator[tuple[KeyPath, KeyPath, ToolPolicy]]:
    channel = config.channels.imessage or IMessage()
    places: list[tuple[KeyPath, Account]] = [((), channel)]
    places += [(("accounts", key), account) for key, account in (channel.accounts or {}).items()]
    for below, account in places:
        path = ("channels", "imessage", *below)
        for name, group in (account.groups or {}).items():
            if group.tools is not None:
                yield path, ("groups", name, "tools"), group.tools
            for sender, policy in (group.tools_by_sender or {}).items():
                yield path, ("groups", name, "toolsBySender", sender), policy


def sender_key(key: str, region: str) -> Handle | None:
    """Whom a key of ``toolsBySender`` means; ``None`` for ``"*"`` and for what is no handle."""
    head, colon, rest = key.strip().partition(":")
    return parse_handle(rest if colon and head.lower() in SENDER_KINDS else key, region)


def _nobody(config: Config) -> Iterator[ConfigIssue]:
    for account in resolve_accounts(config):
        for name, group in account.groups.items():
            for key in group.tools_by_sender or {}:
                if key.strip() != "*" and sender_key(key, account.region) is None:
                    yield ConfigIssue(
                        render_path(("channels", "imessage", "groups", name, "toolsBySender", key)),
                        "names nobody: only a handle counts here, not what somebody calls himself",
                        key,
                        "write a phone number or an address, or * for everybody else",
                    )
