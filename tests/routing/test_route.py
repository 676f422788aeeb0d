"""Routes: agent and session of a conversation."""

from __future__ import annotations

import pytest
from tests.making import ACCOUNT, ANN, direct_chat, group_chat

from openclaw.config.sections.bindings import Binding, BindingSession, Match, PeerMatch
from openclaw.config.sections.session import DmScope
from openclaw.config.sections.session import Session as SessionSection
from openclaw.domain.ids import AgentId
from openclaw.domain.sessions import Peer, PeerKind, Route
from openclaw.routing.route import Routes

AGENTS = (AgentId("main"), AgentId("helper"))
PEER = Peer(PeerKind.DIRECT, ANN)


def routes(*bindings: Binding, scope: DmScope = "main") -> Routes:
    """Two agents, and these bindings."""
    return Routes(AGENTS, bindings, SessionSection(dm_scope=scope))


def to(agent: str, scope: DmScope | None = None) -> Binding:
    """A binding of everything to an agent."""
    session = BindingSession(dm_scope=scope) if scope else None
    return Binding(agent_id=agent, match=Match(channel="imessage"), session=session)


def test_without_bindings_the_default_agent_answers_in_its_main_session() -> None:
    """The first of the agents is the default one (behaviour facts A.10)."""
    route = routes().find(ACCOUNT, PEER, direct_chat(), "US")

    assert route == Route(ACCOUNT, AgentId("main"), "agent:main:main", PEER, "default")  # type: ignore[arg-type]


@pytest.mark.parametrize("spelling", ["helper", "Helper", " HELPER "])
def test_a_binding_names_its_agent_as_agents_are_named(spelling: str) -> None:
    """Agent ids compare normalised (behaviour facts A.9, A.10)."""
    route = routes(to(spelling)).find(ACCOUNT, PEER, direct_chat(), "US")

    assert (route.agent, route.session, route.matched_by) == (
        "helper",
        "agent:helper:main",
        "bindings[0] (account)",
    )


def test_an_unknown_agent_counts_as_the_default_one() -> None:
    """Behaviour facts A.10; the rule that decided is still told."""
    route = routes(to("nobody")).find(ACCOUNT, PEER, direct_chat(), "US")

    assert (route.agent, route.session, route.matched_by) == (
        "main",
        "agent:main:main",
        "bindings[0] (account)",
    )


@pytest.mark.parametrize(
    ("common", "own", "session"),
    [
        ("main", None, "agent:helper:main"),
        ("per-peer", None, f"agent:helper:direct:{ANN}"),
        ("main", "per-channel-peer", f"agent:helper:imessage:direct:{ANN}"),
        ("per-peer", "main", "agent:helper:main"),
    ],
)
def test_a_binding_may_have_its_own_scope(common: DmScope, own: DmScope | None, session: str) -> None:
    """session.dmScope of a binding overrides the common one for its matches (behaviour facts A.12)."""
    assert routes(to("helper", own), scope=common).find(ACCOUNT, PEER, direct_chat(), "US").session == session


def test_a_group_goes_to_its_own_session_and_agent() -> None:
    """A group bound by guid is answered by its agent under the group's key."""
    bound = Binding(
        agent_id="helper",
        match=Match(channel="imessage", peer=PeerMatch(kind="group", id="chat_guid:any;+;chat7")),
    )

    route = routes(bound).find(ACCOUNT, Peer(PeerKind.GROUP, "7"), group_chat(7), "US")

    assert (route.agent, route.session, route.matched_by) == (
        "helper",
        "agent:helper:imessage:group:7",
        "bindings[0] (peer)",
    )


def test_the_same_conversation_always_finds_the_same_route() -> None:
    """One resolver, tested over several turns (demand L1)."""
    table = routes(to("helper"))

    assert (
        len(
            {
                table.find(ACCOUNT, PEER, direct_chat(service=name), "US")
                for name in ("iMessage", "SMS", "any")
            }
        )
        == 1
    )


def test_linked_identities_are_compared_as_the_account_writes_numbers() -> None:
    """identityLinks in national spelling, by the region of the account (ruling 4, behaviour facts A.12)."""
    section = SessionSection(dm_scope="per-channel-peer", identity_links={"Uta": ("030 901820",)})
    table, uta = Routes(AGENTS, (), section), Peer(PeerKind.DIRECT, "+4930901820")

    keys = {region: table.find(ACCOUNT, uta, direct_chat(uta.id), region).session for region in ("DE", "FR")}
    assert keys["DE"] == "agent:main:imessage:direct:uta"
    assert keys["FR"] == "agent:main:imessage:direct:+4930901820"
