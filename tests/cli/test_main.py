from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys

import click
import pytest

from openclaw import __version__
from openclaw.cli.main import COMMANDS, main

from .conftest import Installation, running_gateway

BOUND_S = 60.0
"""The one limit of every wait: far beyond anything a healthy run needs."""

RUN_AND_TELL = """
import json, sys
from openclaw.cli.main import main
try:
    main(sys.argv[1:], prog_name="openclaw")
except SystemExit as end:
    print(json.dumps({"code": end.code or 0, "modules": sorted(sys.modules)}), file=sys.stderr)
"""

HEAVY = ("openclaw.agents", "openclaw.store", "openclaw.imessage", "openclaw.gateway", "openclaw.app",
         "openclaw.config.load", "sqlalchemy", "pydantic", "pydantic_ai", "PIL", "phonenumbers", "uvicorn",
         "starlette", "prometheus_client", "psutil", "structlog", "asyncio", "acp")  # fmt: skip


def _environ(installation: Installation) -> dict[str, str]:
    kept = {name: text for name, text in os.environ.items() if name not in installation.environ}
    return kept | {name: text for name, text in installation.environ.items() if text is not None}


def _loaded(report: str) -> tuple[int, set[str]]:
    told = json.loads(report.splitlines()[-1])
    return told["code"], {name for name in told["modules"] if name.startswith(HEAVY)}


@pytest.mark.parametrize("words", [["--version"], ["--help"], ["-h"]])
def test_version_and_help_load_nothing_heavy(installation: Installation, words: list[str]):
    """Neither the parts of the gateway nor any command's module (design 10, a test says so)."""
    ran = subprocess.run(
        [sys.executable, "-c", RUN_AND_TELL, *words],
        env=_environ(installation), capture_output=True, text=True, timeout=BOUND_S, check=True,
    )  # fmt: skip
    code, loaded = _loaded(ran.stderr)
    assert (code, loaded) == (0, set())
    modules = json.loads(ran.stderr.splitlines()[-1])["modules"]
    assert not {entry.module for entry in COMMANDS.values()} & set(modules)
    assert not installation.state_dir.exists()


GROUPS = (
    "gateway", "channels", "approvals", "pairing", "contacts", "chats", "messages", "deliveries", "turns",
    "sessions", "agents", "acp", "security", "config",
)  # fmt: skip


@pytest.mark.parametrize("group", GROUPS)
def test_the_help_of_a_group_loads_what_it_needs_and_no_more(installation: Installation, group: str):
    """The configuration costs half a second, an agent's library most of one (decision 001)."""
    ran = subprocess.run(
        [sys.executable, "-c", RUN_AND_TELL, group, "--help"],
        env=_environ(installation), capture_output=True, text=True, timeout=BOUND_S, check=True,
    )  # fmt: skip
    assert _loaded(ran.stderr) == (0, set())


@pytest.mark.parametrize(
    ("words", "rich"),
    [
        (["pairing", "list", "imessage"], True),
        (["pairing", "list", "--json"], False),
        (["channels", "status"], True),
        (["channels", "status", "--probe", "--json"], False),
        (["status", "--json"], False),
        (["chats", "list", "--json"], False),
    ],
)
async def test_quick_commands_load_nothing_heavy_while_a_gateway_runs(
    installation: Installation, words: list[str], rich: bool
):
    """They ask the gateway and neither load the configuration nor open the ledger (design 10)."""
    async with running_gateway(installation):
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-c", RUN_AND_TELL, *words,
            env=_environ(installation), stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )  # fmt: skip
        _, said = await asyncio.wait_for(process.communicate(), BOUND_S)
    code, loaded = _loaded(said.decode())
    assert (code, loaded) == (0, set())
    modules = json.loads(said.decode().splitlines()[-1])["modules"]
    assert ("rich" in modules) == rich


def test_version_is_that_of_the_package(installation: Installation):
    """`openclaw --version` (J: general)."""
    assert installation.run("--version").out == f"openclaw {__version__}\n"


def test_help_lists_every_command(installation: Installation):
    """A stranger sees what there is (brief)."""
    ran = installation.run("--help")
    assert ran.code == 0
    assert all(f"  {name}" in ran.out and entry.help in ran.out for name, entry in COMMANDS.items())


def _every(command: click.Command, path: str) -> list[tuple[str, click.Command]]:
    found = [(path, command)]
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in command.list_commands(context):
            inner = command.get_command(context, name)
            assert inner is not None
            found += _every(inner, f"{path} {name}")
    return found


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_and_option_has_help(installation: Installation, name: str):
    """Whoever asks any command for help gets some (brief)."""
    assert installation.run(name, "--help").code == 0
    command = main.get_command(click.Context(main), name)
    assert command is not None
    for path, one in _every(command, name):
        assert one.help, path
        assert all(param.help for param in one.params if isinstance(param, click.Option)), path


def test_an_unknown_command_is_a_usage_error(installation: Installation):
    """Exit code 2 and the way to the help, as click does everywhere."""
    ran = installation.run("nonsense")
    assert ran.code == 2
    assert "No such command 'nonsense'" in ran.err


def test_errors_are_one_message_without_a_trace(installation: Installation):
    """Exit code 1 and a sentence on standard error (brief)."""
    ran = installation.run("pairing", "approve", "NOPE2345")
    assert (ran.code, ran.out) == (1, "")
    assert ran.err.startswith("Error: no pairing request with the code NOPE2345")
    assert "Traceback" not in ran.err


@pytest.mark.parametrize("words", [["pairing", "approve", "NOPE2345"], ["messages", "list", "--limit", "0"]])
def test_with_json_errors_are_json_on_standard_error(installation: Installation, words: list[str]):
    """Standard output stays empty, so that a parser is never given half a truth (brief)."""
    ran = installation.run(*words, "--json")
    assert ran.code != 0
    assert ran.out == ""
    assert set(json.loads(ran.err)) == {"error"}
