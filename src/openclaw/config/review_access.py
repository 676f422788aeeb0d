"""Looking over who is let in: lists that admit nobody, doors that stand open, groups named in vain. Pure.

A part of ``config.review``, which says when it is asked.
"""

from __future__ import annotations

from collections.abc import Iterator

from openclaw.config.accounts import AccountConfig
from openclaw.config.grammar import normalise_id
from openclaw.config.paths import KeyPath, render_path
from openclaw.config.sections.imessage import IMessage
from openclaw.config.sections.root import Config
from openclaw.domain.chats import ChatSelector, admits_anybody, begins_as_chat, group_selector, parse_selector
from openclaw.errors import ConfigIssue


def access_warnings(account: AccountConfig, config: Config) -> Iterator[ConfigIssue]:
    """Return what keeps everybody out of an account, or lets anybody in, perhaps without having been meant to."""
    yield from _closed(account, config)
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
    if account.group_policy != "disabled":
        yield from _groups(account, config)


def _closed(account: AccountConfig, config: Config) -> Iterator[ConfigIssue]:
    if account.group_policy == "allowlist" and not admits_anybody(account.group_senders, account.region):
        yield ConfigIssue(
            _key(account, config, "groupAllowFrom"),
            "admits nobody, so no group message is answered while groupPolicy is allowlist",
            fix="name the senders, or set groupPolicy to disabled to say that this is meant",
        )
    # An empty list is refused where the file is read.
    if account.dm_policy == "allowlist" and not admits_anybody(account.allow_from, account.region):
        yield ConfigIssue(
            _key(account, config, "allowFrom"),
            "names no handle and no chat, so no direct message is answered while dmPolicy is allowlist",
            fix="write numbers with + and country code, mail addresses in full",
        )


def _groups(account: AccountConfig, config: Config) -> Iterator[ConfigIssue]:
    """Return entries that admit no group, and those beside another one for the same group, which counts alone."""
    known: dict[ChatSelector | None, str] = {}
    for key in account.groups:
        place = render_path((*_place_of_groups(account, config), key))
        if begins_as_chat(key) and parse_selector(key) is None:
            fix = "see the numbers of chats: openclaw chats list"
            yield ConfigIssue(place, "names no chat, so it admits no group", key, fix)
            continue
        first = known.setdefault(group_selector(key), key)
        if first != key:
            problem = f"is the same group as {first}, which comes first and counts alone"
            yield ConfigIssue(place, problem, key, "put what is to hold into one of them")


def _place_of_groups(account: AccountConfig, config: Config) -> KeyPath:
    channel = config.channels.imessage or IMessage()
    listed = (channel.accounts or {}).items()
    own = [key for key, one in listed if normalise_id(key) == account.id and one.groups is not None]
    return ("channels", "imessage", *(("accounts", own[0]) if own else ()), "groups")


def _key(account: AccountConfig, config: Config, key: str) -> str:
    """Return where ``account`` has ``key``, or could have it."""
    channel = config.channels.imessage
    own = ("accounts", account.id) if channel is not None and channel.accounts else ()
    return render_path(("channels", "imessage", *own, key))
