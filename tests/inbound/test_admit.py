"""The gates in their one order: decision tables, and a property over generated configurations and messages."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.inbound.policies import CLAW, ME, MINE, NOBODY, STATUS, facts, policy, verdict
from tests.making import ANN, BOB, NOON, direct_chat, group_chat, inbound

from openclaw.config.sections.commands import Commands
from openclaw.config.sections.imessage import GroupConfig
from openclaw.domain.admission import (
    Admitted,
    Challenged,
    Dropped,
    Held,
    Ours,
    Overheard,
    OwnerTyped,
    Quarantined,
    Reason,
    Suspect,
)
from openclaw.domain.chats import ChatRef
from openclaw.domain.commands import Command
from openclaw.domain.handles import Handle
from openclaw.domain.ids import ChatRowId, DeliveryId
from openclaw.domain.messages import Attachment, InboundMessage
from openclaw.domain.own_words import OwnWords
from openclaw.domain.sessions import Peer, PeerKind
from openclaw.inbound.admit import admit
from openclaw.inbound.manners import Manners
from openclaw.inbound.pairing import MAX_OPEN_REQUESTS
from openclaw.inbound.tapbacks import MOST_TAPBACKS

LONG = "The train leaves at nine from platform four."
BLOB = "\x04\x0bstreamtyped\x81\xe8\x03\x84\x01@"
SELF = direct_chat(ME, row=3)
SAID = OwnWords(DeliveryId(9), LONG, NOON, open=True)
PHOTO = Attachment("a.heic", "/x/a.heic", "image/heic", 10, missing=False)


DIRECT_TABLE = [
    # dmPolicy, listed, granted, late, pairing open, requests open, result
    ("disabled", False, False, False, False, 0, Dropped(Reason.DM_DISABLED)),
    ("disabled", True, True, False, False, 0, Dropped(Reason.DM_DISABLED)),
    ("open", False, False, False, False, 0, Reason.DM_OPEN),
    ("open", True, False, True, False, 3, Reason.DM_OPEN),
    ("allowlist", True, False, False, False, 0, Reason.DM_ALLOWED),
    ("allowlist", True, False, True, False, 3, Reason.DM_ALLOWED),
    ("allowlist", False, False, False, False, 0, Dropped(Reason.DM_NOT_ALLOWED)),
    ("allowlist", False, True, False, False, 0, Dropped(Reason.DM_NOT_ALLOWED)),
    ("pairing", True, False, False, False, 3, Reason.DM_ALLOWED),
    ("pairing", True, True, True, True, 3, Reason.DM_ALLOWED),
    ("pairing", False, True, False, False, 0, Reason.DM_PAIRED),
    ("pairing", False, True, True, True, 3, Reason.DM_PAIRED),
    ("pairing", False, False, False, False, 0, Challenged(Reason.PAIRING_STARTED, Handle(ANN), fresh=True)),
    ("pairing", False, False, False, False, 2, Challenged(Reason.PAIRING_STARTED, Handle(ANN), fresh=True)),
    ("pairing", False, False, False, False, 3, Dropped(Reason.PAIRING_FULL)),
    ("pairing", False, False, True, False, 0, Dropped(Reason.PAIRING_LATE)),
    ("pairing", False, False, True, False, 3, Dropped(Reason.PAIRING_LATE)),
    ("pairing", False, False, False, True, 3, Challenged(Reason.PAIRING_PENDING, Handle(ANN), fresh=False)),
    ("pairing", False, False, True, True, 1, Challenged(Reason.PAIRING_PENDING, Handle(ANN), fresh=False)),
]


@pytest.mark.parametrize(
    ("dm_policy", "listed", "granted", "late", "pending", "requests", "expected"), DIRECT_TABLE
)
def test_the_direct_message_table(
    dm_policy: str, listed: bool, granted: bool, late: bool, pending: bool, requests: int, expected: object
) -> None:
    """Behaviour facts C.3 with rulings 1 and 12: grants count under pairing only, no code for old messages."""
    rules = policy(dm_policy=dm_policy, allow_from=(ANN,) if listed else (BOB,))
    known = facts(granted=granted, late=late, pairing_open=pending, requests_open=requests)

    found = verdict(inbound(1, "hello"), rules, known)

    if isinstance(expected, Reason):
        assert isinstance(found, Admitted)
        assert (found.reason, found.peer) == (expected, Peer(PeerKind.DIRECT, ANN))
    else:
        assert found == expected


def test_an_account_keeps_three_requests_open() -> None:
    """At most three per account (ruling 12)."""
    assert MAX_OPEN_REQUESTS == 3


def test_unset_is_pairing_and_admits_nobody_unasked() -> None:
    """Deny by default (promise 5): an empty section lets no stranger in, directly or in groups."""
    assert isinstance(verdict(inbound(1, "hello"), policy()), Challenged)
    assert verdict(inbound(1, "hello", chat=group_chat()), policy()) == Dropped(Reason.GROUP_SENDER)


GROUP_TABLE = [
    # groupPolicy, groupAllowFrom, allowFrom, groups, result
    ("disabled", ("*",), ("*",), ("*",), Reason.GROUPS_DISABLED),
    ("open", None, (), (), None),
    ("open", (), (), ("7",), None),
    ("open", (), (), ("*",), None),
    ("open", ("*",), ("*",), ("8",), Reason.GROUP_NOT_LISTED),
    ("allowlist", None, (), ("*",), Reason.GROUP_SENDER),
    ("allowlist", (), ("*",), ("*",), Reason.GROUP_SENDER),
    ("allowlist", (BOB,), (ANN,), ("*",), Reason.GROUP_SENDER),
    ("allowlist", None, (BOB,), ("*",), Reason.GROUP_SENDER),
    ("allowlist", None, (ANN,), (), None),
    ("allowlist", (ANN,), (), (), None),
    ("allowlist", ("chat_id:7",), (), (), None),
    ("allowlist", (ANN,), (), ("7",), None),
    ("allowlist", (ANN,), (), ("chat_guid:any;+;chat7",), None),
    ("allowlist", (ANN,), (), ("8", "*"), None),
    ("allowlist", (ANN,), (), ("8",), Reason.GROUP_NOT_LISTED),
]


@pytest.mark.parametrize(("group_policy", "group_list", "allow", "groups", "refused"), GROUP_TABLE)
def test_the_group_table(
    group_policy: str,
    group_list: tuple[str, ...] | None,
    allow: tuple[str, ...],
    groups: tuple[str, ...],
    refused: Reason | None,
) -> None:
    """Behaviour facts C.4 under ruling 3: sender first, then the registry, which gates once it has entries."""
    rules = policy(
        group_policy=group_policy,
        group_allow_from=group_list,
        allow_from=allow,
        groups={key: GroupConfig() for key in groups},
    )

    found = verdict(inbound(1, "hello", chat=group_chat(7)), rules, facts(granted=True))

    if refused is None:
        assert isinstance(found, Admitted)
        assert (found.reason, found.peer) == (Reason.GROUP_ALLOWED, Peer(PeerKind.GROUP, "7"))
    else:
        assert found == Dropped(refused)


def test_a_grant_opens_no_group() -> None:
    """Pairing never grants group rights (GHSA-g34w-4xqq-h79m, requirements)."""
    rules = policy(dm_policy="pairing")

    assert isinstance(verdict(inbound(1, "hi"), rules, facts(granted=True)), Admitted)
    assert verdict(inbound(1, "hi", chat=group_chat()), rules, facts(granted=True)) == Dropped(
        Reason.GROUP_SENDER
    )


def test_members_make_a_group_of_a_chat_without_shape() -> None:
    """An old imsg without guids must not turn a group into a direct message (demand H3)."""
    row = replace(inbound(1, "hello"), chat=ChatRef(ChatRowId(7), ""), participants=(ANN, BOB))

    assert verdict(row, policy(dm_policy="open", allow_from=("*",), group_allow_from=())) == Dropped(
        Reason.GROUP_SENDER
    )


COMMAND_TABLE = [
    # direct, allowFrom, groupAllowFrom, granted, commands, authorised
    (True, (ANN,), None, False, {}, True),
    (True, (), None, True, {}, True),
    (True, ("*",), None, False, {}, True),
    (True, (ANN,), None, False, {"owner_allow_from": (BOB,)}, False),
    (True, (ANN,), None, False, {"owner_allow_from": (ANN,)}, True),
    (True, (ANN,), None, False, {"owner_allow_from": ("*",)}, True),
    (True, (ANN,), None, False, {"owner_allow_from": ()}, False),
    (True, (ANN,), None, False, {"allow_from": {"imessage": (BOB,)}}, False),
    (True, (ANN,), None, False, {"allow_from": {"*": (ANN,)}, "owner_allow_from": (BOB,)}, True),
    (True, (ANN,), None, False, {"allow_from": {"telegram": (BOB,)}}, True),
    (True, (ANN,), None, False, {"use_access_groups": False, "owner_allow_from": (BOB,)}, False),
    (False, (), (ANN,), False, {}, True),
    (False, (ANN,), (), False, {}, True),
    (False, (), (), False, {}, False),
    (False, (BOB,), (), True, {}, False),
    (False, (), (), False, {"use_access_groups": False}, True),
    (False, (), (), False, {"allow_from": {"imessage": (ANN,)}}, True),
    (False, (), (ANN,), False, {"owner_allow_from": (BOB,)}, False),
]


@pytest.mark.parametrize(
    ("direct", "allow", "group_list", "granted", "commands", "authorised"), COMMAND_TABLE
)
def test_who_may_give_commands(
    direct: bool,
    allow: tuple[str, ...],
    group_list: tuple[str, ...] | None,
    granted: bool,
    commands: dict[str, Any],
    authorised: bool,
) -> None:
    """Behaviour facts C.6 and C.7: commands.allowFrom decides alone, owners narrow the rest, grants open no group."""
    rules = policy(
        Commands(**commands),
        dm_policy="pairing",
        allow_from=allow,
        group_policy="open",
        group_allow_from=group_list,
    )
    row = inbound(1, "hello", chat=direct_chat() if direct else group_chat())

    plain = verdict(row, rules, facts(granted=granted))
    command = verdict(row, rules, facts(granted=granted), command=STATUS)

    assert isinstance(plain, Admitted)
    assert plain.authorised is authorised
    if authorised:
        assert command == replace(plain, command=STATUS)
    else:
        assert command == Dropped(Reason.COMMAND_UNAUTHORISED)


@pytest.mark.parametrize(
    ("text", "required", "patterns", "command", "admitted"),
    [
        ("hello", True, CLAW, None, False),
        ("hello Claw", True, CLAW, None, True),
        ("hello", False, CLAW, None, True),
        ("hello", True, NOBODY, None, True),
        ("/status", True, CLAW, STATUS, True),
    ],
    ids=["not called", "called", "not required", "no patterns", "a command"],
)
def test_the_mention_gate(text: str, required: bool, patterns: Any, command: Any, admitted: bool) -> None:
    """Behaviour facts C.5, ruling 14: commands of those who may pass, and nothing is required that cannot be told."""
    rules = policy(allow_from=(ANN,), groups={"7": GroupConfig(require_mention=required)})

    found = verdict(inbound(1, text, chat=group_chat()), rules, command=command, patterns=patterns)

    assert isinstance(found, Admitted) is admitted
    assert admitted or found == Dropped(Reason.NOT_MENTIONED)


@pytest.mark.parametrize(
    ("keys", "known", "limit", "expected"),
    [
        ({}, {}, 50, Overheard(Reason.NOT_MENTIONED, 50)),
        ({}, {}, 0, Dropped(Reason.NOT_MENTIONED)),
        ({}, {"paused": True, "late": True}, 50, Overheard(Reason.NOT_MENTIONED, 50)),
        ({}, {"before_start": True}, 50, Dropped(Reason.NOT_MENTIONED)),
        ({}, {"unsettled": True}, 50, Suspect(Reason.SETTLING)),
        ({}, {"unsettled": True}, 0, Dropped(Reason.NOT_MENTIONED)),
        ({}, {"released": True}, 50, Overheard(Reason.NOT_MENTIONED, 50)),
        ({}, {"released": True, "addressed": True}, 50, Reason.GROUP_ALLOWED),
        ({"context_visibility": "allowlist"}, {}, 50, Dropped(Reason.NOT_MENTIONED)),
        ({"context_visibility": "allowlist_quote"}, {}, 50, Dropped(Reason.NOT_MENTIONED)),
        (
            {"context_visibility": "allowlist", "group_allow_from": ()},
            {},
            50,
            Overheard(Reason.NOT_MENTIONED, 50),
        ),
        (
            {"context_visibility": "allowlist", "group_allow_from": (ANN,)},
            {},
            9,
            Overheard(Reason.NOT_MENTIONED, 9),
        ),
        ({"group_policy": "allowlist"}, {}, 50, Dropped(Reason.GROUP_SENDER)),
        ({"groups": {"8": GroupConfig()}}, {}, 50, Dropped(Reason.GROUP_NOT_LISTED)),
    ],
)
def test_what_is_said_beside_the_agent(keys: Any, known: Any, limit: int, expected: object) -> None:
    """Behaviour facts C.9 and D.8: context is what the gates let in and only that; ``contextVisibility`` narrows it."""
    rules = policy(**({"group_policy": "open", "group_allow_from": (BOB,)} | keys))

    found = verdict(
        inbound(1, "hello", chat=group_chat()), rules, facts(**known), patterns=CLAW, context_limit=limit
    )

    assert (found.reason if isinstance(found, Admitted) else found) == expected


@pytest.mark.parametrize(("required", "admitted"), [(None, True), (False, True), (True, False)])
def test_mentions_in_direct_messages_are_asked_only_where_configured(
    required: bool | None, admitted: bool
) -> None:
    """channels.imessage.requireMentionInDms, off by default (demand H4)."""
    rules = policy(allow_from=(ANN,), require_mention_in_dms=required)

    assert isinstance(verdict(inbound(1, "hello"), rules, patterns=CLAW), Admitted) is admitted
    assert isinstance(verdict(inbound(1, "claw!"), rules, patterns=CLAW), Admitted)


def test_the_patterns_are_those_of_the_agent_that_would_answer() -> None:
    """The gate asks for the patterns of the peer's agent (ruling 14), a group's by its row number."""
    asked: list[Peer] = []
    rules = policy(allow_from=(ANN,))

    def manners(peer: Peer) -> Manners:
        asked.append(peer)
        return Manners(CLAW)

    admit(inbound(1, "hello", chat=group_chat(7)), rules, facts(), None, manners)

    assert set(asked) == {Peer(PeerKind.GROUP, "7")}


OPEN = {"dm_policy": "open", "allow_from": ("*",), "group_policy": "open"}


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        (replace(inbound(1, "love"), is_reaction=True), Dropped(Reason.REACTION)),
        (replace(inbound(1, LONG, from_me=True), is_reaction=True), Dropped(Reason.REACTION)),
        (replace(inbound(1, "hi"), chat=None), Quarantined(Reason.NO_CHAT)),
        (replace(inbound(1, "hi", from_me=True), chat=None), OwnerTyped()),
        (replace(inbound(1, "hi", from_me=None), chat=None), Quarantined(Reason.NO_CHAT)),
        (inbound(1, "hi", from_me=True), OwnerTyped()),
        (inbound(1, "hi", from_me=True, chat=group_chat()), OwnerTyped()),
        (inbound(1, "hi", from_me=None), Held(Reason.DIRECTION_UNKNOWN)),
        (inbound(1, "hi", sender="", chat=direct_chat()), Dropped(Reason.NO_SENDER)),
        (inbound(1, "hi", sender="+1555010000\u0661", chat=direct_chat()), Dropped(Reason.NO_SENDER)),
        (inbound(1, "hi", sender="Me@Example.com"), Dropped(Reason.OWN_HANDLE)),
        (inbound(1, "hi", sender=ME, chat=group_chat()), Dropped(Reason.OWN_HANDLE)),
        (inbound(1, "hi", sender=ME, from_me=None), Dropped(Reason.OWN_HANDLE)),
        (inbound(1, " \ufffc"), Dropped(Reason.EMPTY)),
        (inbound(1, BLOB), Held(Reason.UNREADABLE)),
        (inbound(1, BLOB, chat=group_chat()), Held(Reason.UNREADABLE)),
        (inbound(1, LONG), Ours(Reason.OWN_TEXT, DeliveryId(9))),
        (inbound(1, LONG, from_me=True), Ours(Reason.OWN_TEXT, DeliveryId(9))),
        (replace(inbound(1, LONG), reply_to_guid="guid-0"), Ours(Reason.OWN_TEXT, DeliveryId(9))),
    ],
)
def test_what_never_becomes_a_turn_even_where_everything_is_open(
    row: InboundMessage, expected: object
) -> None:
    """Own, echoed, chatless, senderless, empty and unreadable rows are stopped before any policy (demand A, B2)."""
    assert verdict(row, policy(**OPEN), facts(own_words=(SAID,), **MINE), patterns=CLAW) == expected


def test_a_photo_without_words_is_a_message() -> None:
    """Empty means neither text nor file."""
    row = replace(inbound(1, "\ufffc"), attachments=(PHOTO,))

    assert isinstance(verdict(row, policy(**OPEN)), Admitted)


def test_a_strangers_unreadable_body_is_not_kept() -> None:
    """Only what policy admits may be held for the operator; strangers' junk never becomes a row to release."""
    assert verdict(inbound(1, BLOB), policy(dm_policy="disabled")) == Dropped(Reason.DM_DISABLED)


