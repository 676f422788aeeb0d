"""A place of its own for each test, and the two ways to judge a configuration."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from openclaw.config.load import Loaded, check_document, load_config
from openclaw.config.locations import Locations
from openclaw.errors import ConfigInvalid, ConfigIssue


@pytest.fixture
def place(tmp_path: Path) -> Locations:
    """A home with an empty state directory."""
    state = tmp_path / ".openclaw"
    state.mkdir()
    return Locations(home=tmp_path, state_dir=state, config_path=state / "openclaw.json")


@pytest.fixture
def check(place: Locations) -> Callable[..., Loaded]:
    """Judge plain data as the content of the file."""
    return lambda raw, environ=None: check_document(raw, place, environ or {})


@pytest.fixture
def load(place: Locations) -> Callable[..., Loaded]:
    """Write a text as the file, then load it."""

    def write_and_load(text: str, environ: Mapping[str, str] | None = None) -> Loaded:
        place.config_path.write_text(text, encoding="utf-8")
        return load_config(place, environ or {})

    return write_and_load


@pytest.fixture
def issues(check: Callable[..., Loaded]) -> Callable[..., dict[str, ConfigIssue]]:
    """Judge plain data and return its issues by path; empty when it is valid."""

    def judged(raw: Any, environ: Mapping[str, str] | None = None) -> dict[str, ConfigIssue]:
        try:
            check(raw, environ)
        except ConfigInvalid as error:
            return {issue.path: issue for issue in error.issues}
        return {}

    return judged
