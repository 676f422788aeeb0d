"""Deciding keys: which key of the file really decided, where its value came from, and what is in force. Pure.

An account may have a key of its own, inherit the channel's, or have none and the default (design rulings 2 and 3). What
somebody who asks "why?" has to change is the one that counted, so that is named.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, cast

from openclaw.config.accounts import AccountConfig, resolve_accounts
from openclaw.config.agents import resolve_agents
from openclaw.config.document import plain
from openclaw.config.grammar import normalise_id
from openclaw.config.load import Loaded
from openclaw.config.paths import KeyPath, parse_path, render_path
from openclaw.domain.acp import stands_for
from openclaw.domain.chats import ChatRef, group_selector
from openclaw.domain.commands import Flag
from openclaw.domain.ids import AccountId, AgentId
from openclaw.domain.reasons import Reason

CHANNEL: KeyPath = ("channels", "imessage")
_UNSET: Final = object()
# Where an account's value is looked for when neither it nor the channel has one.
_ELSEWHERE: Mapping[str, KeyPath] = {"groupPolicy": ("channels", "defaults", "groupPolicy")}
_NOTES: Mapping[str, str] = {
    "ownHandles": "they are learnt from the account's own messages",
    "settleMs": "a second where a person types on the account too",
}


@dataclass(frozen=True, slots=True)
class DecidingKey:
    """A key that decided. ``value`` is what is in force, as plain data.

    Where nothing is set, ``key`` is where it could be, and ``note`` says what counts instead.
    """

    key: str
    value: object
    is_set: bool = True
    note: str = ""

    @property
    def says(self) -> str:
        """The key as a person should read it: ``channels.imessage.groups``, or that it is a default."""
        note = f"; {self.note}" if self.note else ""
        if not self.is_set:
            return f"default ({self.key} is not set{note})"
        return f"{self.key} ({self.note})" if self.note else self.key


@dataclass(frozen=True, slots=True)
class Matter:
    """What a reason was given about: in which account, about which chat, and which agent would answer, if known.

    ``switch`` is the key that switches its command on, if it is one of those that have to be.
    """

    account: AccountId
    chat: ChatRef | None = None
    is_group: bool = False
    agent: AgentId | None = None
    switch: Flag | None = None


def deciding_keys(loaded: Loaded, matter: Matter, reason: Reason) -> tuple[DecidingKey, ...]:
    """The keys that ``reason`` follows from, the foremost first; none when the configuration has no say in it.

    An account that is not configured any more decides nothing.
    """
    account = next((one for one in resolve_accounts(loaded.config) if one.id == matter.account), None)
    if account is None:
        return ()
    place = _Place(loaded.written, account)
    if reason is Reason.COMMAND_UNAUTHORISED:
        return tuple(_of_commands(place, matter))
    if reason is Reason.NOT_MENTIONED:
        return (_required(place, matter), _patterns(loaded, matter))
    names = (matter.switch,) if reason is Reason.COMMAND_DISABLED and matter.switch else reason.keys
    return tuple(_decider(loaded, place, name) for name in names)


def fix_for(reason: Reason, keys: Sequence[DecidingKey]) -> str:
    """What to do about ``reason``, with the key that counted in the place of the channel's."""
    foremost = next(iter(keys), None)
    if reason is Reason.COMMAND_DISABLED and len(keys) == 1:
        return f"Set {keys[0].key} to true."
    if foremost is None or not foremost.is_set or not reason.keys:
        return reason.fix
    return reason.fix.replace(reason.keys[0], foremost.key)


@dataclass(frozen=True, slots=True)
class _Place:
    """One account in the file as it is written."""

    written: Mapping[str, Any]
    account: AccountConfig

    def own_path(self) -> KeyPath | None:
        """Where the account's own section is, if it has one."""
        listed = _at(self.written, (*CHANNEL, "accounts"))
        keys = cast("dict[str, Any]", listed) if isinstance(listed, dict) else {}
        key = next((key for key in keys if normalise_id(key) == self.account.id), None)
        return None if key is None else (*CHANNEL, "accounts", key)

    def find(self, name: str) -> KeyPath | None:
        """Where the value of an account's key stands."""
        own = self.own_path()
        paths: list[KeyPath] = [(*own, name)] if own else []
        paths.append((*CHANNEL, name))
        # Without a section for the phone the defaults for all channels do not count (design ruling 3).
        if name in _ELSEWHERE and _at(self.written, CHANNEL) is not _UNSET:
            paths.append(_ELSEWHERE[name])
        return next((path for path in paths if _at(self.written, path) is not _UNSET), None)

    def key(self, name: str) -> DecidingKey:
        """The deciding key for an account's key ``name``."""
        path = self.find(name)
        value = cast("dict[str, Any]", plain(self.account)).get(name)
        if path is not None:
            return DecidingKey(render_path(path), value)
        missing = _at(self.written, CHANNEL) is _UNSET
        note = "channels.imessage is missing, so the strictest counts" if missing else _NOTES.get(name, "")
        return DecidingKey(render_path((*CHANNEL, name)), value, is_set=False, note=note)


