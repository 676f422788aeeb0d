"""Resolving ``$include``: files inside the configuration's own directory, merged into the object that names them.

Knows files and merging; knows nothing of variables or sections.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType
from typing import Any, cast

from openclaw.config.file import NESTING_LIMIT, read_json5
from openclaw.config.issues import invalid
from openclaw.config.locations import real_path
from openclaw.config.paths import KeyPath
from openclaw.errors import ConfigInvalid

INCLUDE = "$include"
DEPTH_LIMIT = 10

Contents = Mapping[Path, object]


@dataclass(frozen=True, slots=True)
class _Chain:
    """The files on the way to what is being read, the first one first, and all that were read so far.

    ``instead`` is what some are taken to hold.
    """

    files: tuple[Path, ...]
    seen: list[Path]
    instead: Contents


def read_with_includes(
    path: Path, seen: list[Path] | None = None, instead: Contents = MappingProxyType({})
) -> object:
    """Return the data of ``path`` with every ``$include`` in it resolved, at any depth of the document.

    Each file is appended to ``seen`` before it is read. ``instead`` is what files are taken to hold, by their resolved
    paths, whatever stands in them. Raises ConfigUnreadable for a file that cannot be read, ConfigInvalid for an include
    that is malformed, leaves the directory of ``path``, nests deeper than 10 files or goes in a circle.
    """
    chain = _Chain((path.absolute(),), [] if seen is None else seen, instead)
    chain.seen.append(chain.files[0])
    return _resolve(_data(path, instead), (), chain)


def merge(base: Any, top: Any) -> Any:
    """Return ``top`` laid over ``base``: objects merge, lists follow one another, anything else is replaced."""
    if isinstance(base, dict) and isinstance(top, dict):
        merged = dict(cast("dict[str, Any]", base))
        for key, value in cast("dict[str, Any]", top).items():
            merged[key] = merge(merged[key], value) if key in merged else value
        return merged
    if isinstance(base, list) and isinstance(top, list):
        return [*cast("list[Any]", base), *cast("list[Any]", top)]
    return top


def _resolve(value: Any, place: KeyPath, chain: _Chain) -> Any:
    if isinstance(value, list):
        return [_resolve(item, (*place, index), chain) for index, item in enumerate(cast("list[Any]", value))]
    if not isinstance(value, dict):
        return value
    entries = cast("dict[str, Any]", value)
    siblings = {key: _resolve(item, (*place, key), chain) for key, item in entries.items() if key != INCLUDE}
    if INCLUDE not in entries:
        return siblings
    included = _included(entries[INCLUDE], place, chain)
    if not siblings:
        return included
    if not isinstance(included, dict):
        raise _broken(place, chain, "must include an object to stand beside other keys", entries[INCLUDE])
    return merge(included, siblings)


def _included(names: Any, place: KeyPath, chain: _Chain) -> Any:
    if isinstance(names, str):
        return _load(names, place, chain)
    rows = cast("list[Any]", names) if isinstance(names, list) else []
    if not rows or not all(isinstance(name, str) for name in rows):
        raise _broken(place, chain, "must be a file name or a list of file names", names)
    result: Any = _load(rows[0], place, chain)
    for name in rows[1:]:
        result = merge(result, _load(name, place, chain))
    return result


def _load(name: str, place: KeyPath, chain: _Chain) -> Any:
    target = Path(chain.files[-1].parent, name)
    if not _may_be_a_file(target):
        raise _broken(
            place, chain, "must be a name that a file can have, and no link that leads to itself", name
        )
    real, root = real_path(target), real_path(chain.files[0].parent)
    if not real.is_relative_to(root):
        raise _broken(place, chain, f"must stay inside {root}, also through symbolic links", name)
    if real in [real_path(seen) for seen in chain.files]:
        circle = " -> ".join(str(seen) for seen in (*chain.files, target))
        raise _broken(place, chain, f"must not go in a circle ({circle})", name)
    if len(chain.files) > DEPTH_LIMIT:
        raise _broken(place, chain, f"must not nest deeper than {DEPTH_LIMIT} files", name)
    if len(place) > NESTING_LIMIT:
        raise _broken(place, chain, f"must not stand deeper than {NESTING_LIMIT} keys", name)
    if os.path.islink(target):
        # A link that leads elsewhere tomorrow is another file then.
        chain.seen.append(target)
    chain.seen.append(real)
    data = _data(real, chain.instead, single_link=True)
    return _resolve(data, place, replace(chain, files=(*chain.files, target)))


def _data(path: Path, instead: Contents, *, single_link: bool = False) -> object:
    real = real_path(path)
    return instead[real] if real in instead else read_json5(path, single_link=single_link)


def _may_be_a_file(path: Path) -> bool:
    try:
        os.stat(path)
    except ValueError:
        return False  # a zero character
    except OSError as error:
        return error.errno not in (errno.ELOOP, errno.ENAMETOOLONG)
    return True


def _broken(place: KeyPath, chain: _Chain, problem: str, value: Any) -> ConfigInvalid:
    issue = invalid((*place, INCLUDE), problem, value, "name a file beside the configuration file")
    return ConfigInvalid(str(chain.files[-1]), [issue])
