"""``commands``: which chat commands there are and who may give them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from openclaw.config.sections.imessage import Entry


@dataclass(frozen=True, slots=True, kw_only=True)
class Commands:
    """The whole section."""

    text: bool = True
    config: bool = False
    debug: bool = False
    restart: bool = True
    use_access_groups: bool = True
    owner_allow_from: tuple[Entry, ...] | None = None
    allow_from: Mapping[str, tuple[Entry, ...]] | None = None
