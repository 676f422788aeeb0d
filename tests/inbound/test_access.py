"""Lists, groups and policies as the configuration writes them."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.inbound.policies import policy
from tests.making import ANN, BOB, direct_chat, group_chat, inbound

from openclaw.config.sections.commands import Commands
from openclaw.config.sections.imessage import GroupConfig
from openclaw.domain.chats import ChatRef
from openclaw.domain.handles import Handle
from openclaw.domain.ids import ChatRowId
from openclaw.inbound.access import AllowList, owners, vouches


@pytest.mark.parametrize(
    ("entries", "admitted"),
    [
        ([], False),
        (["*"], True),
        ([ANN], True),
        (["(555) 010-0001"], True),
        (["imessage:+1 555 010 0001"], True),
        ([BOB], False),
        ([BOB, ANN], True),
        (["chat_id:1"], True),
        (["chat_id:2"], False),
        (["chatguid:any;-;+15550100001"], True),
        (["chat_identifier:+15550100001"], True),
        (["chat_id:one", "nobody;here"], False),
    ],
)
def test_a_list_admits_whom_an_entry_means(entries: list[str], admitted: bool) -> None:
    """Empty means nobody, * means everybody, any match wins, in every spelling (behaviour facts C.2)."""
    assert AllowList.parse(entries, "US").admits(Handle(ANN), direct_chat()) is admitted


def test_numbers_without_quotes_are_entries_too() -> None:
    """People write phone numbers as JSON numbers (behaviour facts A.7)."""
    rules = policy(allow_from=(5550100001, 15550100002))

    assert rules.allow_from == AllowList((Handle(ANN), Handle(BOB)))


@pytest.mark.parametrize(
    ("entries", "single"), [([ANN], ANN), ([ANN, BOB], None), (["*"], None), ([ANN, "*"], None), ([], None)]
)
def test_a_list_of_one_handle_is_known_as_such(entries: list[str], single: str | None) -> None:
    """The single handle of allowFrom is the owner; two or more are none (design section 6)."""
    assert AllowList.parse(entries, "US").single == single


@pytest.mark.parametrize(
    ("group_list", "expected"),
    [(None, AllowList((Handle(ANN),))), ((), AllowList(())), ((BOB,), AllowList((Handle(BOB),)))],
)
def test_groups_fall_back_to_allow_from_only_when_unset(
    group_list: tuple[str, ...] | None, expected: AllowList
) -> None:
    """Unset falls back to allowFrom; an explicit empty list blocks all (ruling 3)."""
    assert policy(allow_from=(ANN,), group_allow_from=group_list).group_allow_from == expected


@pytest.mark.parametrize(
    "key",
    [
        "7",
        "007",
        " 7 ",
        "chat_id:7",
        "chat:7",
        "chat_guid:iMessage;+;chat7",
        "guid:SMS;+;chat7",
        "chat_identifier:chat7",
        "chat7",
    ],
)
def test_a_group_is_found_under_every_spelling(key: str) -> None:
    """Keys in all documented spellings work (ruling 3, demand H2)."""
    rules = policy(groups={key: GroupConfig(), "*": GroupConfig()})

    assert rules.group(group_chat(7)) is not None
    assert rules.group(group_chat(8)) is None
    assert rules.group_default() is not None


@pytest.mark.parametrize(
    ("own", "everywhere", "required"),
    [
        (None, None, True),
        (None, False, False),
        (None, True, True),
        (True, False, True),
        (False, True, False),
        (False, None, False),
    ],
)
def test_a_mention_is_required_by_the_group_else_by_the_star_else_always(
    own: bool | None, everywhere: bool | None, required: bool
) -> None:
    """First of: the group's own requireMention, that of "*", true (behaviour facts C.5)."""
    rules = policy(
        groups={"7": GroupConfig(require_mention=own), "*": GroupConfig(require_mention=everywhere)}
    )
    entry = rules.group(group_chat(7))

    assert entry is not None
    assert entry.require_mention is required


