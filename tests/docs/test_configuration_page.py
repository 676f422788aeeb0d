"""The reference of the configuration: complete, and nothing in it that is not there."""

from __future__ import annotations

import runpy
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from openclaw.config.later import LATER

ROOT = Path(__file__).parents[2]
SCRIPT: dict[str, Any] = runpy.run_path(str(ROOT / "scripts" / "configuration-page"))


def row(key: str) -> str:
    """The row of ``key`` as it would be written now."""
    return next(line for line in SCRIPT["render"]().splitlines() if line.startswith(f"| `{key}` |"))


def test_every_key_that_is_acted_on_has_a_meaning() -> None:
    """Whoever adds a key says what it does (style 36)."""
    assert not [key for key in SCRIPT["served"]() if not SCRIPT["meaning"](key)]


def test_no_meaning_is_left_over() -> None:
    """A key that went takes its sentence with it."""
    keys = [SCRIPT["plain"](key) for key in SCRIPT["served"]()]
    patterns = SCRIPT["meanings"]()
    used = {next((one for one in patterns if fnmatchcase(key, one)), "") for key in keys}
    assert set(patterns) - used == set()


def test_keys_that_wait_are_not_promised() -> None:
    """What is read but not acted on stands in the other table only (promise: nothing unfinished behind a key)."""
    assert not set(LATER) & set(SCRIPT["served"]())


def test_types_bounds_and_defaults_come_from_the_models() -> None:
    """One row each of a default of the section, one of the resolved account, a choice, and a secret."""
    assert "| whole number from 1 to 65535 | `18789` |" in row("gateway.port")
    assert '| text | `"imsg"` |' in row("channels.imessage.cliPath")
    assert "`pairing`, `allowlist`, `open`, `disabled`" in row("channels.imessage.dmPolicy")
    assert "| text or object |" in row("models.providers.<key>.apiKey")
