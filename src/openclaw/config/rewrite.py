"""What turns one document into another: the smallest changes of single places. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, cast

from openclaw.config.change import Change
from openclaw.config.paths import KeyPath


def changes_between(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[Change, ...]:
    """The changes that make ``after`` of ``before``: what is put somewhere first, then what is taken away.

    Objects are compared key by key, lists as a whole.
    """
    found = list(_changes(before, after, ()))
    return tuple(sorted(found, key=lambda change: change.remove))


def _changes(before: Mapping[str, Any], after: Mapping[str, Any], place: KeyPath) -> Iterator[Change]:
    for key, value in after.items():
        old, here = before.get(key), (*place, key)
        if isinstance(old, dict) and isinstance(value, dict) and old and value:
            yield from _changes(cast("dict[str, Any]", old), cast("dict[str, Any]", value), here)
        elif key not in before or old != value or isinstance(old, bool) is not isinstance(value, bool):
            yield Change(here, cast("object", value))
    yield from (Change.removal((*place, key)) for key in before if key not in after)