@pytest.mark.parametrize(
    ("message", "is_group"),
    [
        (inbound(1, "hi"), False),
        (inbound(1, "hi", chat=group_chat()), True),
        (replace(inbound(1, "hi"), participants=(ANN, ANN)), False),
        (replace(inbound(1, "hi"), participants=(ANN, BOB)), True),
        (replace(inbound(1, "hi"), chat=ChatRef(ChatRowId(9), "")), False),
        (inbound(1, "hi", chat=direct_chat(row=5)), True),
        (replace(inbound(1, "hi"), chat=None, participants=(ANN, BOB)), False),
    ],
    ids=["direct", "shape", "one member", "two members", "nothing known", "configured", "no chat"],
)
def test_a_group_is_told_by_shape_members_or_configuration(message: object, is_group: bool) -> None:
    """imsg's is_group lies; when in doubt it is a group (demand H3, behaviour facts C.4 step 1)."""
    rules = policy(groups={"5": GroupConfig(), "*": GroupConfig()})

    assert rules.is_group(message) is is_group  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("services", "accepted"),
    [(None, {"imessage", "sms", "rcs"}), ("imessage", {"imessage"}), ("sms", {"sms", "rcs"})],
)
def test_services_are_both_unless_one_is_chosen(services: str | None, accepted: set[str]) -> None:
    """channels.imessage.services (design section 11); RCS comes and goes with SMS."""
    assert policy(services=services).services == accepted


def test_own_handles_are_normalised() -> None:
    """An own handle written in another way is still ours (design section 4, rule 1)."""
    assert policy(own_handles=("Me@Example.com", 5550100001, "???")).own_handles == {"me@example.com", ANN}


def test_owners_of_other_channels_are_left_out() -> None:
    """ownerAllowFrom is shared between channels; unset is not the same as empty (behaviour facts C.7)."""
    entries = (f"imessage:{ANN}", "telegram:12345", "tel:+15550100002", "chat_id:7", 5550100001)

    assert owners(None, "US") is None
    assert owners((), "US") == AllowList(())
    found = owners(entries, "US")
    assert found is not None
    assert [entry for entry in found.entries if isinstance(entry, str)] == [ANN, BOB, ANN]
    assert found.admits(Handle("+491701234567"), group_chat(7))
    assert not found.admits(Handle("12345"), direct_chat("12345", row=3))


@pytest.mark.parametrize(
    ("allow", "expected"),
    [
        (None, None),
        ({}, None),
        ({"telegram": ("1",)}, None),
        ({"imessage": (ANN,)}, AllowList((Handle(ANN),))),
        ({"*": (BOB,)}, AllowList((Handle(BOB),))),
        ({"*": (BOB,), "imessage": ()}, AllowList(())),
    ],
)
def test_commanders_are_the_channels_else_those_of_the_star(
    allow: dict[str, tuple[str, ...]] | None, expected: AllowList | None
) -> None:
    """commands.allowFrom resolves to the channel's list, else "*" (behaviour facts C.7)."""
    assert policy(Commands(allow_from=allow)).command_allow == expected


def _vouched(handle: str, commands: Commands | None = None, **account: object) -> bool:
    return vouches(policy(commands=commands, **account), Handle(handle), direct_chat(handle))


def test_whoever_may_command_is_vouched_for_unless_everybody_may() -> None:
    """Authority that "*" or useAccessGroups=false gives to everybody says nothing about one sender (docs/tools.md)."""
    assert _vouched(BOB, allow_from=(ANN,))
    assert not _vouched(BOB, allow_from=("*", ANN), dm_policy="open")
    assert _vouched(ANN, allow_from=("*", ANN), dm_policy="open")
    assert not _vouched(BOB, Commands(use_access_groups=False), allow_from=(ANN,))
    assert not _vouched(BOB, Commands(allow_from={"*": ("*",)}), allow_from=(ANN,))
    assert _vouched(BOB, Commands(owner_allow_from=(BOB,)), allow_from=("*",), dm_policy="open")
    assert _vouched(BOB, allow_from=("*",), dm_policy="open", own_handles=(BOB,))
