"""Where things are: home, state directory and configuration file, decided by environment variables.

Knows nothing of what is in the file, and imports only the standard library, so that quick commands stay quick.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

STATE_DIRECTORY = ".openclaw"
CONFIG_FILE = "openclaw.json"
CREDENTIALS = "credentials"


@dataclass(frozen=True, slots=True)
class Locations:
    """Absolute paths of this installation; none of them needs to exist."""

    home: Path
    state_dir: Path
    config_path: Path

    @property
    def logs(self) -> Path:
        """Where the gateway logs, unless the configuration names a file."""
        return self.state_dir / "logs"

    @property
    def exports(self) -> Path:
        """Where conversations go that somebody exported in a chat."""
        return self.state_dir / "exports"

    @property
    def scripts(self) -> Path:
        """Where the wrappers are that set-up writes."""
        return self.state_dir / "scripts"

    def expand(self, text: str) -> str:
        """Return ``text`` with a leading ``~`` or ``~/`` put into this home; other users' homes stay as written."""
        if text == "~":
            return str(self.home)
        if text.startswith("~/"):
            return str(self.home / text[2:])
        return text


def locate(environ: Mapping[str, str]) -> Locations:
    """Return the locations that ``OPENCLAW_HOME``, ``OPENCLAW_STATE_DIR`` and ``OPENCLAW_CONFIG_PATH`` ask for."""
    user_home = environ.get("HOME") or str(Path.home())
    home = _absolute(environ.get("OPENCLAW_HOME", ""), user_home) or Path(user_home)
    state_dir = _absolute(environ.get("OPENCLAW_STATE_DIR", ""), str(home)) or home / STATE_DIRECTORY
    config_path = _absolute(environ.get("OPENCLAW_CONFIG_PATH", ""), str(home)) or state_dir / CONFIG_FILE
    return Locations(home=home, state_dir=state_dir, config_path=config_path)


def credentials_dir(locations: Locations, environ: Mapping[str, str]) -> Path:
    """Return where the original keeps who was let in: ``OPENCLAW_OAUTH_DIR``, else within the state directory."""
    chosen = _absolute(environ.get("OPENCLAW_OAUTH_DIR", ""), str(locations.home))
    return chosen or locations.state_dir / CREDENTIALS


def user_path(text: str) -> Path:
    """Return the path that somebody wrote, with ``~`` as its home; in the home of nobody it stays as it is written."""
    # Path.expanduser raises there.
    return Path(os.path.expanduser(text))


def real_path(path: Path) -> Path:
    """Return ``path`` with every link in it followed; one that leads in a circle, or nowhere, stays as it is."""
    # Path.resolve raises for a circle, in a way of its own in each release of Python.
    return Path(os.path.realpath(path))


def _absolute(text: str, home: str) -> Path | None:
    text = text.strip()
    if not text:
        return None
    if text == "~" or text.startswith("~/"):
        text = home + text[1:]
    return Path(os.path.abspath(text))
