import pytest

from openclaw.config.reader import read_section
from openclaw.config.sections.logging import Logging


def test_defaults_are_those_of_the_original():
    """A.16: info, 100 MB, secrets kept out."""
    value, _ = read_section(Logging, {})
    assert (value.level, value.max_file_bytes, value.redact_sensitive) == ("info", 100 * 1024 * 1024, "tools")
    assert (value.file, value.console_level, value.console_style) == (None, None, "pretty")


@pytest.mark.parametrize(
    ("raw", "path"),
    [
        ({"level": "verbose"}, "level"),
        ({"consoleStyle": "fancy"}, "consoleStyle"),
        ({"redactSensitive": True}, "redactSensitive"),
        ({"redactPatterns": "sk-"}, "redactPatterns"),
        ({"file": ""}, "file"),
        ({"maxFileBytes": 0}, "maxFileBytes"),
    ],
)
def test_a_value_outside_its_rule_is_one_issue_at_its_place(raw, path):
    """Strict, and exact about the place (A.4, ruling 13)."""
    _, findings = read_section(Logging, raw)
    assert [issue.path for issue in findings.issues] == [path]
    assert findings.unknown == []
