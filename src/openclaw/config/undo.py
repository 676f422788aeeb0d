"""Taking the last change of the configuration back; taken back twice, it is there again.

Taking back is a change like any other: judged whole, written whole, and in the history.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from openclaw.config.change import new_warnings, put
from openclaw.config.difference import difference
from openclaw.config.history import PastChange, digest, past_changes, settle
from openclaw.config.locations import Locations
from openclaw.config.swap import locked, look_at
from openclaw.errors import ConfigIssue, ConfigRefused, NotFound

_AGAIN = {"undo": "redo", "redo": "undo"}


@dataclass(frozen=True, slots=True)
class Undone:
    """The change that was taken back, ``what`` that was in words, and the text of the file before and after it.

    "" is no file. The texts hold secrets.
    """

    change: PastChange
    what: tuple[str, ...]
    path: Path
    before: str
    after: str
    warnings: tuple[ConfigIssue, ...]


def undo(
    locations: Locations, environ: Mapping[str, str], *, by: str, dry_run: bool = False, force: bool = False
) -> Undone:
    """Put back the text that stood before the last change.

    Raises:
        NotFound: no change is kept.
        ConfigRefused: the file was changed by hand since and ``force`` is not given, or it cannot be written.
        ConfigInvalid, ConfigUnreadable: the text of before can no longer be used. In each case nothing was written.
    """
    with locked(locations.config_path):
        settle(locations)
        kept = past_changes(locations)
        if not kept:
            raise NotFound("no change of this configuration is kept, so there is nothing to undo")
        last = kept[0]
        standing = look_at(last.file)
        if digest(standing.text) != last.left and not force:
            lines = difference(standing.text or "", last.before or "")
            raise ConfigRefused(
                f"{last.file} was changed by hand since the change of {last.at:%Y-%m-%d %H:%M} UTC; undo would do "
                "this, say force if it is meant:\n" + "\n".join(lines)
            )
        warnings = new_warnings(locations, environ, standing, last.before)
        if not dry_run and standing.text != last.before:
            put(locations, standing, last.before, by=by, what=_words(last))
        return Undone(last, _words(last), last.file, standing.text or "", last.before or "", warnings)


def _words(change: PastChange) -> tuple[str, ...]:
    """Return what taking ``change`` back does; taking back what was taken back has a word of its own."""
    if len(change.what) == 1:
        kind, _, rest = change.what[0].partition(" of ")
        if rest and kind in _AGAIN:
            return (f"{_AGAIN[kind]} of {rest}",)
    return (f"undo of {', '.join(change.what)}",)
