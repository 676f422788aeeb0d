"""How the configuration that is in force stands to its files: since when, and what of the files is not in force."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from openclaw.errors import ConfigIssue


@dataclass(frozen=True, slots=True)
class ConfigStanding:
    """``since`` is when the running configuration came into force.

    ``refused_at`` is when an edit was found that breaks rules, with its ``issues``; it is ``None`` while the files are
    what runs. ``awaits_restart`` names keys whose new values count from the next start on.
    """

    path: Path
    since: datetime
    refused_at: datetime | None = None
    issues: tuple[ConfigIssue, ...] = ()
    awaits_restart: tuple[str, ...] = ()
