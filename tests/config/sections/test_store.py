import pytest

from openclaw.config.reader import read_section
from openclaw.config.sections.store import Ledger


@pytest.mark.parametrize("url", ["postgresql://claw@db/claw", "sqlite:///var/lib/claw.db"])
def test_a_store_is_one_of_two_engines(url):
    """SQLite by default, PostgreSQL by URL (design 9)."""
    value, findings = read_section(Ledger, {"url": url})
    assert (value.url, value.retention_days, findings.issues) == (url, None, [])


@pytest.mark.parametrize(
    ("raw", "path"),
    [
        ({"url": "mysql://x"}, "url"),
        ({"url": "postgres://x"}, "url"),
        ({"retentionDays": 0}, "retentionDays"),
    ],
)
def test_a_value_outside_its_rule_is_one_issue_at_its_place(raw, path):
    """Strict, and exact about the place (A.4, ruling 13)."""
    _, findings = read_section(Ledger, raw)
    assert [issue.path for issue in findings.issues] == [path]
    assert findings.unknown == []
