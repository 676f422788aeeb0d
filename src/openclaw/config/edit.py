"""Changing one path in the text of a JSON5 file: comments, order, quotes, white space and line ends stay as they are.

Pure. Every result is read again and must be the old value with exactly that path changed (decision 014); a text for
which that fails is not given out.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, cast

from openclaw.config.file import decode_json5
from openclaw.config.include import INCLUDE
from openclaw.config.patch import added, removed, replaced
from openclaw.config.paths import KeyPath, look_up, path_in, render_path
from openclaw.config.proof import canonical, prove, same
from openclaw.config.spans import Span, outline
from openclaw.errors import ConfigRefused


def with_value(text: str, path: KeyPath, value: object) -> str:
    """Return ``text`` with ``value`` at ``path``; the same text when that stands there already.

    Objects and lists that are changed in part keep the comments of what stays. Missing parents are made; a list grows
    by the position at its end. Raises ConfigUnreadable when ``text`` is not JSON5, ConfigRefused when the change
    cannot be made: a parent that is neither object nor list, a position past the end, a key that stands twice.
    """
    new = _plain(value, path)
    before = decode_json5(text, "the text")
    path = path_in(before, path)
    result = _set(text, path, new)
    prove(before, result, path, present=True, value=new)
    return result


def without(text: str, path: KeyPath) -> str:
    """Return ``text`` without the entry at ``path``; the same text when there is none. Raises as ``with_value``."""
    before = decode_json5(text, "the text")
    path = path_in(before, path)
    result = _unset(text, path)
    if result != text:
        prove(before, result, path, present=False)
    return result


def merged(base: object, top: object) -> object:
    """Return ``top`` laid over ``base``: objects merge at any depth, anything else is replaced."""
    if not (isinstance(base, Mapping) and isinstance(top, Mapping)):
        return top
    result = dict(cast("Mapping[str, object]", base))
    for key, item in cast("Mapping[str, object]", top).items():
        result[key] = merged(result[key], item) if key in result else item
    return result


def _set(text: str, path: KeyPath, new: object) -> str:
    outlined = outline(text)
    present, old = look_up(decode_json5(text, "the text"), path)
    if not present:
        return _insert(text, path, new)
    if same(old, new):
        return text
    if isinstance(old, dict) and isinstance(new, dict):
        before, after = cast("dict[str, Any]", old), cast("dict[str, Any]", new)
        if not path or before.keys() & after.keys():
            for key in [key for key in before if key not in after]:
                text = _unset(text, (*path, key))
            for key, item in after.items():
                text = _set(text, (*path, key), item)
            return text
    if isinstance(old, list) and isinstance(new, list):
        stepwise = _set_items(text, path, cast("list[Any]", old), cast("list[Any]", new))
        if stepwise is not None:
            return stepwise
    if not path:
        raise ConfigRefused("the whole file can only be an object; write it in braces: { … }")
    container, entry = outlined.find(path)[-1]
    return replaced(outlined, container, entry, cast("object", new))


def _set_items(text: str, path: KeyPath, old: list[Any], new: list[Any]) -> str | None:
    """Return the text with some items taken out and others put at the end, or each changed; None for another change."""
    wanted = {canonical(item) for item in new}
    kept = [canonical(item) in wanted for item in old]
    staying = [item for item, stays in zip(old, kept, strict=True) if stays]
    if staying and same(new[: len(staying)], staying):
        for position in reversed([position for position, stays in enumerate(kept) if not stays]):
            text = _unset(text, (*path, position))
        for position in range(len(staying), len(new)):
            text = _insert(text, (*path, position), new[position])
        return text
    if len(old) == len(new) and all(isinstance(item, dict) for item in (*old, *new)):
        for position, item in enumerate(new):
            text = _set(text, (*path, position), item)
        return text
    return None


def _insert(text: str, path: KeyPath, new: object) -> str:
    outlined = outline(text)
    found = outlined.find(path)
    way: list[Span] = [outlined.root, *(entry.value for _, entry in found)]
    depth, container = len(found), way[-1]
    part, place = path[depth], render_path(path[:depth]) or "the file"
    if container.kind == "scalar":
        raise ConfigRefused(
            f"{place} is neither an object nor a list, so {render_path(path)} has no place in it"
        )
    if container.kind == "list" and part != len(container.entries):
        raise ConfigRefused(
            f"{place} is a list of {len(container.entries)}; [{len(container.entries)}] appends to it, "
            f"{render_path(path[: depth + 1])} names nothing in it"
        )
    for missing in reversed(path[depth + 1 :]):
        if isinstance(missing, int) and missing != 0:
            raise ConfigRefused(
                f"{render_path(path)} begins a list that is not there yet; its first position is [0], "
                f'and a key of digits stands in quotes: ["{missing}"]'
            )
        new = {missing: new} if isinstance(missing, str) else [new]
    return added(outlined, way, str(part) if container.kind == "object" else part, new)


def _unset(text: str, path: KeyPath) -> str:
    outlined = outline(text)
    found = outlined.find(path)
    if not path:
        raise ConfigRefused("the whole file cannot be unset; name a key")
    if len(found) < len(path):
        return text
    container, entry = found[-1]
    return removed(outlined, container, entry)


def _plain(value: object, path: KeyPath) -> Any:
    """Return ``value`` as the decoder would give it; raises ConfigRefused for what JSON5 cannot say."""
    if isinstance(value, Mapping):
        entries = cast("Mapping[object, object]", value)
        return {_key(key, path): _plain(item, path) for key, item in entries.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(item, path) for item in cast("list[object]", value)]
    if isinstance(value, str):
        return _text(value, path)
    if value is None or isinstance(value, (bool, int)) or (isinstance(value, float) and math.isfinite(value)):
        return value
    raise ConfigRefused(f"{render_path(path)} cannot hold {value!r}: it is no value of a configuration file")


def _key(key: object, path: KeyPath) -> str:
    if not isinstance(key, str) or key == INCLUDE:
        raise ConfigRefused(f"{render_path(path)} cannot hold the key {key!r}; includes are written by hand")
    return _text(key, path)


def _text(text: str, path: KeyPath) -> str:
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise ConfigRefused(f"{render_path(path)} cannot hold half a character ({error.reason})") from error
    return text
