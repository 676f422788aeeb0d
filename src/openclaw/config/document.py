"""Sections back into plain data: the file as it stands, with every default filled in.

The counterpart of ``reader``; knows no key by name.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from openclaw.config.secrets import SecretText
from openclaw.config.shape import Section, keys_of


def plain(value: Any) -> Any:
    """Return a section, or any value of one, as plain data with the file's key names; unset keys are left out.

    Secrets come out as they stand in the file: mask them before showing.
    """
    if isinstance(value, SecretText):
        return value.text
    if isinstance(value, tuple):
        return [plain(item) for item in cast("tuple[Any, ...]", value)]
    if isinstance(value, Mapping):
        return {key: plain(item) for key, item in cast("Mapping[str, Any]", value).items()}
    if hasattr(value, "__dataclass_fields__"):
        keys = keys_of(cast("type[Section]", type(value)))
        set_keys = {name: getattr(value, key.attribute) for name, key in keys.items()}
        return {name: plain(item) for name, item in set_keys.items() if item is not None}
    return value


def filled(document: Any, defaults: Any) -> Any:
    """Return ``document`` with what is missing in its objects taken from ``defaults``; lists are never mixed."""
    if not (isinstance(document, dict) and isinstance(defaults, dict)):
        return cast("Any", document)
    result = dict(cast("dict[str, Any]", document))
    for key, value in cast("dict[str, Any]", defaults).items():
        result[key] = filled(result[key], value) if key in result else value
    return result
