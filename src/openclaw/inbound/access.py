"""Who may write and who may command: an account's lists and policies, compiled once, asked for each message. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from openclaw.config.accounts import AccountConfig
from openclaw.config.groups import everywhere_entry
from openclaw.config.sections.commands import Commands
from openclaw.config.sections.imessage import ContextVisibility, GroupConfig
from openclaw.domain.authority import refusal_as_owner
from openclaw.domain.chats import (
    AllowEntry,
    ChatRef,
    ChatSelector,
    Everyone,
    group_selector,
    parse_allow_entry,
    parse_selector,
)
from openclaw.domain.commands import Standing
from openclaw.domain.handles import Handle, parse_handle, strip_service
from openclaw.domain.ids import NO_NUMBER, AccountId
from openclaw.domain.messages import InboundMessage
from openclaw.domain.tapbacks import TapbackNotes

_CHANNEL = "imessage"
# RCS is the carrier's service too: whoever refuses SMS refuses it for the same reason.
_SERVICES = {
    "both": frozenset({"imessage", "sms", "rcs"}),
    "imessage": frozenset({"imessage"}),
    "sms": frozenset({"sms", "rcs"}),
}


@dataclass(frozen=True, slots=True)
class AllowList:
    """Whom a list of the configuration admits. An empty one admits nobody."""

    entries: tuple[AllowEntry, ...]

    @staticmethod
    def parse(texts: Iterable[str], region: str) -> AllowList:
        """The list that ``texts`` name; entries that can never match are left out."""
        parsed = (parse_allow_entry(text, region) for text in texts)
        return AllowList(tuple(entry for entry in parsed if entry is not None))

    def admits(self, handle: Handle, chat: ChatRef) -> bool:
        """Whether a sender in a chat is meant by any entry."""
        return any(_means(entry, handle, chat) for entry in self.entries)

    def names(self, handle: Handle, chat: ChatRef) -> bool:
        """Whether an entry names the sender or the chat; ``"*"`` names nobody."""
        return any(_means(entry, handle, chat) for entry in self.entries if not isinstance(entry, Everyone))

    @property
    def is_open(self) -> bool:
        """Whether it admits everybody."""
        return any(isinstance(entry, Everyone) for entry in self.entries)

    @property
    def handles(self) -> frozenset[Handle]:
        """The people in it who are named by their handles."""
        return frozenset(entry for entry in self.entries if isinstance(entry, str))

    @property
    def single(self) -> Handle | None:
        """The one handle that is the whole list, or ``None``."""
        handles = [entry for entry in self.entries if isinstance(entry, str)]
        return handles[0] if len(handles) == len(self.entries) == 1 else None


def _means(entry: AllowEntry, handle: Handle, chat: ChatRef) -> bool:
    match entry:
        case Everyone():
            return True
        case ChatSelector():
            return entry.matches(chat)
        case _:
            return entry == handle


@dataclass(frozen=True, slots=True)
class GroupEntry:
    """A configured group: ``selector`` is ``None`` for ``"*"``."""

    selector: ChatSelector | None
    require_mention: bool


@dataclass(frozen=True, slots=True)
class AccessPolicy:
    """What an account's configuration says about access, in the form that the gates ask."""

    account: AccountId
    region: str
    services: frozenset[str]
    dm_policy: str
    allow_from: AllowList
    group_policy: str
    group_allow_from: AllowList
    groups: tuple[GroupEntry, ...]
    require_mention_in_dms: bool
    own_handles: frozenset[Handle]
    command_allow: AllowList | None
    command_owners: AllowList | None
    use_access_groups: bool
    context_visibility: ContextVisibility
    owners: frozenset[Handle] = frozenset()
    approvers: frozenset[Handle] = frozenset()
    sms_owner: bool = False
    takes_files: bool = False
    tapbacks: TapbackNotes = "off"

    @property
    def takes_every_service(self) -> bool:
        """Whether a message may come by any service."""
        return self.services == _SERVICES["both"]

    def may_command(self, sender: Handle, chat: ChatRef, *, listed: bool) -> bool:
        """Whether a sender who is let in, and is ``listed`` or not, may give commands (behaviour facts C.6 and C.7).

        One list decides alone when it is set; owners narrow whatever else allows.
        """
        if self.command_allow is not None:
            return self.command_allow.admits(sender, chat)
        if self.command_owners is not None and not self.command_owners.admits(sender, chat):
            return False
        return listed or not self.use_access_groups

    def lets_in(self, handle: Handle) -> bool:
        """Whether direct messages of somebody are let in by the configuration alone, whatever their chat is called."""
        if handle in self.own_handles or self.dm_policy == "open":
            return True
        chat = ChatRef(NO_NUMBER, f"any;-;{handle}", handle)
        return self.dm_policy != "disabled" and self.allow_from.admits(handle, chat)

    def standing(self, sender: Handle, chat: ChatRef, *, authorised: bool) -> Standing:
        """What a sender may command in ``chat``, given whether it is anything at all.

        Only a handle makes an owner: neither ``*`` nor a chat does. What comes by SMS, or over a service that the phone
        does not tell, is easily forged (ruling 16; in doubt, deny).
        """
        owner, approver = sender in self.owners, sender in self.owners | self.approvers
        trusted = self.sms_owner or chat.service == "imessage"
        return Standing(
            authorised,
            owner=authorised and trusted and owner,
            approver=authorised and trusted and approver,
            by_forgeable=authorised and approver and not trusted,
        )

    def shows_words(self, sender: Handle | None, chat: ChatRef) -> bool:
        """Whether what somebody said in a group, to others, may be context: by ``contextVisibility`` and the list.

        An empty list leaves nothing to go by, so it hides nothing (behaviour facts C.9).
        """
        if self.context_visibility == "all" or not self.group_allow_from.entries:
            return True
        return sender is not None and self.group_allow_from.admits(sender, chat)

    def shows_quote(self, sender: Handle | None, chat: ChatRef) -> bool:
        """Whether what somebody in a group replies to may be shown; ``allowlist_quote`` shows every explicit quote."""
        return self.context_visibility == "allowlist_quote" or self.shows_words(sender, chat)

    def group(self, chat: ChatRef) -> GroupEntry | None:
        """The entry that names ``chat`` itself; ``"*"`` does not."""
        return next((entry for entry in self.groups if entry.selector and entry.selector.matches(chat)), None)

    def group_default(self) -> GroupEntry | None:
        """The entry ``"*"``."""
        return next((entry for entry in self.groups if entry.selector is None), None)

    def is_group(self, message: InboundMessage) -> bool:
        """Whether a message belongs to a group: by the chat's shape, its members, or because it is configured as one.

        What imsg says in ``is_group`` is not asked (imsg contract, section 1.10); in doubt it is a group (demand H3).
        """
        chat = message.chat
        if chat is None:
            return False
        return chat.has_group_shape or len(set(message.participants)) > 1 or self.group(chat) is not None


