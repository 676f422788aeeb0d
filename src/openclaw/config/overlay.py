"""Overlays: values that hold in place of the file's until the next restart. Pure; the file is never touched."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any, cast

from openclaw.config.paths import KeyPath, path_in, render_path
from openclaw.errors import ConfigInvalid, ConfigIssue

Overlay = Mapping[KeyPath, object]
"""Values by their paths."""


def laid_over(document: object, overlay: Overlay) -> object:
    """Return ``document`` with the values of ``overlay`` at their paths, objects made on the way where there are none.

    Raises ConfigInvalid when a path leads through something that has no keys, or to no position of a list.
    """
    if not overlay:
        return document
    laid = copy.deepcopy(document)
    for path, value in overlay.items():
        _lay(laid, path_in(laid, path), copy.deepcopy(value))
    return laid


def _lay(document: object, path: KeyPath, value: object) -> None:
    here: Any = document
    for depth, step in enumerate(path):
        is_last = depth == len(path) - 1
        if isinstance(here, dict):
            entries, key = cast("dict[str, Any]", here), str(step)
            here = entries.setdefault(key, {})
            if is_last:
                entries[key] = value
        elif isinstance(here, list) and isinstance(step, int) and step < len(cast("list[Any]", here)):
            items = cast("list[Any]", here)
            here = items[step]
            if is_last:
                items[step] = value
        else:
            issue = ConfigIssue(render_path(path[: depth + 1]), "is no place that could hold a value")
            raise ConfigInvalid("the overlay", [issue])
