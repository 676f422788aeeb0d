"""A line of the log as a value, and which lines are wanted."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openclaw.logs.lines import Wanted, parse_line, render_line


def event(**fields: object) -> str:
    base = {
        "event": "account.state",
        "level": "info",
        "logger": "openclaw.phones",
        "timestamp": "2026-03-01T10:00:00.123456Z",
    }
    return json.dumps(base | fields)


def test_a_line_is_told_apart_and_put_together():
    """Time, level, subsystem, event, and the fields as they are."""
    line = parse_line(event(account="work", cause="it is deaf", number=3))
    assert (line.level, line.subsystem, line.event) == ("info", "openclaw.phones", "account.state")
    assert line.fields == {"account": "work", "cause": "it is deaf", "number": 3}
    assert render_line(line, local_time=False) == (
        '2026-03-01T10:00:00.123Z info openclaw.phones account.state account=work cause="it is deaf" number=3'
    )


@given(st.text())
def test_anything_is_a_line(text: str):
    """What another program wrote into the file is shown as it stands, or as the event it happens to be."""
    line = parse_line(text)
    assert line.raw == text
    render_line(line, local_time=True)


@pytest.mark.parametrize(
    ("wanted", "fields", "takes"),
    [
        (Wanted(), {}, True),
        (Wanted(level="warn"), {}, False),
        (Wanted(level="warn"), {"level": "warning"}, True),
        (Wanted(level="warn"), {"level": "critical"}, True),
        (Wanted(level="error"), {"level": "something new"}, True),
        (Wanted(text="STATE"), {}, True),
        (Wanted(text="deaf"), {}, False),
        (Wanted(text="deaf"), {"cause": "it is Deaf"}, True),
        (Wanted(channel_only=True), {"logger": "openclaw.control"}, False),
        (Wanted(channel_only=True), {"logger": "openclaw.imessage"}, True),
        (Wanted(channel_only=True), {"logger": "openclaw.turns", "account": "work"}, True),
        (
            Wanted(channel_only=True, account="work"),
            {"logger": "openclaw.imessage", "account": "home"},
            False,
        ),
        (Wanted(channel_only=True, account="work"), {"logger": "openclaw.imessage", "account": "work"}, True),
    ],
)
def test_lines_are_wanted_by_level_text_channel_and_account(
    wanted: Wanted, fields: dict[str, str], takes: bool
):
    """Each of the options by itself (facts J.2, J.5); an unknown level is shown rather than hidden."""
    assert wanted.takes(event(**fields)) is takes
