"""Exposure: files of a configuration that everybody on the machine may write. No gateway goes by such a one.

Whoever can write it lets themselves in, and has programs started as the gateway's user. What a group may write, or
everybody read, is for ``openclaw security audit`` to tell.
"""

from __future__ import annotations

import stat
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path

from openclaw.config.load import Loaded, load_config
from openclaw.config.locations import Locations
from openclaw.config.overlay import Overlay
from openclaw.config.review import elsewhere
from openclaw.config.sources import source_files
from openclaw.errors import ConfigInvalid, ConfigIssue


def load_guarded(locations: Locations, environ: Mapping[str, str], overlay: Overlay | None = None) -> Loaded:
    """Read the configuration as ``load_config`` does, for whoever is going to act on it.

    Raises ConfigInvalid also for a file that everybody may write, or may put another one in the place of.
    """
    if exposed := tuple(_exposed(locations)):
        raise ConfigInvalid(str(locations.config_path), exposed)
    return load_config(locations, environ, overlay)


def load_to_serve(locations: Locations, environ: Mapping[str, str], overlay: Overlay | None = None) -> Loaded:
    """Like ``load_guarded``, for a gateway that is to run with it; raises ConfigInvalid also where none may."""
    loaded = load_guarded(locations, environ, overlay)
    if refused := list(elsewhere(loaded.config)):
        raise ConfigInvalid(str(loaded.path), refused)
    return loaded


def _exposed(locations: Locations) -> Iterator[ConfigIssue]:
    files = [path for path in source_files(locations) if path.exists()]
    for path in dict.fromkeys((*files, locations.state_dir, *(path.parent for path in files))):
        with suppress(OSError):
            mode = path.stat().st_mode
            # In a folder with the sticky bit, such as /tmp, nobody can replace what is somebody else's.
            is_shared = stat.S_ISDIR(mode) and mode & stat.S_ISVTX
            if mode & stat.S_IWOTH and not is_shared:
                yield _issue(path, mode)


def _issue(path: Path, mode: int) -> ConfigIssue:
    wanted = "700" if stat.S_ISDIR(mode) else "600"
    shown = f"{stat.S_IMODE(mode):04o}"
    problem = f"can be written by everybody on this machine (mode {shown}), who could let themselves in"
    return ConfigIssue(str(path), problem, shown, f"chmod {wanted} {path}")
