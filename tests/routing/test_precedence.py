"""Which rule decides: bound in the chat, configured, ordinary. One order, whatever else there is (facts H.5)."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.making import ACCOUNT, ANN, BOB, NOON, direct_chat, group_chat

from openclaw.config.sections.bindings import Binding, Match, PeerMatch
from openclaw.config.sections.session import Session as SessionSection
from openclaw.domain.acp import AcpBinding, is_kept, outside_agent, stands_for
from openclaw.domain.chats import ChatRef
from openclaw.domain.ids import AccountId, AgentId, SessionKey
from openclaw.domain.sessions import Peer, PeerKind
from openclaw.routing.bindings import find_binding, find_outside
from openclaw.routing.route import Routes

AGENTS = (AgentId("main"), AgentId("helper"))
WORK = AccountId("work")
PLACES = [
    (Peer(PeerKind.DIRECT, ANN), direct_chat()),
    (Peer(PeerKind.DIRECT, BOB), direct_chat(BOB, 2)),
    (Peer(PeerKind.GROUP, "7"), group_chat(7)),
]

peers = st.builds(
    PeerMatch,
    kind=st.sampled_from(["direct", "group", "dm", "channel"]),
    id=st.sampled_from([ANN, BOB, "chat_id:7", "chat_guid:any;+;chat7", "chat_identifier:chat7", "8"]),
)
matches = st.builds(
    Match,
    channel=st.sampled_from(["imessage", "telegram"]),
    account_id=st.sampled_from([None, "*", "work", "default"]),
    peer=peers,
)
ordinary = st.builds(
    Binding,
    agent_id=st.sampled_from(["main", "helper", "nobody"]),
    match=st.one_of(matches, st.builds(Match, channel=st.just("imessage"))),
)
outside = st.builds(
    Binding, type=st.just("acp"), agent_id=st.sampled_from(["codex", "helper", "claude"]), match=matches
)
SPAWNED = AcpBinding(
    ACCOUNT,
    direct_chat().key,
    SessionKey("agent:gemini:acp:1"),
    outside_agent("gemini"),
    ANN,
    NOON,
    NOON,
)


@given(
    st.lists(st.one_of(ordinary, outside), max_size=8),
    st.sampled_from(PLACES),
    st.sampled_from([ACCOUNT, WORK]),
    st.sampled_from([None, SPAWNED]),
)
def test_the_first_rule_of_the_three_that_applies_decides(
    bindings: list[Binding], place: tuple[Peer, ChatRef], account: AccountId, bound: AcpBinding | None
) -> None:
    """A chat binding, else a configured one, else the ordinary route; and nobody else ever answers (demand L2, L5)."""
    peer, chat = place
    route = Routes(AGENTS, bindings, SessionSection()).find(account, peer, chat, "US", bound)
    configured = find_outside(bindings, account, peer, chat, "US")
    plain = find_binding(bindings, account, peer, chat, "US")

    assert (route.account, route.peer) == (account, peer)
    if bound is not None:
        assert (route.agent, route.session, route.binding) == (bound.agent, bound.session, None)
        assert route.matched_by.startswith(f"bound in the chat by {ANN}")
    elif configured is not None:
        name = bindings[configured.position].agent_id
        assert (route.agent, route.binding) == (f"acp:{name}", configured.position)
        assert route.session.startswith(f"agent:{name}:acp:binding:imessage:{account}:")
        assert route.matched_by.startswith(str(configured))
    else:
        assert route.agent in AGENTS
        assert route.matched_by == (str(plain) if plain else "default")
        assert not is_kept(route.session)


@given(st.lists(st.one_of(ordinary, outside), max_size=8), st.sampled_from(PLACES))
def test_ordinary_bindings_change_nothing_for_a_bound_conversation(
    bindings: list[Binding], place: tuple[Peer, ChatRef]
) -> None:
    """A catch-all route does not shadow a binding to an outside agent (demand L2)."""
    acp = [one for one in bindings if one.type == "acp"]
    both = [Routes(AGENTS, some, SessionSection()).find(ACCOUNT, *place, "US") for some in (bindings, acp)]

    if both[1].agent not in AGENTS:
        assert both[0].session == both[1].session


@pytest.mark.parametrize(("peer", "chat"), PLACES)
def test_a_configured_session_has_the_name_that_the_original_gives_it(peer: Peer, chat: ChatRef) -> None:
    """The hash is of channel, account and conversation: handle, or decimal chat id (behaviour facts H.4)."""
    spelling = peer.id if peer.kind is PeerKind.DIRECT else f"chat_id:{peer.id}"
    binding = Binding(
        type="acp",
        agent_id="codex",
        match=Match(channel="imessage", peer=PeerMatch(kind="direct", id=spelling)),
    )
    route = Routes(AGENTS, [binding], SessionSection()).find(ACCOUNT, peer, chat, "US")

    digest = hashlib.sha256(f"imessage:default:{peer.id}".encode()).hexdigest()[:16]
    assert route.session == f"agent:codex:acp:binding:imessage:default:{digest}"


@pytest.mark.parametrize(
    ("key", "kept"),
    [
        ("agent:codex:acp:binding:imessage:default:0011223344556677", True),
        ("agent:codex:acp:6f1c3a62-9d1e-4f55-8f29-0ac9f7a4a1d2", True),
        ("agent:main:main", False),
        ("agent:main:imessage:acp:direct:+15550100001", False),
        ("agent:acp:main", False),
    ],
)
def test_which_sessions_no_time_of_day_resets(key: str, kept: bool) -> None:
    """Sessions that were bound or spawned; an account or agent called acp makes no other one."""
    assert is_kept(SessionKey(key)) is kept


@pytest.mark.parametrize(
    ("agent", "stands"),
    [("acp:helper", "helper"), ("acp:codex", "main"), ("helper", "helper"), ("gone", "gone")],
)
def test_by_whose_names_and_limits_an_agent_goes(agent: str, stands: str) -> None:
    """The configured agent of its name, else the default one, so that no gate is lost by being outside."""
    assert stands_for(AgentId(agent), AGENTS) == stands