@pytest.mark.parametrize(
    ("services", "service", "admitted"),
    [
        ("imessage", "iMessage", True),
        ("imessage", "SMS", False),
        ("imessage", "RCS", False),
        ("imessage", "any", True),
        ("sms", "SMS", True),
        ("sms", "iMessage", False),
        (None, "SMS", True),
    ],
)
def test_the_service_gate(services: str | None, service: str, admitted: bool) -> None:
    """channels.imessage.services; a chat that macOS 26 calls any;-; does not tell (demand G3)."""
    found = verdict(inbound(1, "hi", chat=direct_chat(service=service)), policy(**OPEN, services=services))

    assert isinstance(found, Admitted) is admitted
    assert admitted or found == Dropped(Reason.SERVICE)


def test_a_paused_message_is_admitted_and_waits() -> None:
    """A pause comes after the gates: strangers are still refused, friends are kept for later."""
    rules = policy(dm_policy="allowlist", allow_from=(ANN,))

    found = verdict(inbound(1, "hi"), rules, facts(paused=True))
    assert isinstance(found, Admitted)
    assert found.paused
    assert found.reason is Reason.PAUSED
    assert verdict(inbound(1, "hi", sender=BOB), rules, facts(paused=True)) == Dropped(Reason.DM_NOT_ALLOWED)


