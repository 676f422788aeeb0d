"""Whether the files of the installation are its owner's alone. Pure."""

from __future__ import annotations

import stat
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from openclaw.doctor.findings import Finding, error, fine, warning
from openclaw.doctor.names import Check
from openclaw.doctor.repairs import ChangeMode, MakeDirectory

FILE_MODE, DIRECTORY_MODE = 0o600, 0o700
EXECUTABLE_MODE = 0o700
# A finding that names a hundred files is read by nobody.
_NAMED = 3


@dataclass(frozen=True, slots=True)
class Seen:
    """A path as it was found. ``mode`` is its permission bits, those of what a link leads to.

    ``is_ours`` says whether it belongs to the user that looks.
    """

    path: Path
    mode: int
    is_directory: bool = False
    is_link: bool = False
    is_ours: bool = True

    @property
    def wanted(self) -> int:
        """The most that it may allow."""
        if self.is_directory:
            return DIRECTORY_MODE
        return EXECUTABLE_MODE if self.mode & stat.S_IXUSR else FILE_MODE

    @property
    def is_loose(self) -> bool:
        """Whether somebody but its owner can do anything with it."""
        return bool(self.mode & 0o077)

    @property
    def is_open_to_writing(self) -> bool:
        """Whether somebody but its owner can change it."""
        return bool(self.mode & 0o022)


@dataclass(frozen=True, slots=True)
class FileFacts:
    """The state directory and everything private of this installation that is there, by what it is.

    ``is_blocked`` says that something else stands in the place of the directory, ``is_writable`` that this user may
    make files in it.
    """

    state_dir: Path
    has_state_dir: bool
    groups: tuple[tuple[str, tuple[Seen, ...]], ...] = ()
    is_blocked: bool = False
    is_writable: bool = True


def judge(facts: FileFacts) -> Iterator[Finding]:
    """One finding per kind of file that is too open, or that all are closed."""
    if facts.is_blocked:
        fix = "move it away, or name another place in OPENCLAW_STATE_DIR"
        yield error(Check.FILES_STATE, str(facts.state_dir), "is no directory", fix)
        return
    if not facts.has_state_dir:
        fix = "the first start makes it; or: openclaw doctor --fix"
        found = "it is not there yet"
        made = [MakeDirectory(facts.state_dir)]
        yield warning(Check.FILES_STATE, str(facts.state_dir), found, fix, made)
        return
    if not facts.is_writable:
        fix = f"sudo chown -R $(id -un) {facts.state_dir}, or name another place in OPENCLAW_STATE_DIR"
        found = "this user may not write there, so no gateway can start"
        yield error(Check.FILES_STATE, str(facts.state_dir), found, fix)
    loose = [(what, open_ones) for what, seen in facts.groups if (open_ones := _loose(seen))]
    for what, open_ones in loose:
        yield _loose_finding(what, open_ones)
    if not loose:
        count = sum(len(seen) for _, seen in facts.groups)
        found = f"{count} files and directories, readable by their owner only"
        yield fine(Check.FILES_MODE, str(facts.state_dir), found)
    for what, seen in facts.groups:
        if strange := [one for one in seen if not one.is_ours]:
            fix = f"sudo chown $(id -un) {strange[0].path}"
            found = f"another user owns {_named(strange)}, so this one may be kept from writing"
            yield warning(Check.FILES_OWNER, what, found, fix)


def _loose(seen: Iterable[Seen]) -> list[Seen]:
    return [one for one in seen if one.is_loose]


def _loose_finding(what: str, seen: list[Seen]) -> Finding:
    report = error if any(one.is_open_to_writing and not one.is_link for one in seen) else warning
    first = seen[0]
    fix = f"chmod {first.wanted:o} {first.path}"
    repairs = [ChangeMode(one.path, one.wanted) for one in seen if one.is_ours and not one.is_link]
    return report(Check.FILES_MODE, what, f"others of this machine can get at {_named(seen)}", fix, repairs)


def _named(seen: list[Seen]) -> str:
    shown = ", ".join(f"{one.path} ({one.mode:04o})" for one in seen[:_NAMED])
    return shown if len(seen) <= _NAMED else f"{shown} and {len(seen) - _NAMED} more"
