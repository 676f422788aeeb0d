import pytest

from openclaw.config.reader import read_section
from openclaw.config.sections.commands import Commands


def test_defaults_are_those_of_the_original():
    """A.14: text commands on, access groups on, no config command."""
    value, _ = read_section(Commands, {})
    assert (value.text, value.use_access_groups, value.config, value.restart) == (True, True, False, True)
    assert (value.owner_allow_from, value.allow_from) == (None, None)


def test_lists_take_texts_and_numbers():
    """People write phone numbers with and without quotes (A.14)."""
    value, _ = read_section(Commands, {"ownerAllowFrom": [1555, "imessage:+1"], "allowFrom": {"*": [1555]}})
    assert value.owner_allow_from == (1555, "imessage:+1")
    assert value.allow_from["*"] == (1555,)


@pytest.mark.parametrize(
    ("raw", "path"),
    [
        ({"text": "yes"}, "text"),
        ({"allowFrom": ["+1"]}, "allowFrom"),
        ({"allowFrom": {"imessage": "+1"}}, "allowFrom.imessage"),
        ({"ownerAllowFrom": [None]}, "ownerAllowFrom[0]"),
    ],
)
def test_a_value_outside_its_rule_is_one_issue_at_its_place(raw, path):
    """Strict, and exact about the place (A.4, ruling 13)."""
    _, findings = read_section(Commands, raw)
    assert [issue.path for issue in findings.issues] == [path]
    assert findings.unknown == []