class TestChatWithOneself:
    """Notes to self: both ends are the account's own handles (design section 4, rule 1)."""

    def test_the_owner_who_writes_to_themselves_is_admitted(self) -> None:
        """An own row in a self-chat is a person's message, whatever dmPolicy says, with all authority."""
        found = verdict(
            inbound(1, "hi", sender=ANN, chat=SELF, from_me=True), policy(dm_policy="disabled"), facts(**MINE)
        )

        assert found == Admitted(Reason.SELF_CHAT, Peer(PeerKind.DIRECT, ME), authorised=True)

    def test_the_mirrored_row_is_dropped_and_settles_nothing(self) -> None:
        """Apple writes a second row that is not from us (demand A5); the first one is the delivery's own."""
        mirror = inbound(2, LONG, sender=ME, chat=SELF)
        own = inbound(1, LONG, sender=ME, chat=SELF, from_me=True)
        known = facts(own_words=(SAID,), **MINE)

        assert verdict(mirror, policy(), known) == Dropped(Reason.OWN_HANDLE)
        assert verdict(own, policy(), known) == Ours(Reason.OWN_TEXT, DeliveryId(9))

    def test_an_own_row_of_a_group_that_has_no_direction_yet_is_looked_at_again(self) -> None:
        """Before macOS flips it (imsg#80) it bears our own handle there; dropped at once, it would settle nothing."""
        early = inbound(1, LONG, sender=ME, chat=group_chat())
        known = facts(own_words=(SAID,), look_again=True, **MINE)

        assert verdict(early, policy(), known) == Suspect(Reason.LIKE_OURS)
        assert verdict(early, policy(), replace(known, look_again=False)) == Dropped(Reason.OWN_HANDLE)
        assert verdict(replace(early, from_me=True), policy(), known) == Ours(Reason.OWN_TEXT, DeliveryId(9))

    def test_what_the_operator_released_is_not_held_again(self) -> None:
        """A person really wrote it; who may write still counts (issue: held with release)."""
        echo = inbound(1, LONG)
        known = facts(own_words=(replace(SAID, open=False),))
        assert verdict(echo, policy(), known) == Held(Reason.SUSPECT_ECHO)
        released = verdict(echo, policy(), replace(known, released=True))
        assert not isinstance(released, (Held, Ours))

    def test_a_second_own_row_of_our_words_is_held(self) -> None:
        """What we said in a self-chat must not come back as the owner's next message: that is a loop."""
        known = facts(own_words=(replace(SAID, open=False),), **MINE)

        assert verdict(inbound(1, LONG, chat=SELF, from_me=True), policy(), known) == Held(
            Reason.SUSPECT_ECHO
        )

    def test_a_chat_with_another_account_is_not_one(self) -> None:
        """The owner who writes from one account to another account's handle is nobody's self-chat (rule 5)."""
        known = facts(own_handles=frozenset({ME, Handle(BOB)}), account_handles=frozenset({ME}))

        assert (
            verdict(inbound(1, "hi", chat=direct_chat(BOB), from_me=True), policy(**OPEN), known)
            == OwnerTyped()
        )

    def test_it_is_never_guessed(self) -> None:
        """Sender equal to the chat's identifier is every direct message, not a self-chat (demand A3)."""
        assert verdict(inbound(1, "hi", sender=ANN, from_me=True), policy(**OPEN), facts()) == OwnerTyped()


