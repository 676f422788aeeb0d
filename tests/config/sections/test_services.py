import pytest

from openclaw.config.reader import read_section
from openclaw.config.sections.services import ServiceTrust


def test_an_owner_by_sms_is_refused_unless_allowed():
    """Ruling 16."""
    value, _ = read_section(ServiceTrust, {})
    assert value.sms_owner is False


@pytest.mark.parametrize(
    ("raw", "path"),
    [
        ({"smsOwner": "yes"}, "smsOwner"),
    ],
)
def test_a_value_outside_its_rule_is_one_issue_at_its_place(raw, path):
    """Strict, and exact about the place (A.4, ruling 13)."""
    _, findings = read_section(ServiceTrust, raw)
    assert [issue.path for issue in findings.issues] == [path]
    assert findings.unknown == []
