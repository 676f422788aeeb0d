"""Harnesses: which there are, where each is looked for, and what a configuration changes of it."""

from __future__ import annotations

from typing import Any

import pytest
from tests.rig import configure

from openclaw.config.harnesses import KNOWN, harnesses

NAMES = {
    *("claude", "codex", "copilot", "cursor", "droid", "gemini", "iflow", "kilocode", "kimi", "kiro"),
    *("openclaw", "opencode", "pi", "qwen"),
}


def test_the_names_of_the_original_need_no_configuration() -> None:
    """Behaviour facts H.10; each knows a way, and how to get it."""
    assert set(KNOWN) == NAMES
    # Ours needs none: it is this program.
    assert all(one.ways and (one.install or one.name == "openclaw") for one in KNOWN.values())
    assert harnesses(configure({})) == KNOWN


def test_an_installed_program_goes_before_one_that_is_fetched() -> None:
    """Nothing is fetched where it is there already."""
    assert [way[0] for way in KNOWN["codex"].ways] == ["codex-acp", "npx"]


@pytest.mark.parametrize(
    ("command", "way"),
    [
        ("my-agent --acp", ("my-agent", "--acp")),
        ("'/opt/my agent' --flag 'a b'", ("/opt/my agent", "--flag", "a b")),
        ("~/bin/agent acp", ("/nonexistent/bin/agent", "acp")),
        ("agent 'open quote", ("agent 'open quote",)),
    ],
)
def test_a_command_line_of_the_originals_plugin_is_parted_as_a_shell_would(
    command: str, way: tuple[str, ...]
) -> None:
    """plugins.entries.acpx.config.agents; an open quote names a program that is not there, and that is told."""
    config = configure(
        {"plugins": {"entries": {"acpx": {"config": {"agents": {"Codex": {"command": command}}}}}}}
    )
    assert harnesses(config)["codex"].ways == (way,)


def test_our_own_section_goes_before_the_plugin_and_adds_to_what_is_known() -> None:
    """acp.agents: a command replaces the known one, arguments alone are added to it."""
    document: dict[str, Any] = {
        "acp": {
            "agents": {
                "codex": {"args": ["--fast"], "env": {"A": "1"}},
                "claude": {"command": "~/claude", "args": ["-x"], "cwd": "~/work"},
                "none": {"args": ["x"]},
            }
        },
        "plugins": {"entries": {"acpx": {"config": {"agents": {"claude": {"command": "other"}}}}}},
    }
    found = harnesses(configure(document))

    assert found["codex"].ways == (
        ("codex-acp", "--fast"),
        ("npx", "-y", "@agentclientprotocol/codex-acp", "--fast"),
    )
    assert found["codex"].environ == {**KNOWN["codex"].environ, "A": "1"}
    assert found["codex"].install == KNOWN["codex"].install
    assert found["claude"].ways == (("/nonexistent/claude", "-x"),)
    assert (found["claude"].cwd, found["claude"].install) == ("/nonexistent/work", "")
    assert found["none"].ways == ()


def test_what_a_harness_is_given_is_not_shown() -> None:
    """Its variables may hold keys (style 35)."""
    config = configure({"acp": {"agents": {"codex": {"env": {"TOKEN": "very secret"}}}}})
    assert "very secret" not in repr(harnesses(config)["codex"])