@dataclass(frozen=True)
class Case:
    """One generated situation, in raw configuration words."""

    keys: dict[str, Any]
    groups: dict[str, bool | None]
    granted: bool
    own: frozenset[str]
    mine: frozenset[str]
    said: bool
    row: InboundMessage
    command: bool
    patterns: bool


CHATS = {
    "ann": direct_chat(ANN, 1),
    "bob": direct_chat(BOB, 2, "SMS"),
    "me": SELF,
    "seven": group_chat(7),
    "eight": ChatRef(ChatRowId(8), "any;+;chat8", "chat8"),
    "bare": ChatRef(ChatRowId(9), ""),
    "nowhere": None,
}
ENTRIES = {
    "*": lambda _sender, _chat: True,
    ANN: lambda sender, _chat: sender == ANN,
    f"sms:{BOB}": lambda sender, _chat: sender == BOB,
    "chat_id:7": lambda _sender, chat: chat.row_id == 7,
    "chat_guid:iMessage;+;chat8": lambda _sender, chat: chat.row_id == 8,
    "nobody;here": lambda _sender, _chat: False,
}
lists = st.lists(st.sampled_from(sorted(ENTRIES)), max_size=3).map(tuple)
rows = st.builds(
    lambda chat, sender, from_me, text, members, files, reaction: replace(
        inbound(1, text, sender=sender, from_me=from_me),
        chat=CHATS[chat],
        participants=members,
        attachments=files,
        is_reaction=reaction,
    ),
    st.sampled_from(sorted(CHATS)),
    st.sampled_from([ANN, BOB, ME, "", "???"]),
    st.sampled_from([False, False, False, True, None]),
    st.sampled_from(["hello", "hello claw", "", LONG, BLOB]),
    st.sampled_from([(), (ANN,), (ANN, BOB)]),
    st.sampled_from([(), (PHOTO,)]),
    st.sampled_from([False, False, False, True]),
)
cases = st.builds(
    Case,
    keys=st.fixed_dictionaries(
        {
            "dm_policy": st.sampled_from([None, "pairing", "allowlist", "open", "disabled"]),
            "allow_from": st.none() | lists,
            "group_policy": st.sampled_from([None, "allowlist", "open", "disabled"]),
            "group_allow_from": st.none() | lists,
            "services": st.sampled_from([None, "both", "imessage", "sms"]),
            "require_mention_in_dms": st.sampled_from([None, True]),
        }
    ),
    groups=st.dictionaries(
        st.sampled_from(["*", "7", "chat_id:8", "2"]), st.sampled_from([None, True, False])
    ),
    granted=st.booleans(),
    own=st.frozensets(st.sampled_from([ME, BOB])),
    mine=st.frozensets(st.just(ME)),
    said=st.booleans(),
    row=rows,
    command=st.booleans(),
    patterns=st.booleans(),
)


