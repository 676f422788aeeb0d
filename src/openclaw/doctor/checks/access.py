"""Whether the lists and policies of an account can let in whom they are meant to. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from openclaw.config.accounts import AccountConfig
from openclaw.doctor.findings import Finding, fine, note, warning
from openclaw.doctor.names import Check
from openclaw.domain.chats import ChatRef, ChatSelector, group_selector, parse_allow_entry
from openclaw.domain.handles import SHORT_CODE, is_automated

_CHATS = "see their numbers: openclaw chats list"
_INTERNATIONAL = "write numbers with + and country code, mail addresses in full"


@dataclass(frozen=True, slots=True)
class AccessFacts:
    """An account, the key under which its values stand, and what the ledger knows of its chats.

    ``region_set`` says whether its ``region`` was written down. ``chats`` is ``None`` when the ledger cannot tell.
    """

    account: AccountConfig
    place: str
    region_set: bool
    approved: int = 0
    chats: tuple[ChatRef, ...] | None = None


@dataclass(frozen=True, slots=True)
class ListFacts:
    """Entries of a list, read with a region; ``is_one`` of a key with a single value.

    In one of ``people_only`` neither a chat nor ``*`` means anybody.
    """

    place: str
    entries: tuple[str, ...]
    region: str
    people_only: bool = False
    is_one: bool = False


def judge_account(facts: AccessFacts) -> Iterator[Finding]:
    """What keeps people out of an account without anybody having meant it."""
    found = [
        *_direct(facts),
        *_lists(facts),
        *_region(facts),
        *_groups(facts),
    ]
    if not found:
        say = f"dmPolicy {facts.account.dm_policy}, groupPolicy {facts.account.group_policy}; every entry can match"
        found = [fine(Check.ACCESS_DIRECT, facts.place, say)]
    yield from found


def judge_list(facts: ListFacts) -> Iterator[Finding]:
    """Entries that can never match."""
    for position, entry in enumerate(facts.entries):
        if problem := entry_problem(entry, facts.region, people_only=facts.people_only):
            place = facts.place if facts.is_one else f"{facts.place}[{position}]"
            yield warning(Check.ACCESS_ENTRY, place, f"{entry!r} {problem}", _INTERNATIONAL)


def entry_problem(entry: str, region: str, *, people_only: bool = False) -> str:
    """Why an entry of a list never matches, or not whom it is meant for; "" when nothing is wrong with it."""
    parsed = parse_allow_entry(entry, region)
    if parsed is None:
        return "names no handle and no chat, so it never matches"
    if people_only and not isinstance(parsed, str):
        return "names no handle, which alone counts here, so it never matches"
    if not isinstance(parsed, str) or "@" in parsed:
        return ""
    if any(sign.isalpha() for sign in parsed):
        return "is a sender's name and no person; it matches only who calls itself exactly so"
    if not parsed.startswith("+") and not is_automated(parsed):
        return f"is no number of {region} and has no country code, so no sender is ever equal to it"
    return ""


def _direct(facts: AccessFacts) -> Iterator[Finding]:
    account, place = facts.account, facts.place
    if account.dm_policy == "disabled":
        yield note(Check.ACCESS_DIRECT, f"{place}.dmPolicy", "is disabled: nobody is answered directly")
    elif account.dm_policy == "pairing" and not account.allow_from and not facts.approved:
        yield note(
            Check.ACCESS_DIRECT,
            f"{place}.dmPolicy",
            "is pairing and nobody has been let in yet: who writes is answered once approved",
            "openclaw pairing list imessage, then openclaw pairing approve imessage CODE",
        )
    if account.dm_policy == "allowlist" and facts.approved:
        yield note(
            Check.ACCESS_DIRECT,
            f"{place}.dmPolicy",
            f"is allowlist, so people who were approved are let in only when the list names them ({facts.approved})",
            f"see them: openclaw pairing grants; put them into {place}.allowFrom, or set {place}.dmPolicy to pairing",
        )


def _lists(facts: AccessFacts) -> Iterator[Finding]:
    account = facts.account
    for key, entries in (
        ("allowFrom", account.allow_from),
        ("groupAllowFrom", account.group_allow_from or ()),
        ("ownHandles", account.own_handles),
    ):
        place = f"{facts.place}.{key}"
        yield from judge_list(ListFacts(place, entries, account.region, people_only=key == "ownHandles"))


def _region(facts: AccessFacts) -> Iterator[Finding]:
    if facts.region_set:
        return
    bare = [entry for entry in _entries(facts.account) if _needs_region(entry)]
    if bare:
        yield warning(
            Check.ACCESS_REGION,
            f"{facts.place}.region",
            f"is not set, so {bare[0]!r} is read as a number of {facts.account.region}",
            f'set {facts.place}.region to your country, such as "DE"; or write + and the country code',
        )


def _entries(account: AccountConfig) -> tuple[str, ...]:
    return (*account.allow_from, *(account.group_allow_from or ()), *account.own_handles)


def _needs_region(entry: str) -> bool:
    digits = sum(sign.isdigit() for sign in entry)
    return digits > SHORT_CODE and not any(sign.isalpha() or sign in "+@:;*" for sign in entry)


def _groups(facts: AccessFacts) -> Iterator[Finding]:
    account = facts.account
    if account.group_policy == "disabled":
        yield note(Check.ACCESS_GROUPS, f"{facts.place}.groupPolicy", "is disabled: no group is answered")
        return
    yield from _groups_in_vain(account.groups, f"{facts.place}.groups", facts.chats or ())
    for key in account.groups:
        selector = group_selector(key)
        if selector is None or facts.chats is None:
            continue
        if not any(selector.matches(chat) for chat in facts.chats):
            yield note(
                Check.ACCESS_GROUP,
                f'{facts.place}.groups["{key}"]',
                "is no chat that has written to this gateway: a new one, or a number of another database",
                _CHATS,
            )


def _groups_in_vain(keys: Iterable[str], place: str, chats: Sequence[ChatRef]) -> Iterator[Finding]:
    """Keys for the same chat as an earlier one; where the spelling alone shows that, the review has told it."""
    spelt: dict[ChatSelector, str] = {}
    for key in keys:
        if (selector := group_selector(key)) is not None:
            spelt.setdefault(selector, key)
    told: set[str] = set()
    for chat in chats:
        first, *others = [key for selector, key in spelt.items() if selector.matches(chat)] or [""]
        for key in others:
            if key not in told:
                told.add(key)
                problem = f"is the same group as {first}, which comes first and counts alone"
                fix = "put what is to hold into one of them"
                yield warning(Check.ACCESS_GROUP, f'{place}["{key}"]', problem, fix)