def _decider(loaded: Loaded, place: _Place, name: str) -> DecidingKey:
    path = parse_path(name)
    if path[: len(CHANNEL)] != CHANNEL:
        value = _at(loaded.document, path)
        return DecidingKey(
            name, None if value is _UNSET else value, is_set=_at(loaded.written, path) is not _UNSET
        )
    leaf = str(path[-1])
    return _group_senders(place) if leaf == "groupAllowFrom" else place.key(leaf)


def _group_senders(place: _Place) -> DecidingKey:
    if place.find("groupAllowFrom") is not None:
        return place.key("groupAllowFrom")
    fallback = place.key("allowFrom")
    note = f"{render_path((*CHANNEL, 'groupAllowFrom'))} is not set"
    return DecidingKey(fallback.key, fallback.value, fallback.is_set, note)


def _of_commands(place: _Place, matter: Matter) -> Iterator[DecidingKey]:
    """One list decides alone when it is set, owners narrow the rest (behaviour facts C.6, C.7)."""
    for path in (("commands", "allowFrom", "imessage"), ("commands", "allowFrom", "*")):
        value = _at(place.written, path)
        if value is not _UNSET:
            yield DecidingKey(render_path(path), value)
            return
    owners = _at(place.written, ("commands", "ownerAllowFrom"))
    if owners is not _UNSET:
        yield DecidingKey("commands.ownerAllowFrom", owners)
    yield place.key("allowFrom")
    if matter.is_group:
        yield _group_senders(place)


def _required(place: _Place, matter: Matter) -> DecidingKey:
    """Where it says that the agent has to be called."""
    if not matter.is_group:
        return place.key("requireMentionInDms")
    path = place.find("groups") or (*CHANNEL, "groups")
    groups = _at(place.written, path)
    entries = cast("dict[str, Any]", groups) if isinstance(groups, dict) else {}
    meant = [key for key in entries if _means(key, matter.chat)]
    for key in (*meant[:1], "*"):
        value = _at(place.written, (*path, key, "requireMention"))
        if value is not _UNSET:
            return DecidingKey(render_path((*path, key, "requireMention")), value)
    name = meant[0] if meant else "*"
    return DecidingKey(render_path((*path, name, "requireMention")), value=True, is_set=False)


def _means(key: str, chat: ChatRef | None) -> bool:
    selector = group_selector(key)
    return chat is not None and selector is not None and selector.matches(chat)


def _patterns(loaded: Loaded, matter: Matter) -> DecidingKey:
    """By which words the agent is called: its own patterns, those for all, or its name (design ruling 14)."""
    listed = _at(loaded.written, ("agents", "list"))
    agents = cast("list[Any]", listed) if isinstance(listed, list) else []
    known = sorted(resolve_agents(loaded.config), key=lambda agent: not agent.is_default)
    named = stands_for(matter.agent, [agent.id for agent in known]) if matter.agent else None
    number = next((n for n, one in enumerate(agents) if normalise_id(str(one.get("id", ""))) == named), None)
    own: KeyPath = () if number is None else ("agents", "list", number)
    for path in ((*own, "groupChat", "mentionPatterns"), ("messages", "groupChat", "mentionPatterns")):
        value = _at(loaded.written, path)
        if value is not _UNSET:
            return DecidingKey(render_path(path), value)
    name = None if number is None else _at(loaded.written, (*own, "identity"))
    note = "the agent's name and emoji count"
    key = render_path((*own, "groupChat", "mentionPatterns")) if own else "messages.groupChat.mentionPatterns"
    return DecidingKey(key, None if name is _UNSET else name, is_set=False, note=note)


def _at(document: Mapping[str, Any], path: KeyPath) -> Any:
    """What stands at ``path``, or ``_UNSET``."""
    here: Any = document
    for part in path:
        if isinstance(here, Mapping) and part in here:
            here = cast("Mapping[Any, Any]", here)[part]
        elif isinstance(here, list) and isinstance(part, int) and part < len(cast("list[Any]", here)):
            here = cast("list[Any]", here)[part]
        else:
            return _UNSET
    return here