def listed(entries: tuple[str, ...] | None, sender: str, chat: ChatRef) -> bool:
    """Whether a list of the configuration means a sender in a chat."""
    return any(ENTRIES[entry](sender, chat) for entry in entries or ())


def may_enter(case: Case) -> bool:
    """The rules of the requirements, written down a second time and in another way."""
    row, chat, keys = case.row, case.row.chat, case.keys
    if chat is None or row.is_reaction or row.from_me is None:
        return False
    if row.from_me and not (chat is SELF and ME in case.mine):
        return False
    if not row.from_me and (row.sender not in (ANN, BOB, ME) or row.sender in case.own | case.mine):
        return False
    if row.text == BLOB or (case.said and row.text == LONG) or not (row.text or row.attachments):
        return False
    if (keys["services"], chat.service) in {("imessage", "sms"), ("sms", "imessage")}:
        return False
    sender = ME if row.from_me else row.sender
    named = {"7": 7, "chat_id:8": 8, "2": 2}
    entry = next((key for key in case.groups if named.get(key) == chat.row_id), None)
    if entry or chat.row_id in (7, 8) or len(row.participants) > 1:
        return may_enter_group(case, chat, sender, entry)
    allowed = listed(keys["allow_from"], sender, chat)
    is_self = row.from_me
    by_policy = {
        "open": True,
        "allowlist": allowed,
        "disabled": False,
        "pairing": allowed or case.granted,
    }[keys["dm_policy"] or "pairing"]
    if not (is_self or by_policy):
        return False
    if case.command:
        return is_self or allowed or case.granted
    return not keys["require_mention_in_dms"] or not case.patterns or "claw" in row.text


