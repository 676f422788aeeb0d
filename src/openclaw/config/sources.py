"""The files that a configuration is made of: itself, what it includes, and ``.env`` in the state directory."""

from __future__ import annotations

from collections.abc import Collection
from contextlib import suppress
from pathlib import Path

from openclaw.config.environment import DOTENV
from openclaw.config.include import read_with_includes
from openclaw.config.locations import Locations
from openclaw.errors import ConfigError

Fingerprint = tuple[tuple[str, int, int, int, int], ...]
"""How files look from outside: name, time of the last change in nanoseconds, size, inode and mode of each that is
there."""


def source_files(locations: Locations) -> tuple[Path, ...]:
    """Every file that loading reads or would read; of a configuration that is broken, those up to where it breaks.

    None of them needs to exist.
    """
    read: list[Path] = []
    with suppress(ConfigError):
        read_with_includes(locations.config_path, read)
    own = (locations.config_path.absolute(), locations.state_dir / DOTENV)
    return tuple(dict.fromkeys((*own, *read)))


def fingerprint(files: Collection[Path]) -> Fingerprint:
    """What changes when any of ``files`` is written, replaced, made or removed, or others get or lose rights to it.

    Costs a look at each of them.
    """
    seen: list[tuple[str, int, int, int, int]] = []
    for path in files:
        with suppress(OSError):
            state = path.stat()
            seen.append((str(path), state.st_mtime_ns, state.st_size, state.st_ino, state.st_mode))
    return tuple(seen)
