from __future__ import annotations

import json
from pathlib import Path

from .conftest import Installation


def test_what_is_known_is_listed_and_what_is_missing_says_how_to_get_it(installation: Installation) -> None:
    """A configured one beside the known ones; one that was named and is not here is an exit code of 1."""
    installation.configure({"acp": {"agents": {"mine": {"command": "/nowhere/mine"}}}})
    shown = installation.run("acp", "agents", "mine", "kimi", "--json")
    assert shown.code == 1
    mine, kimi = json.loads(shown.out)["agents"]
    assert (mine["standing"], mine["argv"]) == ("not installed", None)
    assert "/nowhere/mine" in mine["says"]
    assert kimi["says"] == "uv tool install kimi-cli"


def test_a_name_that_nobody_knows_is_an_error_with_those_that_are(installation: Installation) -> None:
    """It names the key by which more can be made known."""
    shown = installation.run("acp", "agents", "codx")
    assert shown.code != 0
    assert "codx" in shown.err
    assert "codex" in shown.err
    assert "acp.agents" in shown.err


def test_what_a_program_says_on_its_standard_error_stays_out_of_the_answer(
    installation: Installation, tmp_path: Path
) -> None:
    """Standard output holds nothing but JSON."""
    loud = tmp_path / "loud"
    loud.write_text("#!/bin/sh\necho 'a word of warning' >&2\nexit 1\n")
    loud.chmod(0o755)
    installation.configure({"acp": {"agents": {"mine": {"command": str(loud)}}}})
    shown = installation.run("acp", "agents", "mine", "--json")
    assert [one["standing"] for one in json.loads(shown.out)["agents"]] == ["does not start"]