def may_enter_group(case: Case, chat: ChatRef, sender: str, entry: str | None) -> bool:
    """The same for groups."""
    keys = case.keys
    effective = keys["allow_from"] if keys["group_allow_from"] is None else keys["group_allow_from"]
    policy_name = keys["group_policy"] or "allowlist"
    if policy_name == "disabled" or (policy_name == "allowlist" and not listed(effective, sender, chat)):
        return False
    if case.groups and entry is None and "*" not in case.groups:
        return False
    if case.command:
        return listed(effective, sender, chat) or listed(keys["allow_from"], sender, chat)
    wanted = [
        case.groups[key] for key in (entry, "*") if key is not None and case.groups.get(key) is not None
    ]
    required = wanted[0] if wanted else True
    return not required or not case.patterns or "claw" in case.row.text


@settings(max_examples=600)
@given(cases)
def test_whoever_the_rules_refuse_is_never_admitted(case: Case) -> None:
    """One verdict, no exception, and admission exactly where the written rules admit (promise 5, demand B9)."""
    rules = policy(
        **case.keys, groups={key: GroupConfig(require_mention=value) for key, value in case.groups.items()}
    )
    known = facts(
        granted=case.granted,
        own_handles=frozenset(map(Handle, case.own | case.mine)),
        account_handles=frozenset(map(Handle, case.mine)),
        own_words=(replace(SAID, open=False),) if case.said else (),
    )

    found = verdict(
        case.row,
        rules,
        known,
        command=STATUS if case.command else None,
        patterns=CLAW if case.patterns else NOBODY,
    )

    assert isinstance(found, (Admitted, Challenged, Ours, OwnerTyped, Held, Quarantined, Dropped))
    assert isinstance(found, Admitted) == may_enter(case)


