import pytest

from openclaw.config.reader import read_section
from openclaw.config.sections.channels import Channels


def test_the_phone_section_is_absent_until_the_file_has_it():
    """Missing and empty are not the same: only an existing section starts an account (ruling 3)."""
    absent, _ = read_section(Channels, {})
    empty, _ = read_section(Channels, {"imessage": {}})
    assert absent.imessage is None
    assert empty.imessage is not None


@pytest.mark.parametrize(
    ("raw", "path"),
    [
        ({"defaults": {"groupPolicy": "all"}}, "defaults.groupPolicy"),
        ({"defaults": {"contextVisibility": "none"}}, "defaults.contextVisibility"),
        ({"imessage": []}, "imessage"),
    ],
)
def test_a_value_outside_its_rule_is_one_issue_at_its_place(raw, path):
    """Strict, and exact about the place (A.4, ruling 13)."""
    _, findings = read_section(Channels, raw)
    assert [issue.path for issue in findings.issues] == [path]
    assert findings.unknown == []
