"""``plugins``: of the original's plugins one counts, and a mistyped key of it is no silence."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from openclaw.config.load import Loaded, check_document
from openclaw.config.locations import Locations
from openclaw.errors import ConfigInvalid

HERE = Path("/nonexistent")
WITHOUT_EFFECT = {
    "stateDir": "x",
    "probeAgent": "codex",
    "pluginToolsMcpBridge": False,
    "openClawToolsMcpBridge": True,
    "queueOwnerTtlSeconds": 0.1,
    "strictWindowsCmdWrapper": True,
    "expectedVersion": "1",
    "command": "acpx",
}


def loaded(plugins: dict[str, Any]) -> Loaded:
    """A document with these plugins."""
    return check_document({"plugins": plugins}, Locations(HERE, HERE, HERE / "openclaw.json"), {})


def test_other_plugins_are_one_warning() -> None:
    """Ruling 13: what is not served is accepted, told once."""
    found = loaded({"allow": ["acpx"], "entries": {"other": {"config": {"x": 1}}, "acpx": {"hooks": {}}}})

    [warning] = found.warnings
    assert warning.path == "plugins"
    assert "plugins.allow" in warning.message


def test_what_only_the_original_acts_on_is_accepted() -> None:
    """Behaviour facts H.10; expectedVersion and command stand in its documentation alone."""
    [warning] = loaded({"entries": {"acpx": {"config": WITHOUT_EFFECT}}}).warnings

    assert warning.message.startswith("without effect in this program: ")


@pytest.mark.parametrize("key", ["permisionMode", "agent", "permissions"])
def test_a_mistyped_key_is_an_error(key: str) -> None:
    """A permission that silently does not count would be a stranger inside."""
    with pytest.raises(ConfigInvalid, match=key):
        loaded({"entries": {"acpx": {"config": {key: "deny-all"}}}})


def test_what_is_served_warns_of_nothing() -> None:
    """The section and its values are read."""
    found = loaded({"entries": {"acpx": {"enabled": True, "config": {"permissionMode": "ask"}}}})

    assert found.warnings == ()
    assert found.config.plugins.entries.acpx.config.permission_mode == "ask"
