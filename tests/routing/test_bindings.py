"""Bindings: tiers, and every spelling of a peer."""

from __future__ import annotations

from typing import Any

import pytest
from tests.making import ACCOUNT, ANN, BOB, direct_chat, group_chat

from openclaw.config.sections.bindings import Binding, Match, PeerMatch
from openclaw.domain.chats import ChatRef
from openclaw.domain.ids import AccountId
from openclaw.domain.sessions import Peer, PeerKind
from openclaw.routing.bindings import find_binding, find_outside

DIRECT = (Peer(PeerKind.DIRECT, ANN), direct_chat())
GROUP = (Peer(PeerKind.GROUP, "7"), group_chat(7))
WORK = AccountId("work")


def bind(agent: str, kind: str | None = None, peer: str = "", **match: Any) -> Binding:
    """A route binding of this channel."""
    wanted = PeerMatch(kind=kind, id=peer) if kind else None  # type: ignore[arg-type]
    return Binding(agent_id=agent, match=Match(**({"channel": "imessage", "peer": wanted} | match)))


def found(
    bindings: list[Binding], where: tuple[Peer, ChatRef] = DIRECT, account: AccountId = ACCOUNT
) -> tuple[str, str] | None:
    """Agent and tier."""
    decided = find_binding(bindings, account, *where, "US")
    return (bindings[decided.position].agent_id, decided.tier) if decided else None


TIERS = [
    (bind("channel", account_id="*"), "channel"),
    (bind("account"), "account"),
    (bind("any-peer", "direct", "*"), "any peer"),
    (bind("peer", "direct", ANN), "peer"),
]


@pytest.mark.parametrize("count", [1, 2, 3, 4])
@pytest.mark.parametrize("turned", [False, True])
def test_the_narrower_tier_decides_whatever_the_order(count: int, turned: bool) -> None:
    """Exact peer, peer wildcard, account, channel (behaviour facts A.13)."""
    some = TIERS[:count]
    bindings = [binding for binding, _ in (reversed(some) if turned else some)]

    assert found(bindings) == (some[-1][0].agent_id, some[-1][1])


def test_inside_a_tier_the_order_of_the_file_decides() -> None:
    """First come, first served (behaviour facts A.13)."""
    assert found([bind("first"), bind("second")]) == ("first", "account")
    assert found([bind("x", "direct", "+15550100009"), bind("a", "dm", ANN), bind("b", "direct", ANN)]) == (
        "a",
        "peer",
    )


def test_without_a_match_the_default_agent_answers() -> None:
    """No binding is no error."""
    assert found([]) is None
    assert found([bind("other", channel="telegram"), bind("work", account_id="work")]) is None


@pytest.mark.parametrize(
    "spelling",
    [
        ANN,
        " +15550100001 ",
        "(555) 010-0001",
        "imessage:+1 555 010 0001",
        "chat_id:1",
        "CHATID:1",
        "chat_guid:iMessage;-;+15550100001",
        "guid:any;-;+15550100001",
        "chat_identifier:+15550100001",
    ],
)
@pytest.mark.parametrize("kind", ["direct", "dm"])
def test_a_person_is_found_under_every_spelling(kind: str, spelling: str) -> None:
    """Everywhere a chat can be named all documented spellings mean the same (ruling 5)."""
    assert found([bind("a", kind, spelling)]) == ("a", "peer")
    assert found([bind("a", kind, spelling)], GROUP) is None


@pytest.mark.parametrize(
    "spelling",
    [
        "7",
        " 7 ",
        "chat_id:7",
        "chat:007",
        "chat_guid:iMessage;+;chat7",
        "chat_guid:SMS;+;chat7",
        "chatidentifier:chat7",
    ],
)
@pytest.mark.parametrize("kind", ["group", "channel"])
def test_a_group_is_found_under_every_spelling(kind: str, spelling: str) -> None:
    """group and channel kinds match each other (behaviour facts A.13, rulings 5)."""
    assert found([bind("a", kind, spelling)], GROUP) == ("a", "peer")
    assert found([bind("a", kind, spelling)]) is None


@pytest.mark.parametrize(
    "spelling", ["", "8", "chat_id:8", "chat_id:x", "chat_guid:iMessage;-;chat7", "nobody;here"]
)
def test_another_peer_is_not_this_one(spelling: str) -> None:
    """A peer that cannot be parsed matches nothing, and never falls through to a wider tier."""
    assert found([bind("a", "group", spelling)], GROUP) is None
    assert found([bind("a", "direct", spelling)]) is None


@pytest.mark.parametrize(
    ("wanted", "account", "tier"),
    [
        (None, ACCOUNT, "account"),
        (None, WORK, None),
        ("work", WORK, "account"),
        ("Work", WORK, "account"),
        (" WORK ", WORK, "account"),
        ("work", ACCOUNT, None),
        ("*", WORK, "channel"),
        (" * ", WORK, "channel"),
        ("", ACCOUNT, "account"),
        ("  ", WORK, None),
    ],
)
def test_which_account_a_binding_is_for(wanted: str | None, account: AccountId, tier: str | None) -> None:
    """Omitted means the default account, * any; ids compare as accounts are named (behaviour facts A.9, A.13)."""
    assert found([bind("a", account_id=wanted)], account=account) == (("a", tier) if tier else None)


def test_a_peer_of_any_account() -> None:
    """All given fields must match; the peer still makes it the narrowest tier."""
    assert found([bind("a", "direct", ANN, account_id="*")], account=WORK) == ("a", "peer")
    assert found([bind("a", "direct", ANN)], account=WORK) is None


