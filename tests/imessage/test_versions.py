"""Only what a release knows is sent to it."""

from __future__ import annotations

import pytest

from openclaw.imessage.versions import known_params, parse_version, render_version


@pytest.mark.parametrize(
    ("text", "version"),
    [
        ("0.5.0\n", (0, 5, 0)),
        ("imsg 0.14", (0, 14, 0)),
        ("v1.2.3-beta", (1, 2, 3)),
        ("", None),
        ("Welcome!", None),
    ],
)
def test_versions_are_read_from_what_imsg_prints(text: str, version: tuple[int, int, int] | None) -> None:
    """A bare line, or one with a name in front (imsg contract 2)."""
    assert parse_version(text) == version


def test_a_version_is_rendered_as_it_is_written() -> None:
    """And an unknown one as nothing."""
    assert render_version((0, 8, 1)) == "0.8.1"
    assert render_version(None) == ""


def test_keys_come_in_with_the_release_that_knows_them() -> None:
    """``debounce_ms`` from 0.6, ``transport`` from 0.8.1 (imsg contract 1.10)."""
    watch = {"since_rowid": 1, "attachments": True, "debounce_ms": 250}

    assert "debounce_ms" not in known_params((0, 5, 0), "watch.subscribe", watch)
    assert known_params((0, 6, 0), "watch.subscribe", watch) == watch
    assert "transport" not in known_params((0, 8, 0), "send", {"text": "x", "transport": "applescript"})
    assert "transport" in known_params((0, 8, 1), "send", {"text": "x", "transport": "applescript"})


def test_an_unknown_version_counts_as_the_newest() -> None:
    """Older ones ignore what they do not know."""
    assert known_params(None, "send", {"transport": "applescript"}) == {"transport": "applescript"}
