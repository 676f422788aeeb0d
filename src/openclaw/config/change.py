"""Changing the configuration: one or several paths at once, all or nothing, judged whole before anything is written.

The one way in which the command line, a chat or the page write into the file; it waits for other writers, so a caller
on an event loop puts it into a thread.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from openclaw.config.edit import merged, with_value, without
from openclaw.config.file import decode_json5
from openclaw.config.guards import refuse_growing, refuse_nonsense, refuse_replacing, refuse_shrinking
from openclaw.config.history import begin, finish, settle, withdraw
from openclaw.config.load import Loaded, check_contents, load_config
from openclaw.config.locations import Locations, real_path
from openclaw.config.paths import KeyPath, look_up, path_in, render_path
from openclaw.config.review import review
from openclaw.config.swap import FileNow, locked, look_at, swap
from openclaw.config.target import Target, refuse_includes_on, target_of
from openclaw.errors import ConfigError, ConfigInvalid, ConfigIssue, ConfigUnreadable

# What a file holds that is not there yet.
_EMPTY = "{}\n"


@dataclass(frozen=True, slots=True)
class Change:
    """What is to stand at a path; ``merge`` lays an object over the one that is there instead of replacing it."""

    path: KeyPath
    value: object = None
    merge: bool = False
    remove: bool = False

    @classmethod
    def removal(cls, path: KeyPath) -> Change:
        """Return the change that takes away what stands at ``path``; nothing there is nothing to do."""
        return cls(path, remove=True)

    @property
    def words(self) -> str:
        """What it does, without the value."""
        return f"{'unset' if self.remove else 'set'} {render_path(self.path)}"


@dataclass(frozen=True, slots=True)
class Changed:
    """What became of changes: the file they went to, whether it changed, its text before ("" for none) and after.

    ``warnings`` are those that the configuration has now and had not before. The texts hold secrets.
    """

    path: Path
    changed: bool
    before: str
    after: str
    warnings: tuple[ConfigIssue, ...] = ()


def change_file(
    locations: Locations,
    environ: Mapping[str, str],
    changes: Sequence[Change],
    *,
    by: str,
    dry_run: bool = False,
    replace: bool = False,
) -> Changed:
    """Make ``changes`` one after the other, then write the result if it may be used; ``by`` is for the history.

    ``dry_run`` does all but the writing. ``replace`` allows what is refused as probably not meant: replacing a whole
    channel, all of them or all accounts, and losing more than half of a file.

    Raises:
        ConfigInvalid: the result breaks rules; carries all of them.
        ConfigUnreadable: a file cannot be read, or is not JSON5.
        ConfigRefused: a change cannot be made safely. In each case nothing was written.
    """
    for change in changes:
        refuse_nonsense(change.path, change.value)
    with locked(locations.config_path):
        settle(locations)
        target, standing = _find(locations.config_path, changes)
        before = _EMPTY if standing.text is None else standing.text
        after = before
        for change in changes:
            after = _applied(after, change, target, replace=replace)
        if after == before:
            return Changed(target.file, False, standing.text or "", standing.text or "")
        refuse_growing(after)
        if not replace:
            refuse_shrinking(before, after)
        warnings = new_warnings(locations, environ, standing, after)
        if not dry_run:
            put(locations, standing, after, by=by, what=tuple(change.words for change in changes))
        return Changed(target.file, True, standing.text or "", after, warnings)


def new_warnings(
    locations: Locations, environ: Mapping[str, str], standing: FileNow, after: str | None
) -> tuple[ConfigIssue, ...]:
    """Judge the configuration with ``after`` in the place of what stands; return the warnings that are new with it.

    Raises ConfigInvalid or ConfigUnreadable when it could not be used so.
    """
    held = decode_json5(_EMPTY if after is None else after, str(standing.path))
    try:
        judged = check_contents({real_path(standing.path): held}, locations, environ)
    except ConfigInvalid as error:
        raise ConfigInvalid(f"with this change, which was not made, {error.source}", error.issues) from error
    try:
        known = _warnings(load_config(locations, environ))
    except ConfigError:
        # What is being mended had no warnings that anybody could see.
        known = ()
    said = {(issue.path, issue.message) for issue in known}
    return tuple(issue for issue in _warnings(judged) if (issue.path, issue.message) not in said)


def put(locations: Locations, standing: FileNow, text: str | None, *, by: str, what: tuple[str, ...]) -> None:
    """Write ``text`` in the place of what stands, noted in the history first.

    Raises ConfigRefused; then nothing was written, and nothing is noted.
    """
    pending = begin(locations, standing.path, standing.text, text, by=by, what=what)
    try:
        swap(standing, text)
    except ConfigError:
        withdraw(pending)
        raise
    finish(pending)


def _warnings(loaded: Loaded) -> tuple[ConfigIssue, ...]:
    return (*loaded.warnings, *review(loaded.config))


def _find(root: Path, changes: Sequence[Change]) -> tuple[Target, FileNow]:
    """Return where the changes go, and what stands there."""
    standing = look_at(root)
    document = decode_json5(_EMPTY if standing.text is None else standing.text, str(root))
    removed = [change.path for change in changes if change.remove]
    target = target_of(root, document, [change.path for change in changes], whole=removed)
    if target.section is not None:
        standing = look_at(target.file)
        if standing.text is None:
            raise ConfigUnreadable(f"{target.file} is not there; it is included as {target.section}")
    return target, standing


def _applied(text: str, change: Change, target: Target, *, replace: bool) -> str:
    document = decode_json5(text, str(target.file))
    path = path_in(document, target.local(change.path))
    # What is taken away may be an include itself; what it stands in may not.
    way = path[:-1] if change.remove else path
    refuse_includes_on(target.file, document, way, change.path[: len(way) - len(path) or None])
    _, standing = look_up(document, path)
    if change.remove:
        if not replace:
            refuse_replacing(change.path, standing, remove=True)
        return without(text, path)
    value = merged(standing, change.value) if change.merge else change.value
    after = with_value(text, path, value)
    if after != text and not change.merge and not replace:
        refuse_replacing(change.path, standing)
    return after
