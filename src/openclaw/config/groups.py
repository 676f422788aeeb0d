"""What the configuration says of one chat: the entries of ``groups`` and ``dms`` that mean it. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from openclaw.config.accounts import AccountConfig
from openclaw.config.agents import AgentConfig
from openclaw.config.grammar import normalise_id
from openclaw.config.sections.imessage import GroupConfig
from openclaw.config.sections.root import Config
from openclaw.domain.chats import ChatRef, admits_anybody, group_selector
from openclaw.domain.handles import parse_handle


def group_entries(groups: Mapping[str, GroupConfig], chat: ChatRef) -> tuple[GroupConfig, ...]:
    """The entries that mean ``chat``, the one that names it before ``"*"``."""
    named = [
        entry
        for key, entry in groups.items()
        if (name := group_selector(key)) is not None and name.matches(chat)
    ]
    return tuple(entry for entry in (*named[:1], everywhere_entry(groups)) if entry is not None)


def everywhere_entry(groups: Mapping[str, GroupConfig]) -> GroupConfig | None:
    """The entry ``"*"``, which means every group."""
    return next((entry for key, entry in groups.items() if group_selector(key) is None), None)


def group_instructions(account: AccountConfig, chat: ChatRef) -> str:
    """``systemPrompt`` of the group, else of ``"*"``; "" when neither has one, or the group's own is empty."""
    said = (entry.system_prompt for entry in group_entries(account.groups, chat))
    return next((text.strip() for text in said if text is not None), "")


def requires_mention(account: AccountConfig, chat: ChatRef) -> bool:
    """Whether the agent has to be called by name in a group: its own word, else that of ``"*"``, else yes (C.5)."""
    said = (entry.require_mention for entry in group_entries(account.groups, chat))
    return next((word for word in said if word is not None), True)


def may_require_mention(account: AccountConfig) -> bool:
    """Whether there may be a conversation at an account in which the agent has to be called by name."""
    if account.require_mention_in_dms and account.dm_policy != "disabled":
        return True
    if account.group_policy == "disabled":
        return False
    if account.group_policy == "allowlist" and not admits_anybody(account.group_senders, account.region):
        return False
    words = [entry.require_mention for entry in account.groups.values()]
    everywhere = everywhere_entry(account.groups)
    default = everywhere is None or everywhere.require_mention is not False
    return any(default if word is None else word for word in words or [None])


def memory_limit(
    account: AccountConfig, peer: str, links: Mapping[str, Sequence[str]] | None = None
) -> int | None:
    """How many things a person said in a direct chat go to the model with what was answered; ``None`` for no limit.

    ``dms.<peer>.historyLimit``, the peer in any spelling or by the name that ``session.identityLinks`` gives them, else
    ``dmHistoryLimit``: in every ``dmScope``.
    """
    handle = parse_handle(peer, account.region)
    names = {
        name.strip().lower()
        for name, ids in (links or {}).items()
        if handle is not None and handle in {parse_handle(one, account.region) for one in ids}
    }
    own = (
        entry.history_limit
        for key, entry in account.dms.items()
        if key.strip().lower() in {peer, *names} or (handle and parse_handle(key, account.region) == handle)
    )
    return next((limit for limit in own if limit is not None), account.dm_history_limit)


def context_limit(config: Config, account: AccountConfig, agent: AgentConfig) -> int:
    """How many messages that were said beside ``agent`` in a group are kept for its next answer there.

    An agent's own limit replaces what holds for all groups; where account or channel set one, the smaller counts.
    """
    if agent.history_limit is None:
        return account.history_limit
    if _sets_history_limit(config, account):
        return min(account.history_limit, agent.history_limit)
    return agent.history_limit


def _sets_history_limit(config: Config, account: AccountConfig) -> bool:
    channel = config.channels.imessage
    if channel is None:
        return False
    own = [each for key, each in (channel.accounts or {}).items() if normalise_id(key) == account.id]
    return any(each.history_limit is not None for each in (*own, channel))
