import pytest

from openclaw.config.reader import read_section
from openclaw.config.sections.session import Session


def test_defaults_are_those_of_the_original():
    """A.12: one main session, /new and /reset, bindings for a day."""
    value, _ = read_section(Session, {})
    assert (value.scope, value.dm_scope, value.reset_triggers) == ("per-sender", "main", ("/new", "/reset"))
    assert (value.reset, value.idle_minutes) == (None, None)
    assert (value.thread_bindings.idle_hours, value.thread_bindings.max_age_hours) == (24, 0)


@pytest.mark.parametrize("scope", ["main", "per-peer", "per-channel-peer", "per-account-channel-peer"])
def test_every_scope_is_accepted(scope):
    """session.dmScope (A.12)."""
    value, findings = read_section(Session, {"dmScope": scope})
    assert (value.dm_scope, findings.issues) == (scope, [])


@pytest.mark.parametrize(
    ("raw", "path"),
    [
        ({"dmScope": "per-user"}, "dmScope"),
        ({"reset": {"atHour": 24}}, "reset.atHour"),
        ({"resetByType": {"group": {"idleMinutes": 0}}}, "resetByType.group.idleMinutes"),
        ({"resetByChannel": {"imessage": {"mode": "never"}}}, "resetByChannel.imessage.mode"),
        ({"sendPolicy": {"rules": [{"match": {}}]}}, "sendPolicy.rules[0].action"),
        ({"threadBindings": {"idleHours": -1}}, "threadBindings.idleHours"),
        ({"identityLinks": {"owner": "x"}}, "identityLinks.owner"),
        ({"idleMinutes": 0}, "idleMinutes"),
    ],
)
def test_a_value_outside_its_rule_is_one_issue_at_its_place(raw, path):
    """Strict, and exact about the place (A.4, ruling 13)."""
    _, findings = read_section(Session, raw)
    assert [issue.path for issue in findings.issues] == [path]
    assert findings.unknown == []
