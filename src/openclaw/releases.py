"""Releases of this program: which one ran last on a state directory, and what was written about the way from there.

Kept in a file of its own, so that a release which cannot read the ledger can still say which one could.
"""

from __future__ import annotations

import re
from pathlib import Path

import structlog

from openclaw.config.private_file import write_private

log = structlog.get_logger("openclaw.releases")

FILE_NAME = "last-release"

_HEADING = re.compile(r"^## +\[?([^\]\s]+)", re.MULTILINE)
_NUMBER = re.compile(r"\d+(?:\.\d+)*")
_UNRELEASED = "unreleased"
_CHANGES = "CHANGELOG.md"
# A name of a release; whatever else stands in the file was not put there by us.
_LONGEST = 64


def announce(state_dir: Path, release: str) -> None:
    """Note that ``release`` runs on ``state_dir`` now, and log what changed when another one did before."""
    try:
        before = note_release(state_dir, release)
    except OSError as error:
        # What cannot be noted is told anew at the next start; it is no reason not to answer.
        log.warning("release.not_noted", cause=str(error))
        return
    if before:
        changed = changes_between(changes(), before, release)
        log.warning("release.changed", before=before, now=release, changes=changed or "none are listed")


def last_release(state_dir: Path) -> str:
    """The release whose gateway ran last on ``state_dir``, "" when none has, or none that noted it."""
    try:
        with (state_dir / FILE_NAME).open(encoding="utf-8") as file:
            return file.read(_LONGEST).strip()
    except (OSError, UnicodeDecodeError):
        return ""


def note_release(state_dir: Path, release: str) -> str:
    """Note that ``release`` runs on ``state_dir`` now; the one that ran there before, "" when it is the same or none.

    Raises OSError when the file cannot be written.
    """
    before = last_release(state_dir)
    if before == release:
        return ""
    write_private(state_dir / FILE_NAME, f"{release}\n")
    return before


def changes_between(text: str, before: str, now: str) -> str:
    """The sections of a list of changes for the way from release ``before`` to ``now``, the newest first.

    What is not released yet belongs to ``now``. "" for the way back, whose changes are those of the newer release.
    """
    heads = list(_HEADING.finditer(text))
    ends = [head.start() for head in heads[1:]] + [len(text)]
    first, last = _number(before), _number(now)
    wanted = [
        text[head.start() : end].strip()
        for head, end in zip(heads, ends, strict=True)
        if _lies_between(head[1], first, last)
    ]
    return "\n\n".join(wanted)


def changes() -> str:
    """The list of changes that came with this program, "" when it was left out."""
    package = Path(__file__).parent
    # Inside an installed package; at the root of a clone.
    for place in (package / _CHANGES, package.parents[1] / _CHANGES):
        try:
            return place.read_text(encoding="utf-8")
        except OSError:
            continue
    return ""


def _lies_between(name: str, first: tuple[int, ...], last: tuple[int, ...]) -> bool:
    if name.lower() == _UNRELEASED:
        return first < last
    number = _number(name)
    return bool(number) and first < number <= last


def _number(release: str) -> tuple[int, ...]:
    found = _NUMBER.match(release.removeprefix("v"))
    parts = [int(part) for part in found[0].split(".")] if found else []
    while parts and parts[-1] == 0:
        parts.pop()
    return tuple(parts)
