"""Looking over what decides where a message goes: shared memories, mention patterns. Pure.

A part of ``config.review``, which says when each is asked.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from openclaw.config.accounts import AccountConfig
from openclaw.config.agents import AgentConfig
from openclaw.config.grammar import normalise_id
from openclaw.config.groups import may_require_mention
from openclaw.config.paths import KeyPath, render_path
from openclaw.config.review_bindings import is_for
from openclaw.config.sections.bindings import Binding
from openclaw.config.sections.root import Config
from openclaw.domain.chats import parse_allow_entry
from openclaw.domain.handles import parse_handle
from openclaw.domain.patterns import PatternFault, compile_pattern, name_pattern, sign_pattern
from openclaw.errors import ConfigIssue

# What is found in all of them is found anywhere.
_UNLIKE = ("", "x", "7", "…")
_ISOLATING = "set it to per-channel-peer"


def shared_sessions(accounts: list[AccountConfig], config: Config) -> Iterator[ConfigIssue]:
    """Where people who do not know of each other would share one memory (design section 6)."""
    shared = "is main while several people may write: they share one memory, and can read each other's words"
    links, section = config.session.identity_links or {}, config.session
    if section.dm_scope == "main" and _several_senders(accounts, links):
        yield ConfigIssue("session.dmScope", shared, value="main", fix=_ISOLATING)
    alone: dict[str, set[str]] = {}
    for position, binding in enumerate(config.bindings):
        if section.dm_scope == "main" or not _shares(binding):
            continue
        here = [account for account in accounts if is_for(binding, account)]
        if (one := _one_person(binding)) is None:
            several = _several_senders(here, links)
        else:
            # One person has the main session alone, until another binding gives it to somebody else, too.
            people = alone.setdefault(normalise_id(binding.agent_id), set())
            people |= {_person(one, account, links) for account in here}
            several = len(people) > 1
        if several:
            yield ConfigIssue(f"bindings[{position}].session.dmScope", shared, value="main", fix=_ISOLATING)
    if section.scope == "global" and section.dm_scope != "main":
        yield ConfigIssue(
            "session.scope",
            f"is global, but dmScope keeps people apart ({section.dm_scope}), and that is what counts",
            value="global",
            fix="remove it, or set session.dmScope to main when people shall share one memory",
        )


def mention_faults(config: Config) -> Iterator[ConfigIssue]:
    """Every mention pattern that cannot be used, by its key; none may start with one (demand H5)."""
    for path, pattern in _patterns(config):
        fault = compile_pattern(pattern)
        if isinstance(fault, PatternFault):
            yield ConfigIssue(path, fault.message, pattern, fault.fix)


def _patterns(config: Config) -> Iterator[tuple[str, str]]:
    """Return every mention pattern with its key."""
    lists: list[tuple[KeyPath, tuple[str, ...]]] = [
        (("agents", "list", position, "groupChat"), agent.group_chat.mention_patterns or ())
        for position, agent in enumerate(config.agents.list)
    ]
    lists.append((("messages", "groupChat"), config.messages.group_chat.mention_patterns or ()))
    for place, patterns in lists:
        for index, pattern in enumerate(patterns):
            yield render_path((*place, "mentionPatterns", index)), pattern


def mention_warnings(
    accounts: list[AccountConfig], agents: tuple[AgentConfig, ...], config: Config
) -> Iterator[ConfigIssue]:
    """Agents that must be called but have no name to be called by (ruling 14), or one that every text has in it."""
    if not any(may_require_mention(account) for account in accounts):
        return
    for agent in agents:
        if not _has_patterns(agent):
            yield ConfigIssue(
                "messages.groupChat.mentionPatterns",
                f"leaves agent {agent.id} without a name to be called by, so it answers every message, called or not",
                fix="write patterns, or give the agent an identity.name",
            )
    for path, pattern in _patterns(config):
        usable = compile_pattern(pattern)
        if not isinstance(usable, PatternFault) and all(usable.search(text) for text in _UNLIKE):
            yield ConfigIssue(
                path,
                "is found in every text, so every message counts as a call",
                pattern,
                "write what has to be there, or set requireMention to false where that is meant",
            )


def _has_patterns(agent: AgentConfig) -> bool:
    if agent.mention_patterns is not None:
        return bool(agent.mention_patterns)
    derived = (name_pattern(agent.identity_name or ""), sign_pattern(agent.identity_emoji or ""))
    return any(pattern is not None for pattern in derived)


def _several_senders(accounts: list[AccountConfig], links: Mapping[str, tuple[str, ...]]) -> bool:
    """Tell whether more than one person can get in; pairing admits as many as the owner approves."""
    reachable = [account for account in accounts if account.dm_policy != "disabled"]
    people = {_person(entry, account, links) for account in reachable for entry in account.allow_from}
    people.discard("")
    return len(people) > 1 or "*" in people or any(account.dm_policy != "allowlist" for account in reachable)


def _person(entry: str, account: AccountConfig, links: Mapping[str, tuple[str, ...]]) -> str:
    """Who is meant by an entry: one name for all spellings of a person, "" for one that can match nobody."""
    if entry.strip() == "*":
        return "*"
    handle = parse_handle(entry, account.region)
    for name, spellings in links.items():
        if handle is not None and handle in {parse_handle(one, account.region) for one in spellings}:
            return f"link:{name}"
    return str(handle or parse_allow_entry(entry, account.region) or "")


def _shares(binding: Binding) -> bool:
    """Whether a binding puts direct messages into its agent's main session."""
    if not binding.match.is_ours or binding.session is None or binding.session.dm_scope != "main":
        return False
    return binding.match.peer is None or binding.match.peer.is_direct


def _one_person(binding: Binding) -> str | None:
    """Whom a binding names, ``None`` when it is for everybody."""
    peer = binding.match.peer
    return None if peer is None or peer.is_any else peer.id
