"""Bindings: tiers, and every spelling of a peer."""

from __future__ import annotations

from typing import Any

import pytest
from tests.making import ACCOUNT, ANN, BOB, direct_chat, group_chat

from openclaw.config.sections.bindings import Binding, Match, PeerMatch
from openclaw.domain.chats import ChatRef
from openclaw.domain.ids import AccountId
from openclaw.domain.sessions import Peer, PeerKind
from openclaw.routing.bindings import find_binding

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


def test_an_acp_binding_goes_before_every_route() -> None:
    """Behaviour facts H.5: a configured ACP binding overrides the ordinary route."""
    acp = Binding(
        type="acp", agent_id="codex", match=Match(channel="imessage", peer=PeerMatch(kind="direct", id=ANN))
    )

    assert found([bind("main"), acp]) == ("codex", "acp")