def vouches(policy: AccessPolicy, handle: Handle, chat: ChatRef) -> bool:
    """Whether a sender who may command is surely somebody the operator named or approved.

    Where some list lets everybody command, that somebody may do so says nothing about who he is; and what may have come
    by SMS is easily forged (ruling 16; in doubt, deny).
    """
    if refusal_as_owner(handle, chat, sms_owner=policy.sms_owner) is not None:
        return False
    lists = (policy.allow_from, policy.group_allow_from, policy.command_allow, policy.command_owners)
    given = [one for one in lists if one is not None]
    if policy.use_access_groups and not any(one.is_open for one in given):
        return True
    return handle in policy.own_handles or any(one.names(handle, chat) for one in given)


def compile_access(
    account: AccountConfig, commands: Commands, *, approver: str | None = None, sms_owner: bool = False
) -> AccessPolicy:
    """The policy of one account; ``approver`` is ``notify.owner``, ``sms_owner`` is ``services.smsOwner``."""
    region = account.region
    allow_from = AllowList.parse(account.allow_from, region)
    named = owners(commands.owner_allow_from, region)
    alone = frozenset({allow_from.single} if allow_from.single else ())
    approving = parse_handle(approver, region) if approver else None
    return AccessPolicy(
        account=AccountId(account.id),
        region=region,
        services=_SERVICES[account.services],
        dm_policy=account.dm_policy,
        allow_from=allow_from,
        group_policy=account.group_policy,
        group_allow_from=AllowList.parse(account.group_senders, region),
        groups=_groups(account.groups),
        require_mention_in_dms=account.require_mention_in_dms,
        own_handles=frozenset(filter(None, (parse_handle(text, region) for text in account.own_handles))),
        command_allow=_commanders(commands, region),
        command_owners=named,
        use_access_groups=commands.use_access_groups,
        owners=alone if named is None else named.handles,
        approvers=frozenset({approving} if approving else ()),
        sms_owner=sms_owner,
        context_visibility=account.context_visibility,
        takes_files=account.include_attachments,
        tapbacks=account.reaction_notifications,
    )


def owners(texts: Sequence[str | int] | None, region: str) -> AllowList | None:
    """``commands.ownerAllowFrom`` as a list; entries of other channels are left out; ``None`` when it is not set."""
    if texts is None:
        return None
    return AllowList.parse((str(text) for text in texts if not _is_other_channel(str(text))), region)


def _commanders(commands: Commands, region: str) -> AllowList | None:
    lists = commands.allow_from or {}
    texts = lists.get(_CHANNEL, lists.get("*"))
    return None if texts is None else AllowList.parse((str(text) for text in texts), region)


def _is_other_channel(text: str) -> bool:
    head, colon, _ = text.partition(":")
    return bool(colon) and head.isalpha() and strip_service(text) == text.strip() and not parse_selector(text)


def _groups(configured: Mapping[str, GroupConfig]) -> tuple[GroupEntry, ...]:
    everywhere = everywhere_entry(configured)
    default = everywhere is None or everywhere.require_mention is not False
    return tuple(
        GroupEntry(group_selector(key), default if entry.require_mention is None else entry.require_mention)
        for key, entry in configured.items()
    )
