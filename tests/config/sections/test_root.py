import pytest

from openclaw.config.reader import read_section
from openclaw.config.sections.root import Config


def problems(raw):
    _, findings = read_section(Config, raw)
    assert findings.unknown == []
    return {issue.path for issue in findings.issues}


def test_an_empty_file_is_valid_and_has_every_default():
    """Missing sections mean their defaults (A.1)."""
    config, _ = read_section(Config, {})
    assert config == Config()
    assert config.channels.imessage is None


@pytest.mark.parametrize(
    "section",
    [
        "channels",
        "agents",
        "models",
        "messages",
        "commands",
        "session",
        "gateway",
        "logging",
        "acp",
        "mcp",
        "notify",
        "services",
        "store",
    ],
)
def test_every_section_is_an_object(section):
    """A list or a text in its place is one issue."""
    assert problems({section: []}) == problems({section: "x"}) == {section}


def test_bindings_are_a_list():
    """The one root section that is no object (A.13)."""
    assert problems({"bindings": {}}) == {"bindings"}


def test_where_the_file_was_is_no_key_of_it():
    """`locations` is set by the loader."""
    _, findings = read_section(Config, {"locations": {}})
    assert [key.path for key in findings.unknown] == [("locations",)]


def test_an_issue_in_one_entry_does_not_hide_the_next():
    """Every issue at once, list by list."""
    raw = {"bindings": [{"agentId": "a"}, {"match": {"channel": "imessage"}}], "agents": {"list": [{}, {}]}}
    assert problems(raw) == {
        "bindings[0].match",
        "bindings[1].agentId",
        "agents.list[0].id",
        "agents.list[1].id",
    }
