"""Harnesses: the programs that run an outside agent, by the names that people and configurations use for them.

The names are those of the original (behaviour facts H.10). A program that is installed counts before one that ``npx``
would fetch; nothing is looked for before somebody asks.
"""

from __future__ import annotations

import shlex
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field

from openclaw.config.grammar import normalise_id
from openclaw.config.sections.acp import AcpAgent
from openclaw.config.sections.root import Config

Argv = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Harness:
    """How one outside agent is started: the first of ``ways`` whose program is there.

    ``environ`` is what it is given beside the little that every child is; ``cwd`` "" leaves the folder to the session.
    ``install`` says how to get it, "" where nobody but the operator can know.
    """

    name: str
    ways: tuple[Argv, ...]
    environ: Mapping[str, str] = field(default_factory=dict[str, str], repr=False)
    cwd: str = ""
    install: str = ""


def _npx(package: str) -> Argv:
    return ("npx", "-y", package)


def _from_npm(name: str, program: Argv, package: str, **environ: str) -> Harness:
    return Harness(name, (program, _npx(package)), environ, install=f"npm install -g {package}")


# Both ask their model once more after each turn for what a person might type next, which nobody sees in a chat.
_NO_SUGGESTIONS_OF_CLAUDE = {"CLAUDE_CODE_ENABLE_PROMPT_SUGGESTION": "false"}
_NO_SUGGESTIONS_OF_CODEX = {"CODEX_ACP_PROMPT_SUGGESTIONS": "false"}


KNOWN: Mapping[str, Harness] = {
    one.name: one
    for one in (
        _from_npm(
            "claude",
            ("claude-agent-acp",),
            "@agentclientprotocol/claude-agent-acp",
            **_NO_SUGGESTIONS_OF_CLAUDE,
        ),
        _from_npm("codex", ("codex-acp",), "@agentclientprotocol/codex-acp", **_NO_SUGGESTIONS_OF_CODEX),
        Harness("copilot", (("copilot", "--acp", "--stdio"),), install="npm install -g @github/copilot"),
        Harness("cursor", (("cursor-agent", "acp"),), install="see cursor.com/cli"),
        Harness("droid", (("droid", "exec", "--output-format", "acp"),), install="npm install -g droid"),
        Harness("gemini", (("gemini", "--acp"),), install="npm install -g @google/gemini-cli"),
        Harness("iflow", (("iflow", "--experimental-acp"),), install="npm install -g @iflow-ai/iflow-cli"),
        _from_npm("kilocode", ("kilocode", "acp"), "@kilocode/cli"),
        Harness("kimi", (("kimi", "acp"),), install="uv tool install kimi-cli"),
        Harness("kiro", (("kiro-cli", "acp"),), install="see kiro.dev/cli"),
        Harness("openclaw", ((sys.executable, "-m", "openclaw", "acp"),)),
        _from_npm("opencode", ("opencode", "acp"), "opencode-ai"),
        _from_npm("pi", ("pi-acp",), "pi-acp"),
        Harness("qwen", (("qwen", "--acp"),), install="npm install -g @qwen-code/qwen-code"),
    )
}
"""The programs that need no configuration."""


def harnesses(config: Config) -> dict[str, Harness]:
    """Every harness by its name: ``acp.agents`` first, then the original's ``acpx`` plugin, then the known ones."""
    acpx = config.plugins.entries.acpx.config
    found = dict(KNOWN)
    for key, entry in (acpx.agents or {}).items():
        name = normalise_id(key)
        found[name] = Harness(name, (_words(entry.command, config),), _environ(found.get(name)))
    for key, entry in (config.acp.agents or {}).items():
        name = normalise_id(key)
        found[name] = _configured(name, entry, found.get(name), config)
    return found


def _configured(name: str, entry: AcpAgent, known: Harness | None, config: Config) -> Harness:
    if entry.command is not None:
        ways: tuple[Argv, ...] = ((config.locations.expand(entry.command), *entry.args),)
    else:
        ways = tuple((*way, *entry.args) for way in known.ways) if known else ()
    return Harness(
        name,
        ways,
        {**_environ(known), **(entry.env or {})},
        config.locations.expand(entry.cwd) if entry.cwd else "",
        known.install if known and entry.command is None else "",
    )


def _words(command: str, config: Config) -> Argv:
    try:
        words = shlex.split(command)
    except ValueError:
        # An open quote: the whole of it is then the name of a program, which is not there, and that is told.
        words = [command]
    return (config.locations.expand(words[0]), *words[1:]) if words else (command,)


def _environ(known: Harness | None) -> Mapping[str, str]:
    """What a harness is given however it is started."""
    return known.environ if known else {}
