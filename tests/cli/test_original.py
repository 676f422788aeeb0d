from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from openclaw.cli.main import main
from openclaw.cli.original import ANYWHERE, COMMANDS, OPTIONS

from .conftest import Installation

MANUAL = Path(__file__).parents[2] / "docs"
ROOT_COMMANDS = """
acp agent agents approvals backup browser channels clawbot commitments completion config configure crestodian cron
daemon dashboard devices directory dns docs doctor exec-policy gateway health hooks infer logs mcp memory message
migrate models node nodes onboard pairing plugins proxy qr reset sandbox secrets security sessions setup skills status
system tasks tui uninstall update voicecall webhooks wiki
"""
"""What stands in the original's list of commands (facts J)."""


def _all_advice() -> list[str]:
    below = [advice for told in OPTIONS.values() for advice in told.values()]
    return sorted({*COMMANDS.values(), *below, *ANYWHERE.values()})


def _named(advice: str) -> Iterator[list[str]]:
    """The commands of ours that ``advice`` names, each in its words."""
    for quoted in re.findall(r"`openclaw ([^`]+)`", advice):
        first, _, last = quoted.rpartition(" ")
        yield from ([*first.split(), one] for one in last.split("|")) if "|" in last else [quoted.split()]


def _find(words: list[str]) -> tuple[click.Command, list[str]]:
    """The command that ``words`` lead to, and what stands behind it."""
    command: click.Command = main
    rest = list(words)
    while rest and isinstance(command, click.Group):
        below = command.get_command(click.Context(command), rest[0])
        if below is None:
            break
        command, rest = below, rest[1:]
    return command, rest


@pytest.mark.parametrize("word", ROOT_COMMANDS.split())
def test_each_command_of_the_original_is_here_or_says_what_is(installation: Installation, word: str):
    """Who knows the original types what is in their fingers (design 1: the same commands)."""
    if main.get_command(click.Context(main), word) is not None:
        return
    ran = installation.run(word, "anything", "--json")
    assert (ran.code, ran.out) == (2, "")
    assert COMMANDS[word] in ran.err.replace('\\"', '"').replace("\\u2026", "…")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["status", "--deep"], "`openclaw channels status --probe`"),
        (["gateway", "--allow-unconfigured"], "It is not needed"),
        (["gateway", "run", "--bind", "lan"], "SSH tunnel"),
        (["--profile", "work", "status"], "OPENCLAW_STATE_DIR=~/.openclaw-NAME"),
        (["--profile=work", "status"], "OPENCLAW_STATE_DIR=~/.openclaw-NAME"),
        (["logs", "--url", "ws://mac:18789"], "over SSH"),
        (["gateway", "call", "health"], "docs/http.md"),
        (["message", "broadcast", "--targets", "x"], "`openclaw message send`"),
    ],
)
def test_words_of_the_original_are_answered_with_ours(
    installation: Installation, words: list[str], said: str
):
    """An option or a command below another one, too; still exit code 2, since nothing was done."""
    ran = installation.run(*words)
    assert (ran.code, ran.out) == (2, "")
    assert said in ran.err
    assert "Did you mean" not in ran.err


def test_errors_of_the_first_words_are_json_too(installation: Installation):
    """The options before a command are read before it is known (J: general)."""
    ran = installation.run("--profile", "work", "status", "--json")
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith('{"error": "No such option')


def test_a_word_nearly_right_is_answered_with_the_right_one(installation: Installation):
    """Also when the commands of the group are not loaded yet."""
    assert "'messages'" in installation.run("mesages").err
    assert "'delete'" in installation.run("agents", "delet", "x").err


@pytest.mark.parametrize("advice", _all_advice())
def test_what_is_advised_is_there(advice: str):
    """Each command, option and page that a sentence names."""
    for words in _named(advice):
        command, rest = _find(words)
        options = {name for one in command.params for name in one.opts}
        assert command is not main, words
        assert not isinstance(command, click.Group) or not rest, words
        assert {word for word in rest if word.startswith("--")} <= options, words
    for page in re.findall(r"docs/(\S+\.md)", advice):
        assert (MANUAL / page).exists(), page


def test_nothing_that_is_here_is_advised_against():
    """A command or an option that comes to be leaves this list."""
    for path in COMMANDS:
        words = path.split()
        _, rest = _find(words)
        assert rest, path
    for path, told in OPTIONS.items():
        command, rest = _find(path.split())
        assert not rest, path
        assert not set(told) & {name for one in command.params for name in one.opts}, path
