"""``/allowlist``: who may write, shown in numbers to all who may command, by name and for change to the owner alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, cast

from openclaw.config.change import Change
from openclaw.config.grammar import normalise_id, typed_id_error
from openclaw.config.paths import KeyPath
from openclaw.domain.chats import parse_allow_entry
from openclaw.domain.commands import Flag
from openclaw.domain.handles import Handle, parse_handle
from openclaw.domain.ids import AccountId
from openclaw.errors import ConfigInvalid, NotFound
from openclaw.store import Ledger, Tx, pairing
from openclaw.turns.commands.configuration import NO_DESK, first_issue, write_refusal
from openclaw.turns.commands.order import Order, usage
from openclaw.turns.commands.ports import ConfigDesk
from openclaw.turns.commands.rules import AccountRules

Scope = Literal["dm", "group", "all"]
_SCOPES = ("dm", "group", "all")
_KEYS = {"dm": "allowFrom", "group": "groupAllowFrom"}
# Phones make a dash of two hyphens.
_DASHES = str.maketrans({"—": "--", "–": "--"})


@dataclass(frozen=True, slots=True)
class Wish:
    """What is to be done with which list: ``action`` is ``list``, ``add`` or ``remove``; "" stands for not said."""

    action: str = "list"
    scope: Scope | None = None
    entry: str = ""
    config: bool = True
    store: bool = True
    account: str = ""


def parse_wish(arguments: str) -> Wish | str:
    """What the words after ``/allowlist`` ask for, or what is wrong with them."""
    words = _options(arguments)
    action = words.pop(0).lower() if words and words[0].lower() in ("list", "add", "remove") else "list"
    named, plain = dict[str, str](), list[str]()
    for word in words:
        name, equals, value = word.removeprefix("--").partition("=")
        is_option = word.startswith("--") or (equals and name in ("scope", "account", "channel", "entry"))
        if is_option:
            named[name.lower()] = value
        else:
            plain.append(word)
    if unknown := named.keys() - {"config", "store", "account", "channel", "resolve", "scope", "entry"}:
        return f"{min(unknown)} is no option here."
    if named.get("channel", "imessage") not in ("imessage", ""):
        return "Only the channel imessage is served."
    scope = named.get("scope") or (plain.pop(0) if plain and plain[0].lower() in _SCOPES else "")
    if scope and scope.lower() not in _SCOPES:
        return f"{scope} is none of dm, group and all."
    entry = named.get("entry") or " ".join(plain)
    if action == "list" and entry:
        return f'"{entry[:40]}" is not understood.'
    both = ("config" in named) == ("store" in named)
    return Wish(
        action,
        cast("Scope", scope.lower()) if scope else None,
        entry,
        config=both or "config" in named,
        store=both or "store" in named,
        account=named.get("account", ""),
    )


def _options(arguments: str) -> list[str]:
    """The words, each option that takes a value in one with it."""
    words, joined = arguments.translate(_DASHES).split(), list[str]()
    for word in words:
        if joined and joined[-1] in ("--account", "--channel", "--scope") and not word.startswith("--"):
            joined[-1] += f"={word}"
        else:
            joined.append(word)
    return joined


async def allowlist(desk: ConfigDesk | None, ledger: Ledger, order: Order) -> str:
    """Carry the order out, and return its answer. Doing it twice does no more than once.

    Raises:
        ConfigError: the file could not be changed.
        StoreError: the ledger refused.
    """
    wish = parse_wish(order.arguments)
    if isinstance(wish, str):
        return f"{wish} {usage(order.command)}"
    account = AccountId(normalise_id(wish.account)) if wish.account else order.held.message.account
    if typed_id_error(wish.account or account) or account not in order.rules.accounts:
        return "No such account."
    rules = order.rules.account(account)
    if wish.action == "list":
        granted = await ledger.read(lambda tx: pairing.granted_handles(tx, account))
        # In a group everybody would read who else may write.
        by_name = order.held.owner and not order.held.is_group
        return _listed(rules, granted, wish.scope or "all", by_name=by_name)
    if not (order.held.owner and Flag.CONFIG in order.rules.flags):
        # The gates refuse it before; what is written here opens doors, so it is asked for again.
        return usage(order.command)
    if wish.scope == "all":
        return "Say dm or group."
    entry = parse_allow_entry(wish.entry, rules.region)
    if entry is None or not wish.entry:
        return "Name a handle: a phone number with its country code, or a mail address."
    return await _Change(desk, ledger, order, account, rules).make(wish)


def _listed(rules: AccountRules, granted: frozenset[Handle], scope: Scope, *, by_name: bool) -> str:
    group = rules.allow_from if rules.group_allow_from is None else rules.group_allow_from
    lines: list[str] = []
    if scope in ("dm", "all"):
        lines.append(f"Direct messages: {rules.dm_policy}")
        lines.append(f"  listed: {_people(rules.allow_from, by_name=by_name)}")
        lines.append(f"  paired: {_people(sorted(granted), by_name=by_name)}")
    if scope in ("group", "all"):
        same = " (as for direct messages)" if rules.group_allow_from is None else ""
        lines.append(f"Groups: {rules.group_policy}")
        lines.append(f"  listed: {_people(group, by_name=by_name)}{same}")
    return "\n".join(lines)


def _people(entries: tuple[str, ...] | list[str], *, by_name: bool) -> str:
    """The entries, or only how many, for they are other people's addresses."""
    if not entries:
        return "nobody"
    return ", ".join(entries) if by_name else f"{len(entries)}"


