"""From a harness to a program, on a computer that has some of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from openclaw.agents.acp.program import missing, program
from openclaw.config.harnesses import KNOWN, Harness
from openclaw.errors import AgentNotConfigured


def _install(folder: Path, name: str) -> str:
    folder.mkdir(exist_ok=True)
    (folder / name).write_text("#!/bin/sh\n")
    (folder / name).chmod(0o755)
    return str(folder / name)


def test_an_installed_program_counts_before_npx(tmp_path: Path) -> None:
    """With its full path and its own arguments."""
    bin_folder = tmp_path / "bin"
    npx = _install(bin_folder, "npx")
    environ = {"PATH": str(bin_folder)}
    package = "@agentclientprotocol/codex-acp"
    assert program(KNOWN["codex"], tmp_path, environ).argv == (npx, "-y", package)
    codex = _install(bin_folder, "codex-acp")
    found = program(KNOWN["codex"], tmp_path, environ)
    assert (found.argv, found.folder) == ((codex,), str(tmp_path))


def test_only_what_every_program_needs_is_inherited(tmp_path: Path) -> None:
    """A key of ours does not reach it; what was configured for it does, and stays out of what is printed."""
    tool = _install(tmp_path / "bin", "tool")
    harness = Harness("tool", ((tool, "acp"),), {"TOOL_KEY": "for-the-tool"})
    environ = {
        "PATH": "/usr/bin",
        "HOME": "/home/me",
        "XDG_CONFIG_HOME": "/home/me/.config",
        "HTTPS_PROXY": "http://proxy",
        "OPENAI_API_KEY": "ours",
        "OPENCLAW_GATEWAY_TOKEN": "ours too",
        "LD_PRELOAD": "/evil.so",
        "NODE_OPTIONS": "--require evil",
    }
    found = program(harness, tmp_path, environ)
    assert set(found.inherited) == {"PATH", "HOME", "XDG_CONFIG_HOME", "HTTPS_PROXY"}
    assert found.configured == {"TOOL_KEY": "for-the-tool"}
    assert "for-the-tool" not in repr(found)


def test_a_path_of_the_harness_s_own_is_searched(tmp_path: Path) -> None:
    """An operator can point at another place."""
    tool = _install(tmp_path / "bin", "tool")
    harness = Harness("tool", (("tool",),), {"PATH": str(tmp_path / "bin")})
    assert program(harness, tmp_path, {"PATH": "/usr/bin"}).argv == (tool,)


@pytest.mark.parametrize("name", sorted(KNOWN.keys() - {"openclaw"}))
def test_a_missing_program_says_how_to_get_it(tmp_path: Path, name: str) -> None:
    """Every known harness names its program and what to do (style 21); ours is this program."""
    with pytest.raises(AgentNotConfigured) as caught:
        program(KNOWN[name], tmp_path, {"PATH": str(tmp_path)})
    text = str(caught.value)
    assert f'"{name}"' in text
    assert KNOWN[name].ways[0][0] in text
    assert KNOWN[name].install in text


def test_the_operator_s_own_word_on_installing_counts_first() -> None:
    """acp.runtime.installCommand."""
    assert missing(KNOWN["codex"], "brew install codex").endswith("install it with: brew install codex")


def test_an_unknown_harness_says_where_it_is_configured() -> None:
    """The key, by name."""
    assert "acp.agents.mine.command" in missing(Harness("mine", ()))