@pytest.mark.parametrize("field", [{"guild_id": "1"}, {"team_id": "1"}, {"roles": ("admin",)}])
def test_fields_of_other_channels_never_match_here(field: dict[str, Any]) -> None:
    """A guild or a role is nothing that iMessage has."""
    assert found([bind("a", **field)]) is None


def test_the_decision_names_its_binding() -> None:
    """So that a person can be told which line of the file decided (promise 4)."""
    bindings = [bind("other", "direct", "+15550100009"), bind("all"), bind("ann", "dm", "*")]

    assert str(find_binding(bindings, ACCOUNT, *DIRECT, "US")) == "bindings[2] (any peer)"


@pytest.mark.parametrize("channel", ["imessage", " iMessage "])
def test_a_channel_compares_without_case_and_space(channel: str) -> None:
    """As the original compares it (behaviour facts A.13)."""
    assert found([bind("a", channel=channel)]) == ("a", "account")


FOUR = [
    bind("ann", "direct", "(555) 010-0001"),
    bind("anybody", "dm", "*"),
    bind("family", "group", "chat_id:7"),
    bind("seven", "channel", "7", account_id="*"),
    bind("groups", "group", "*", account_id="*"),
    bind("mine"),
    bind("works", account_id="work"),
    bind("all", account_id="*"),
]
BOBS = (Peer(PeerKind.DIRECT, BOB), direct_chat(BOB, 2))
EIGHT = (Peer(PeerKind.GROUP, "8"), group_chat(8))


@pytest.mark.parametrize("turned", [False, True])
@pytest.mark.parametrize(
    ("where", "account", "agents", "tier"),
    [
        (DIRECT, ACCOUNT, ("ann",), "peer"),
        (BOBS, ACCOUNT, ("anybody",), "any peer"),
        (DIRECT, WORK, ("works",), "account"),
        (GROUP, ACCOUNT, ("family", "seven"), "peer"),
        (GROUP, WORK, ("seven",), "peer"),
        (EIGHT, ACCOUNT, ("groups",), "any peer"),
        (EIGHT, WORK, ("groups",), "any peer"),
        (DIRECT, AccountId("third"), ("all",), "channel"),
        (GROUP, AccountId("third"), ("seven",), "peer"),
    ],
)
def test_the_table_of_tiers(
    where: tuple[Peer, ChatRef], account: AccountId, agents: tuple[str, ...], tier: str, turned: bool
) -> None:
    """Several agents at several accounts: the narrowest tier, and inside it the first of the file (facts A.13)."""
    bindings = FOUR[::-1] if turned else FOUR
    expected = agents[-1] if turned else agents[0]

    assert found(bindings, where, account) == (expected, tier)


def outside(agent: str, peer: str, account: str | None = None) -> Binding:
    """A binding of one conversation to an outside agent; its kind does not count."""
    match = Match(channel="imessage", account_id=account, peer=PeerMatch(kind="group", id=peer))
    return Binding(type="acp", agent_id=agent, match=match)


def found_outside(
    bindings: list[Binding], where: tuple[Peer, ChatRef] = DIRECT, account: AccountId = ACCOUNT
) -> tuple[str, str] | None:
    """Agent and tier of the binding to an outside agent."""
    decided = find_outside(bindings, account, *where, "US")
    return (bindings[decided.position].agent_id, decided.tier) if decided else None


def test_a_binding_to_an_outside_agent_is_no_ordinary_route_and_the_other_way_round() -> None:
    """Behaviour facts H.5: both are looked for, each by itself."""
    bindings = [bind("main"), outside("codex", ANN)]

    assert found(bindings) == ("main", "account")
    assert found_outside(bindings) == ("codex", "acp")
    assert found_outside([bind("main")]) is None


@pytest.mark.parametrize(
    ("account", "bindings", "expected"),
    [
        (ACCOUNT, [outside("any", ANN, "*"), outside("own", ANN)], ("own", "acp")),
        (ACCOUNT, [outside("own", ANN, "default"), outside("any", ANN, "*")], ("own", "acp")),
        (WORK, [outside("own", ANN), outside("any", ANN, "*")], ("any", "acp, any account")),
        (WORK, [outside("own", ANN)], None),
        (WORK, [outside("works", ANN, "Work"), outside("any", ANN, "*")], ("works", "acp")),
        (ACCOUNT, [outside("first", ANN), outside("second", ANN)], ("first", "acp")),
    ],
)
def test_an_account_by_name_goes_before_any_account(
    account: AccountId, bindings: list[Binding], expected: tuple[str, str] | None
) -> None:
    """Omitted is the default account alone, * any with less weight; first best wins (behaviour facts H.4)."""
    assert found_outside(bindings, account=account) == expected


@pytest.mark.parametrize(
    ("spelling", "where"),
    [
        (ANN, DIRECT),
        ("(555) 010-0001", DIRECT),
        ("chat_identifier:+15550100001", DIRECT),
        ("chat_id:7", GROUP),
        ("7", GROUP),
        ("chat_guid:SMS;+;chat7", GROUP),
        ("chat_identifier:chat7", GROUP),
        ("User@Example.com", (Peer(PeerKind.DIRECT, "user@example.com"), direct_chat("user@example.com", 3))),
    ],
)
def test_a_bound_conversation_is_found_by_each_of_its_names(
    spelling: str, where: tuple[Peer, ChatRef]
) -> None:
    """All identities of a message count, not only the number (ruling 5; behaviour facts H.4)."""
    assert found_outside([outside("codex", spelling)], where) == ("codex", "acp")


def test_no_wildcard_binds_every_conversation_to_an_outside_agent() -> None:
    """Such a binding names one conversation (requirements, ACP conversation bindings)."""
    assert found_outside([outside("codex", "*")]) is None