@dataclass(frozen=True, slots=True)
class _Change:
    """One change of the lists of one account."""

    desk: ConfigDesk | None
    ledger: Ledger
    order: Order
    account: AccountId
    rules: AccountRules

    async def make(self, wish: Wish) -> str:
        scope = wish.scope or "dm"
        path = (*self.rules.section, _KEYS[scope])
        if refused := write_refusal(path, self.order.held.message.account, self.order.rules):
            return refused
        told: list[str] = []
        if wish.config:
            done = await self._in_file(wish, path, scope)
            if isinstance(done, str):
                return done
            told += ["the configuration"] if done else []
        handle = parse_handle(wish.entry, self.rules.region)
        # Approval is for direct messages only.
        if wish.store and scope == "dm" and handle is not None:
            changed = await self.ledger.write(lambda tx: self._in_store(tx, wish, handle))
            told += ["what was approved by pairing"] if changed else []
        is_added = wish.action == "add"
        if not told:
            return f"{wish.entry} {'is there already' if is_added else 'is not there'}; nothing was changed."
        verb, to = ("added", "to") if is_added else ("removed", "from")
        return f"{wish.entry} {verb} {' and '.join(f'{to} {place}' for place in told)}."

    async def _in_file(self, wish: Wish, path: KeyPath, scope: str) -> bool | str:
        """Whether the file was changed, or why it was not to be."""
        if self.desk is None:
            return NO_DESK
        entries = self._entries(self.desk, path, scope)
        region = self.rules.region
        meant = parse_allow_entry(wish.entry, region)
        rest = [entry for entry in entries if parse_allow_entry(str(entry), region) != meant]
        is_listed = len(rest) < len(entries)
        if (wish.action == "add") == is_listed:
            return False
        changed = [*entries, wish.entry] if wish.action == "add" else rest
        if scope == "dm" and self._loses_owner(changed):
            return (
                "Nothing was changed: the one entry of allowFrom says who the owner is, and nobody would be after that."
                ' Name the owner first, for example: /config set commands.ownerAllowFrom=["<handle>"]'
            )
        try:
            return await self.desk.change([Change(path, changed)], by=f"chat command of {self.order.handle}")
        except ConfigInvalid as error:
            return first_issue(error)

    def _entries(self, desk: ConfigDesk, path: KeyPath, scope: str) -> list[object]:
        """The list as the file has it now; where the account sets none, the one that it inherits."""
        try:
            written = desk.read(path)
        except NotFound:
            inherited = self.rules.allow_from
            if scope == "group" and self.rules.group_allow_from is not None:
                inherited = self.rules.group_allow_from
            return list(inherited)
        return list(cast("list[object]", written)) if isinstance(written, list) else []

    def _loses_owner(self, changed: list[object]) -> bool:
        if self.order.rules.owner_named:
            return False
        region = self.rules.region
        left = [entry for text in changed if (entry := parse_allow_entry(str(text), region))]
        return left != [self.order.handle]

    def _in_store(self, tx: Tx, wish: Wish, handle: Handle) -> bool:
        is_granted = handle in pairing.granted_handles(tx, self.account)
        if wish.action == "add":
            pairing.grant(tx, self.account, handle, f"chat command of {self.order.handle}", self.order.now)
        else:
            pairing.revoke(tx, handle, self.account)
        return is_granted != (wish.action == "add")
