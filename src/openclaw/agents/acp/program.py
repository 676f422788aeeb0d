"""From a harness to the program that is run: the first way whose program is on this computer."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from openclaw.agents.child_lines import INHERITED, Program
from openclaw.config.harnesses import Harness
from openclaw.config.installed import way_of
from openclaw.errors import AgentNotConfigured

_OF_AGENTS = (
    "XDG_CONFIG_HOME",
    "XDG_DATA_HOME",
    "XDG_STATE_HOME",
    "XDG_CACHE_HOME",
    "NODE_EXTRA_CA_CERTS",
    "SSL_CERT_FILE",
)
# What `npx` and programs made for Node go by to reach the registry that this computer uses.
_NPM = (
    "npm_config_registry",
    "NPM_CONFIG_REGISTRY",
    "NPM_CONFIG_USERCONFIG",
    "HTTPS_PROXY",
    "HTTP_PROXY",
    "NO_PROXY",
)


def program(harness: Harness, cwd: Path, environ: Mapping[str, str], install: str = "") -> Program:
    """What is run for ``harness`` in ``cwd``; ``install`` is the operator's own word on how to get it.

    Raises:
        AgentNotConfigured: none of its programs is here; the text says how to install it.
    """
    argv = way_of(harness, environ)
    if argv is None:
        raise AgentNotConfigured(missing(harness, install))
    inherited = {name: environ[name] for name in (*INHERITED, *_OF_AGENTS, *_NPM) if name in environ}
    return Program(argv, inherited, harness.environ, str(cwd))


def missing(harness: Harness, install: str = "") -> str:
    """That the program of ``harness`` is not here, and what to do about it."""
    if not harness.ways:
        return (
            f'the agent "{harness.name}" is not known; set acp.agents.{harness.name}.command to the program that '
            "runs it"
        )
    tried = " or ".join(dict.fromkeys(way[0] for way in harness.ways))
    how = install or harness.install
    then = f"; install it with: {how}" if how else ""
    return f'the program of the agent "{harness.name}" ({tried}) is not on this computer{then}'
