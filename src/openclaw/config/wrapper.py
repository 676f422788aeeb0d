"""Which machine a wrapper script leads to, read from its text. Reading one file is all the I/O there is.

What the text does not say without doubt is not guessed: the answer is then a reason, and ``remoteHost`` the way on.
"""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from openclaw.config.remote_host import RemoteHost, named
from openclaw.config.shell_words import Unreadable, Word, read_commands
from openclaw.config.ssh_words import read_ssh

# A wrapper is a few lines; what is longer is a program.
_LONGEST_WRAPPER = 64 * 1024
_SHELL = re.compile(r"#!\s*(?:\S*/env\s+(?:-S\s+)?)?(?:\S*/)?(?:sh|bash|zsh|dash|ksh)(?:\s+-\S+)*\s*")
_SPEAKS_OF_SSH = re.compile(r"^[^#\n]*\bssh\b", re.MULTILINE)
_ASSIGNMENT = re.compile(r"([A-Za-z_][A-Za-z0-9_]*)=", re.ASCII)
# They change nothing about where ssh leads to.
_HARMLESS = ("set", ":", "true", "exit")
_HARMLESS_NAMES = ("PATH", "LANG", "LC_ALL")


@dataclass(frozen=True, slots=True)
class Unclear:
    """A wrapper that leads somewhere over SSH; ``reason`` is why its text does not say where."""

    reason: str


def remote_of(cli_path: str, remote_host: str | None) -> RemoteHost | Unclear | None:
    """The machine that imsg runs on, ``None`` for this one. A given ``remote_host`` wins."""
    seen = _read(cli_path)
    if not remote_host:
        return seen
    return named(remote_host, seen if isinstance(seen, RemoteHost) else None)


def detect_remote_host(cli_path: str) -> str | None:
    """``host`` or ``user@host`` that the wrapper at ``cli_path`` speaks to, ``None`` when it shows none."""
    return _shown(_read(cli_path))


def read_wrapper(text: str, home: str) -> RemoteHost | Unclear | None:
    """The machine that the script ``text`` leads to; ``None`` when it does not speak of ssh at all."""
    if not _SPEAKS_OF_SSH.search(text):
        return None
    first = text.partition("\n")[0]
    if first.startswith("#!") and not _SHELL.fullmatch(first):
        return Unclear("it is not a shell script")
    commands = read_commands(text, home)
    if isinstance(commands, Unreadable):
        return Unclear(f"it has {commands.reason}")
    found: list[RemoteHost] = []
    for command in commands:
        host = _command(command)
        if isinstance(host, Unclear):
            return host
        if host is not None:
            found.append(host)
    if len(set(found)) > 1:
        return Unclear(
            "its ssh lines differ: " + " and ".join(dict.fromkeys(each.destination for each in found))
        )
    return found[0] if found else None


def _read(cli_path: str) -> RemoteHost | Unclear | None:
    if cli_path == "imsg":
        return None
    try:
        with Path(os.path.expanduser(cli_path)).open("rb") as file:
            text = file.read(_LONGEST_WRAPPER).decode("utf-8")
    except (OSError, ValueError):
        return None
    return read_wrapper(text, os.path.expanduser("~"))


def _shown(found: RemoteHost | Unclear | None) -> str | None:
    return found.destination if isinstance(found, RemoteHost) else None


def _command(words: Sequence[Word]) -> RemoteHost | Unclear | None:
    words = list(words)
    if words[0].text in ("exec", "export"):
        words.pop(0)
    while words and (assigned := _ASSIGNMENT.match(words[0].text)):
        if assigned[1] not in _HARMLESS_NAMES:
            return Unclear(f"it sets {assigned[1]}")
        words.pop(0)
    if not words or words[0].text in _HARMLESS:
        return None
    program = words[0]
    if program.unknown:
        return Unclear(f"which program it runs is in {program.unknown}")
    if os.path.basename(program.text) != "ssh":
        return Unclear(f"it runs {program.text} beside or around ssh")
    host = read_ssh(words[1:])
    return Unclear(host) if isinstance(host, str) else host