@settings(max_examples=200)
@given(cases)
def test_three_rules_hold_under_every_configuration(case: Case) -> None:
    """No chat, no turn; own rows only to oneself; own handles never, whoever they are and whatever is open."""
    known = facts(
        granted=case.granted, own_handles=frozenset({ME, Handle(BOB)}), account_handles=frozenset({ME})
    )

    found = verdict(case.row, policy(**case.keys), known)

    if isinstance(found, Admitted):
        assert case.row.chat is not None
        assert case.row.from_me is False or case.row.chat is SELF
        assert case.row.from_me or case.row.sender not in (ME, BOB)
    if isinstance(found, Challenged):
        assert found.handle not in (ME, BOB)


@settings(max_examples=300)
@given(cases, st.sampled_from(["off", "own", "all"]), st.booleans())
def test_a_tapback_is_noted_where_its_sender_could_speak_and_never_more(
    case: Case, wanted: str, on_ours: bool
) -> None:
    """Issue: notes, not turns; same access gates as messages, and a stranger's tapback is nothing."""
    row = replace(case.row, is_reaction=True)
    as_said = replace(case.row, is_reaction=False, text="hello claw", attachments=())
    known = facts(
        granted=case.granted,
        own_handles=frozenset(map(Handle, case.own | case.mine)),
        account_handles=frozenset(map(Handle, case.mine)),
        on_ours=on_ours,
    )
    rules = policy(
        **case.keys,
        groups={key: GroupConfig(require_mention=value) for key, value in case.groups.items()},
        reaction_notifications=wanted,
    )

    found = verdict(row, rules, known, patterns=CLAW)

    is_wanted = wanted == "all" or (wanted == "own" and on_ours)
    may_speak = may_enter(replace(case, row=as_said, command=False, patterns=True))
    noted = Overheard(Reason.TAPBACK, MOST_TAPBACKS)
    assert found == noted if is_wanted and may_speak and not row.from_me else isinstance(found, Dropped)


