"""What the manual tells people to type: each command is there, and each option."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from openclaw.cli.main import main

ROOT = Path(__file__).parents[2]
# Written from the commands themselves, and compared elsewhere.
GENERATED = "commands.md"
PAGES = [
    page for page in (ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))) if page.name != GENERATED
]
_BLOCK = re.compile(r"^```\w*\n(.*?)^```", re.DOTALL | re.MULTILINE)
_INLINE = re.compile(r"`(openclaw [^`]+)`")


def typed(text: str) -> Iterator[list[str]]:
    """The words behind each `openclaw` in blocks and in sentences."""
    blocks = [line.strip() for block in _BLOCK.findall(text) for line in block.splitlines()]
    told = [" ".join(found.split()) for found in _INLINE.findall(_BLOCK.sub("", text))]
    for line in (*blocks, *told):
        if line.startswith("openclaw "):
            yield shlex.split(line, comments=True)[1:]


def unknown(words: list[str]) -> list[str]:
    """What in ``words`` the program does not know: a command, or options of the one it finds."""
    command: click.Command = main
    rest = list(words)
    while rest and isinstance(command, click.Group) and not rest[0].startswith("-"):
        below = command.get_command(click.Context(command), rest[0])
        if below is None:
            return [] if set("…|") & set(rest[0]) else rest[:1]
        command, rest = below, rest[1:]
    known = {name for one in command.params for name in (*one.opts, *one.secondary_opts)} | {"--help", "-h"}
    options = [word.partition("=")[0] for word in rest if re.match(r"--?[a-z]", word)]
    return [option for option in options if option not in known]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_what_a_page_tells_to_type_is_understood(page: Path) -> None:
    """A renamed option must not live on in a page (brief: the manual is followed literally)."""
    wrong = {" ".join(words): found for words in typed(page.read_text("utf-8")) if (found := unknown(words))}
    assert wrong == {}


def test_this_check_finds_what_is_wrong() -> None:
    """It would be worthless if it took anything."""
    assert [unknown(words) for words in typed("`openclaw staus`, `openclaw gateway\nstatus --depth`")] == [
        ["staus"],
        ["--depth"],
    ]
