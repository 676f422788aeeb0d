"""The table of what can go wrong."""

from __future__ import annotations

from pathlib import Path

from openclaw.simulator.kinds import KINDS

PAGE = Path(__file__).parents[2] / "docs" / "simulated-mac.md"


def test_a_kind_says_what_each_of_its_fields_does() -> None:
    """The table is what the command line and the manual print; `method` and `whose` are explained there once."""
    unnamed = {
        (name, field)
        for name, kind in KINDS.items()
        for field in kind.fields.keys() - {"method", "whose"}
        if f"`{field}`" not in kind.does
    }
    assert unnamed == set()


def test_the_manual_has_every_kind_with_its_sentence_and_fields() -> None:
    """docs/simulated-mac.md says the same as the table."""
    lines = {
        line.split("|")[1].strip(" `"): line
        for line in PAGE.read_text().splitlines()
        if line.startswith("| `")
    }
    for name, kind in KINDS.items():
        assert kind.does in lines[name]
        assert all(f"`{field}`" in lines[name] for field in kind.fields)
