import pytest

from openclaw.config.reader import read_section
from openclaw.config.sections.notify import Notify


def test_nobody_is_told_unless_named():
    """A notice goes to a phone only with notify.owner set (design 6)."""
    value, _ = read_section(Notify, {})
    assert value.owner is None


@pytest.mark.parametrize(
    ("raw", "path"),
    [
        ({"owner": ["+1"]}, "owner"),
        ({"owner": " "}, "owner"),
    ],
)
def test_a_value_outside_its_rule_is_one_issue_at_its_place(raw, path):
    """Strict, and exact about the place (A.4, ruling 13)."""
    _, findings = read_section(Notify, raw)
    assert [issue.path for issue in findings.issues] == [path]
    assert findings.unknown == []
