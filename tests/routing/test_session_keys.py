"""Session keys, spelled as the original spells them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.making import ACCOUNT, ANN

from openclaw.domain.ids import AccountId, AgentId
from openclaw.domain.sessions import Peer, PeerKind
from openclaw.routing.session_keys import session_key

MAIN = AgentId("main")
DIRECT = Peer(PeerKind.DIRECT, ANN)
GROUP = Peer(PeerKind.GROUP, "7")
SCOPES = ["main", "per-peer", "per-channel-peer", "per-account-channel-peer"]
LINKS = {
    " ": ("+15550100001",),
    "alice": ("imessage:(555) 010-0001", "Alice@Example.com"),
    "Bob": ("iMessage:+1 555 010 0002", "AMAZON"),
    "carl": ("telegram:+15550100003", "discord:1555", "nonsense;"),
}


@pytest.mark.parametrize(
    ("peer", "scope", "key"),
    [
        (DIRECT, "main", "agent:main:main"),
        (DIRECT, "per-peer", "agent:main:direct:+15550100001"),
        (DIRECT, "per-channel-peer", "agent:main:imessage:direct:+15550100001"),
        (DIRECT, "per-account-channel-peer", "agent:main:imessage:default:direct:+15550100001"),
        (GROUP, "main", "agent:main:imessage:group:7"),
        (GROUP, "per-peer", "agent:main:imessage:group:7"),
        (GROUP, "per-account-channel-peer", "agent:main:imessage:group:7"),
    ],
)
def test_the_table_of_keys(peer: Peer, scope: str, key: str) -> None:
    """Behaviour facts A.12: groups are always on their own, and have the name of the requirements page."""
    assert session_key(MAIN, ACCOUNT, peer, scope) == key


@pytest.mark.parametrize("scope", SCOPES)
def test_groups_of_two_phones_with_one_number_are_two(scope: str) -> None:
    """Each Mac numbers its chats for itself, so chat 7 of another account is another group (promise 1)."""
    assert session_key(MAIN, AccountId("work"), GROUP, scope) == "agent:main:imessage:group:7:work"


@pytest.mark.parametrize("scope", SCOPES)
def test_a_peer_without_a_name_shares_the_main_session(scope: str) -> None:
    """Behaviour facts A.12: scopes by peer degrade to the main key when the peer is empty."""
    assert session_key(MAIN, ACCOUNT, Peer(PeerKind.DIRECT, ""), scope) == "agent:main:main"


def test_keys_are_lower_case() -> None:
    """Behaviour facts A.12, also for sender names."""
    peer = Peer(PeerKind.DIRECT, "AMAZON")

    assert (
        session_key(AgentId("Claw"), AccountId("Work"), peer, SCOPES[3])
        == "agent:claw:imessage:work:direct:amazon"
    )


@pytest.mark.parametrize(
    ("handle", "name"),
    [
        (ANN, "alice"),
        ("alice@example.com", "alice"),
        ("+15550100002", "bob"),
        ("amazon", "bob"),
        ("+15550100003", "+15550100003"),
        ("1555", "1555"),
    ],
)
def test_linked_identities_share_a_session(handle: str, name: str) -> None:
    """identityLinks replace the peer by its canonical name: any spelling, bare or with the channel in front.

    What belongs to another channel links nobody here.
    """
    peer = Peer(PeerKind.DIRECT, handle)

    assert session_key(MAIN, ACCOUNT, peer, "per-peer", LINKS) == f"agent:main:direct:{name}"
    assert session_key(MAIN, ACCOUNT, peer, "main", LINKS) == "agent:main:main"


def test_links_do_not_touch_groups() -> None:
    """A group with the number 7 is not a person called 7."""
    assert session_key(MAIN, ACCOUNT, GROUP, "per-peer", {"x": ("7",)}) == "agent:main:imessage:group:7"


@given(
    st.sampled_from(SCOPES[1:]),
    st.from_regex(r"\+[1-9][0-9]{6,14}", fullmatch=True),
    st.from_regex(r"\+[1-9][0-9]{6,14}", fullmatch=True),
    st.integers(1, 10**6),
)
def test_two_conversations_never_share_a_key_unless_asked_to(
    scope: str, one: str, other: str, group: int
) -> None:
    """Outside dmScope main, one person's session is nobody else's, and never a group's (promise 1)."""
    keys = [session_key(MAIN, ACCOUNT, Peer(PeerKind.DIRECT, handle), scope) for handle in (one, other)]

    assert (keys[0] == keys[1]) == (one == other)
    assert session_key(MAIN, ACCOUNT, Peer(PeerKind.GROUP, str(group)), scope) not in keys
