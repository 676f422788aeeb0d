"""What the configuration says, as a text for a chat: the file as it is written, every secret masked."""

from __future__ import annotations

import json
import os
from typing import Any, cast

from openclaw.config.include import read_with_includes
from openclaw.config.locations import Locations
from openclaw.config.paths import KeyPath, look_up
from openclaw.config.secrets import is_secret_key, mask_secrets

# A screen or two of a phone; who needs more looks into the file.
_LIMIT = 3500


def show(locations: Locations, path: KeyPath = (), *, limit: int = _LIMIT) -> str:
    """Return what the file and its includes hold at ``path`` as JSON, "null" when nothing stands there.

    ``${NAME}`` shows as it is written; a longer text than ``limit`` characters is cut, and says so. Raises
    ConfigUnreadable and ConfigInvalid as ``read_with_includes``.
    """
    there = os.path.lexists(locations.config_path)
    document = read_with_includes(locations.config_path) if there else cast("dict[str, Any]", {})
    _, value = look_up(document, path)
    return shown_value(value, path, limit=limit)


def shown_value(value: object, path: KeyPath, *, limit: int = _LIMIT) -> str:
    """Return ``value``, which stands or is to stand at ``path``, as JSON with its secrets masked, cut to ``limit``."""
    secret = any(isinstance(part, str) and is_secret_key(part) for part in path)
    text = json.dumps(mask_secrets(value, secret=secret), ensure_ascii=False, indent=2)
    if len(text) <= limit:
        return text
    rest = len(text) - limit
    return f"{text[:limit]}\n… and {rest} more character{'' if rest == 1 else 's'}; name a key to see less"
