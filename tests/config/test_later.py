import runpy
from pathlib import Path

import pytest

from openclaw.config.later import LATER, waiting, waits_for

SCRIPT = Path(__file__).parents[2] / "scripts" / "configuration_keys.py"


@pytest.mark.parametrize(
    ("key", "capability"),
    [
        ("agents.defaults.models.<key>.params.temperature", "model tuning"),
        ("agents.list[].identity.avatar", "control page"),
        ("agents.list[].runtime.acp.agent", None),
        ("channels.imessage.groups.<key>.tools.allow[]", None),
        ("channels.imessage.groups.<key>.requireMention", None),
        ("agents.list[].id", None),
        ("gateway.port", None),
    ],
)
def test_a_key_waits_with_everything_above_it(key, capability):
    """A line of the table holds for all keys below it."""
    assert waits_for(key) == capability


def test_set_keys_are_found_wherever_they_stand():
    """In a list, and under a free name."""
    document = {
        "agents": {
            "list": [{"id": "a"}, {"id": "b", "identity": {"avatar": "a"}}],
            "defaults": {"models": {"m": {"params": {}}}},
        },
        "gateway": {"port": 1},
    }
    assert {path for path, _ in waiting(document)} == {
        ("agents", "defaults", "models", "m", "params"),
        ("agents", "list", 1, "identity", "avatar"),
    }


def test_every_line_names_a_key_that_is_read():
    """A line for a key that no section has would never be removed."""
    ours = set(runpy.run_path(str(SCRIPT))["patterns"]())
    for key in LATER:
        assert any(own == key or own.startswith((f"{key}.", f"{key}[")) for own in ours), key
