import pytest

from openclaw.config.reader import read_section
from openclaw.config.sections.bindings import Binding

ROUTE = {"agentId": "a", "match": {"channel": "imessage"}}


def problems(raw):
    _, findings = read_section(Binding, raw)
    return [issue.path for issue in findings.issues]


@pytest.mark.parametrize("kind", ["direct", "group", "channel", "dm"])
def test_a_plain_binding_is_a_route(kind):
    """type may be left out; peer kinds of A.13."""
    raw = {**ROUTE, "match": {"channel": "imessage", "peer": {"kind": kind, "id": "chat_id:1"}}}
    value, findings = read_section(Binding, raw)
    assert (value.type, value.match.peer.kind, findings.issues) == ("route", kind, [])


def test_fields_of_other_channels_are_kept():
    """A binding with a guild must not match more than it says just because a field was dropped (A.13)."""
    match = {"channel": "discord", "guildId": "1", "teamId": "2", "roles": ["x"]}
    value, _ = read_section(Binding, {**ROUTE, "match": match})
    assert (value.match.guild_id, value.match.team_id, value.match.roles) == ("1", "2", ("x",))


@pytest.mark.parametrize("peer", [{}, {"peer": {"kind": "group", "id": " "}}])
def test_an_acp_binding_names_its_chat(peer):
    """ACP needs a non-empty match.peer.id (A.13)."""
    assert problems({"type": "acp", "agentId": "a", "match": {"channel": "imessage", **peer}}) == [
        "match.peer.id"
    ]


def test_keys_of_the_other_type_are_refused():
    """session belongs to routes, acp to ACP bindings (A.13)."""
    peer = {"channel": "imessage", "peer": {"kind": "group", "id": "1"}}
    assert problems({**ROUTE, "acp": {"label": "x"}}) == ["acp"]
    assert problems({"type": "acp", "agentId": "a", "match": peer, "session": {"dmScope": "main"}}) == [
        "session"
    ]


def test_a_channel_is_needed():
    """match.channel is required (A.13)."""
    assert problems({"agentId": "a", "match": {}}) == ["match.channel"]
