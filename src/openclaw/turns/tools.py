"""Which tools a turn gets: the agent's, narrowed by whoever wrote its messages. Pure.

| who wrote | nothing configured | ``allow`` | ``alsoAllow`` | ``deny`` |
|---|---|---|---|---|
| a sender who may command | every tool of the agent | those alone | every tool of the agent | less those |
| anybody else | ``conversation`` alone | those alone | ``conversation`` and those | less those |

Only who is surely who he seems to be counts as one who may command (``inbound.access.vouches``). Nothing here gives a
tool that the agent does not have. Where several people's messages are answered in one turn, it gets what each of them
would get. Only the ledger's sender counts, never what a message says.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce

from openclaw.config.sections.imessage import GroupConfig, ToolPolicy
from openclaw.config.sections.tools import Tools
from openclaw.config.tools import SENDER_KINDS, sender_key
from openclaw.domain.acp import stands_for
from openclaw.domain.chats import ChatRef, ChatSelector, group_selector
from openclaw.domain.handles import Handle, parse_handle
from openclaw.domain.ids import AccountId, AgentId
from openclaw.domain.tools import (
    CONVERSATION,
    NO_TOOLS,
    ToolRights,
    ToolRule,
    allowed_names,
    denied_names,
    profile_names,
)
from openclaw.domain.turns import Turn, TurnMessage

_HARMLESS = frozenset({CONVERSATION})
"""What a stranger's turn may use: it tells nothing that is not said in the chat itself."""


@dataclass(frozen=True, slots=True)
class GroupTools:
    """What one entry of ``groups`` says of tools; ``selector`` is ``None`` for ``"*"``."""

    selector: ChatSelector | None
    everyone: ToolPolicy | None
    senders: Mapping[Handle, ToolPolicy]
    other_senders: ToolPolicy | None


@dataclass(frozen=True, slots=True)
class AccountTools:
    """What one account says of tools.

    ``vouches`` tells whether the operator named a sender; it is asked where authority is given to everybody.
    """

    region: str
    groups: Sequence[GroupTools]
    vouches: Callable[[Handle, ChatRef], bool]


@dataclass(frozen=True, slots=True)
class ToolRules:
    """Everything that decides about tools; of ``agents`` the default one is the first."""

    agents: Mapping[AgentId, ToolRights]
    accounts: Mapping[AccountId, AccountTools]

    def rights(self, turn: Turn) -> ToolRights:
        """What ``turn`` may use; nothing when its agent or account is not configured any more."""
        account = self.accounts.get(turn.account)
        if account is None or not turn.messages:
            return NO_TOOLS
        agent = stands_for(turn.agent, list(self.agents))
        each = (_of_message(account, turn, message) for message in turn.messages)
        return reduce(ToolRights.__and__, each, self.agents.get(agent, NO_TOOLS))


def agent_rights(everywhere: Tools, own: Tools | None) -> ToolRights:
    """What an agent has: the global lists and its own, each narrowing; its own profile takes the global one's place."""
    mine = own or Tools()
    also = allowed_names((everywhere.also_allow if mine.also_allow is None else mine.also_allow) or ())
    profile = profile_names(mine.profile or everywhere.profile or "full") | also
    rules = {ToolRule(profile), _lists(everywhere), _lists(mine)}
    return ToolRights(frozenset(rules))


def sender_rights(policy: ToolPolicy | None, *, trusted: bool) -> ToolRights:
    """What a sender's turn may use of what the agent has: the table at the top of this module."""
    least = None if trusted else _HARMLESS
    if policy is None:
        return ToolRights(frozenset({ToolRule(least)}))
    if policy.allow is not None:
        least = allowed_names(policy.allow)
    elif least is not None:
        least = least | allowed_names(policy.also_allow or ())
    return ToolRights(frozenset({ToolRule(least, denied_names(policy.deny or ()))}))


def policy_for(groups: Sequence[GroupTools], chat: ChatRef, sender: Handle | None) -> ToolPolicy | None:
    """The policy that counts for a sender in a group: the group's before that of ``"*"``, the sender's before
    everybody's (facts C.8)."""
    named = [entry for entry in groups if entry.selector and entry.selector.matches(chat)]
    for entry in (*named[:1], *(entry for entry in groups if entry.selector is None)):
        own = entry.senders.get(sender) if sender is not None else None
        found = own or entry.other_senders or entry.everyone
        if found is not None:
            return found
    return None


def group_tools(configured: Mapping[str, GroupConfig], region: str) -> tuple[GroupTools, ...]:
    """What an account's ``groups`` say of tools, ready to be asked."""
    return tuple(_group(key, entry, region) for key, entry in configured.items())


def _of_message(account: AccountTools, turn: Turn, message: TurnMessage) -> ToolRights:
    sender = parse_handle(message.sender, account.region)
    policy = policy_for(account.groups, turn.chat, sender) if turn.is_group else None
    trusted = message.authorised and sender is not None and account.vouches(sender, turn.chat)
    return sender_rights(policy, trusted=trusted)


def _lists(tools: Tools) -> ToolRule:
    allow = None if tools.allow is None else allowed_names(tools.allow)
    return ToolRule(allow, denied_names(tools.deny or ()))


def _group(key: str, entry: GroupConfig, region: str) -> GroupTools:
    senders: dict[Handle, ToolPolicy] = {}
    by_rank = sorted((entry.tools_by_sender or {}).items(), key=lambda item: _rank(item[0]))
    for name, policy in by_rank:
        if (handle := sender_key(name, region)) is not None:
            senders.setdefault(handle, policy)
    others = next((policy for name, policy in by_rank if name.strip() == "*"), None)
    return GroupTools(group_selector(key), entry.tools, senders, others)


def _rank(key: str) -> int:
    kind = key.strip().partition(":")[0].lower()
    return SENDER_KINDS.index(kind) if kind in SENDER_KINDS else 0