@pytest.mark.parametrize(
    ("known", "expected"),
    [
        ({"pairing_denied": True}, Dropped(Reason.PAIRING_DENIED)),
        ({"pairing_denied": True, "late": True}, Dropped(Reason.PAIRING_LATE)),
        (
            {"pairing_denied": True, "pairing_open": True},
            Challenged(Reason.PAIRING_PENDING, Handle(ANN), fresh=False),
        ),
        ({"pairing_denied": True, "granted": True}, Reason.DM_PAIRED),
    ],
)
def test_who_was_denied_makes_no_new_request_within_the_hour(known: dict[str, Any], expected: object) -> None:
    """Decision 018: neither code after code for them, nor notice after notice for the owner."""
    found = verdict(inbound(1, "hi"), policy(), facts(**known))
    assert (found.reason if isinstance(found, Admitted) else found) == expected


@pytest.mark.parametrize("sender", ["262966", "242", "AMAZON", "AT&T Free"])
def test_the_code_of_a_bank_is_answered_with_no_code(sender: str) -> None:
    """No person reads an answer there, and three of them would keep everybody else from asking for an hour."""
    chat = direct_chat(sender)
    row = inbound(1, "Your code is 123456", chat=chat, sender=sender)
    assert verdict(row, policy(), facts()) == Dropped(Reason.PAIRING_AUTOMATED)
    assert isinstance(verdict(row, policy(allow_from=(sender,)), facts()), Admitted)


ANSWER = Command("owner-answer", "")


@pytest.mark.parametrize(
    ("keys", "answer", "expected"),
    [
        ({"dm_policy": "open"}, ANSWER, Reason.DM_OPEN),
        ({"dm_policy": "open", "require_mention_in_dms": True}, ANSWER, Reason.DM_OPEN),
        ({"dm_policy": "open"}, Reason.OWNER_BY_SMS, Dropped(Reason.OWNER_BY_SMS)),
        ({"dm_policy": "disabled"}, ANSWER, Dropped(Reason.DM_DISABLED)),
        ({"dm_policy": "allowlist"}, ANSWER, Dropped(Reason.DM_NOT_ALLOWED)),
        ({"dm_policy": "allowlist"}, Reason.OWNER_BY_SMS, Dropped(Reason.DM_NOT_ALLOWED)),
        ({"dm_policy": "pairing"}, ANSWER, Challenged(Reason.PAIRING_STARTED, Handle(ANN), fresh=True)),
    ],
)
def test_an_answer_to_a_notice_goes_through_the_gates(
    keys: dict[str, Any], answer: Command | Reason, expected: object
) -> None:
    """No path around the gates (design section 6); its sender is told nothing of a refusal."""
    found = verdict(inbound(1, "yes"), policy(**keys), facts(answer=answer))
    if isinstance(found, Admitted):
        assert (found.reason, found.command) == (expected, answer)
    else:
        assert found == expected


@pytest.mark.parametrize("members", [(), (ANN, BOB)])
@pytest.mark.parametrize("wanted", ["off", "all"])
def test_a_tapback_that_would_be_an_answer_starts_no_turn_in_a_group(
    members: tuple[str, ...], wanted: str
) -> None:
    """The owner's chat may be configured as a group, or have got members: a tapback is then one like any other."""
    rules = policy(
        groups={} if members else {"1": GroupConfig()}, group_policy="open", reaction_notifications=wanted
    )
    row = replace(inbound(1, "Liked"), is_reaction=True, participants=members)

    found = verdict(row, rules, facts(answer=ANSWER))

    assert found == (
        Overheard(Reason.TAPBACK, MOST_TAPBACKS) if wanted == "all" else Dropped(Reason.REACTION)
    )


def test_the_number_of_a_lost_chat_admits_nobody() -> None:
    """Where a chat's number proves nothing it counts as 0, which an entry might have named."""
    rules = policy(dm_policy="allowlist", allow_from=("chat_id:0", "chat:0"), groups={"0": GroupConfig()})

    assert verdict(inbound(1, "hi"), rules, facts(chat_unproven=True)) == Dropped(Reason.DM_NOT_ALLOWED)
