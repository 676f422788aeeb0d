"""Which file a change goes to: the configuration itself, or the one file that holds the whole section (facts A.2).

Everything else about includes is refused with the name of the file to edit: a change that goes to the wrong place of a
merge would look as if it had been made.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from openclaw.config.include import INCLUDE
from openclaw.config.locations import real_path
from openclaw.config.paths import KeyPath, render_path
from openclaw.errors import ConfigRefused


@dataclass(frozen=True, slots=True)
class Target:
    """The file to change, and the section it is the whole of; None when it is the configuration file itself."""

    file: Path
    section: str | None = None

    def local(self, path: KeyPath) -> KeyPath:
        """Return ``path`` as it is counted inside the file."""
        return path if self.section is None else path[1:]


def target_of(root: Path, document: object, paths: Iterable[KeyPath], *, whole: Iterable[KeyPath]) -> Target:
    """Return the one file that changes of ``paths`` go to; ``document`` is what stands in ``root``, unresolved.

    ``whole`` are those of the paths that are taken away with all that is in them, includes too. Raises ConfigRefused
    for includes that a change does not go through to, and for changes of more than one file.
    """
    entries = cast("dict[str, Any]", document) if isinstance(document, dict) else {}
    if INCLUDE in entries:
        raise _by_hand(root, entries, (), "the whole file is merged from others")
    removals = set(whole)
    targets = {_target(root, entries, path, removed=path in removals) for path in paths}
    if len(targets) > 1:
        files = " and ".join(sorted(str(target.file) for target in targets))
        raise ConfigRefused(
            f"the changes go to {files}, and two files cannot be changed at once; change one after the other"
        )
    return targets.pop() if targets else Target(root)


def refuse_includes_on(file: Path, document: object, path: KeyPath, shown: KeyPath) -> None:
    """Raise ConfigRefused when what stands on the way along ``path`` comes from yet another file than ``file``.

    ``shown`` is the path as its user counts it.
    """
    here: Any = document
    for depth in range(len(path) + 1):
        if isinstance(here, dict) and INCLUDE in here:
            place = shown[: len(shown) - len(path) + depth]
            raise _by_hand(file, cast("dict[str, Any]", here), place, "is included at that depth")
        if depth < len(path):
            here = _step(here, path[depth])


def _target(root: Path, document: Mapping[str, Any], path: KeyPath, *, removed: bool) -> Target:
    section: Any = document.get(str(path[0]))
    if removed and len(path) == 1:
        return Target(root)
    if not (isinstance(section, dict) and INCLUDE in section):
        return Target(root)
    entries = cast("dict[str, Any]", section)
    name = entries[INCLUDE]
    if not isinstance(name, str):
        raise _by_hand(root, entries, path[:1], "is merged from several files")
    if len(entries) > 1:
        raise _by_hand(root, entries, path[:1], "is merged from a file and the keys beside its $include")
    if "\0" in name:
        raise _by_hand(root, {INCLUDE: ()}, path[:1], "is included from what is no name of a file")
    file = Path(root.parent, name)
    if not real_path(file).is_relative_to(real_path(root.parent)):
        raise ConfigRefused(f"{render_path(path[:1])} is included from {file}, outside {root.parent}")
    return Target(file, str(path[0]))


def _by_hand(root: Path, holder: Mapping[str, Any], place: KeyPath, why: str) -> ConfigRefused:
    names: Any = holder[INCLUDE]
    rows = cast("list[Any]", names) if isinstance(names, list) else [names]
    files = ", ".join(str(Path(root.parent, name)) for name in rows if isinstance(name, str))
    return ConfigRefused(f"{render_path(place) or root} {why}; edit {files or root} by hand")


def _step(here: Any, part: str | int) -> Any:
    if isinstance(here, dict):
        return cast("dict[str, Any]", here).get(str(part))
    if isinstance(here, list) and isinstance(part, int):
        return dict(enumerate(cast("list[Any]", here))).get(part)
    return None
