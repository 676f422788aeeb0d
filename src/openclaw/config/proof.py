"""The proof of an edit: the new text holds the old value with exactly one path changed. Pure."""

from __future__ import annotations

from typing import Any, cast

from openclaw.config.file import decode_json5
from openclaw.config.paths import KeyPath, look_up, render_path
from openclaw.config.spans import outline
from openclaw.errors import ConfigRefused, ConfigUnreadable

# Stands for what is being changed when all the rest is compared.
_HOLE = "\0"


def same(one: object, other: object) -> bool:
    """Tell whether two plain values are the same in a file: 1 is not true, order within objects does not count."""
    return canonical(one) == canonical(other)


def canonical(value: object) -> str:
    """Return a text that two plain values share exactly when they are the same in a file."""
    return repr(_ordered(value))


def prove(before: object, text: str, path: KeyPath, *, present: bool, value: object = None) -> None:
    """Raise ConfigRefused unless ``text`` holds ``before`` with nothing but ``path`` changed.

    ``present`` says whether something is to stand there, and ``value`` what.
    """
    try:
        after = decode_json5(text, "the result")
        outline(text)
    except ConfigUnreadable as error:
        raise ConfigRefused(
            f"{render_path(path)} cannot be changed safely; edit it by hand: {error}"
        ) from error
    standing, found = look_up(after, path)
    if present:
        # Order counts around the change, and not within it.
        right, rest = standing and same(found, value), _with_hole(after, path, present)
    else:
        right, rest = True, after
    if not right or repr(_with_hole(before, path, present)) != repr(rest):
        raise ConfigRefused(f"{render_path(path)} cannot be changed without changing more; edit it by hand")


def _with_hole(document: Any, path: KeyPath, present: bool) -> Any:
    """Return ``document`` with what stands at ``path`` cut out, or marked when something is to stand there."""
    if not path:
        return _HOLE
    part, rest = path[0], path[1:]
    if isinstance(document, list):
        items, position = list(cast("list[Any]", document)), cast("int", part)
        here = items[position : position + 1]
        items[position : position + 1] = _filling(here, rest, present, part)
        return items
    entries = dict(cast("dict[str, Any]", document))
    key = str(part)
    filling = _filling([entries[key]] if key in entries else [], rest, present, part)
    return {**entries, key: filling[0]} if filling else {k: v for k, v in entries.items() if k != key}


def _filling(here: list[Any], rest: KeyPath, present: bool, part: str | int) -> list[Any]:
    if here and rest:
        return [_with_hole(here[0], rest, present)]
    if not present:
        return []
    # A parent that has to be made has nothing beside the one entry.
    made: Any = _HOLE
    for step in reversed(rest):
        made = {step: made} if isinstance(step, str) else [made]
    return [made]


def _ordered(value: Any) -> Any:
    if isinstance(value, dict):
        entries = cast("dict[str, Any]", value)
        return [{}, *((key, _ordered(entries[key])) for key in sorted(entries))]
    if isinstance(value, list):
        return [[], *(_ordered(item) for item in cast("list[Any]", value))]
    return value
