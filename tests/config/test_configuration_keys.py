"""The page docs/configuration-keys.md, the sections and the original's list say the same."""

import re
import runpy
from pathlib import Path

from openclaw.config.later import waits_for
from openclaw.config.original import listed_keys

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "configuration-keys.md").read_text(encoding="utf-8")
SCRIPT = runpy.run_path(str(ROOT / "scripts" / "configuration_keys.py"))
ROWS = dict(re.findall(r"^\| `([^`]+)` \| (.+) \|$", PAGE, re.MULTILINE))


def test_the_page_is_what_the_script_writes():
    """Run scripts/configuration_keys.py after a key was added, served or dropped."""
    assert SCRIPT["render"]() == PAGE


def test_every_key_we_read_is_in_the_table_as_served_or_later():
    """Each config key stands in the manual (style 36)."""
    for key in SCRIPT["patterns"]():
        capability = waits_for(key)
        assert ROWS[key] == (f"later ({capability})" if capability else "served"), key


def test_every_row_is_a_key_we_read_or_one_of_the_original():
    """No row outlives its key; a row that says served is a key that is read."""
    ours, listed = set(SCRIPT["patterns"]()), set(listed_keys())
    for key, said in ROWS.items():
        begun = any(other == key or other.startswith((f"{key}.", f"{key}[")) for other in listed)
        assert key in ours or begun, key
        assert (
            said.startswith("not served (") or key in ours or key.startswith(SCRIPT["APPLIED_BEFORE_READING"])
        ), key


def test_every_key_of_the_original_near_this_channel_has_its_own_row():
    """Ruling 13: a table of every key that touches this channel, served or not and why."""
    for key in listed_keys():
        if key.startswith(tuple(f"{root}." for root in SCRIPT["NEIGHBOURS"])) or key.startswith(
            "bindings[]."
        ):
            assert key in ROWS, key
