"""The JSON Schema of the whole file, made from the sections themselves.

Says types, choices and bounds; rules between keys are beyond what it can say.
"""

from __future__ import annotations

import types
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from openclaw.config.sections.root import Config
from openclaw.config.shape import Key, Range, Section, keys_of

_TYPES: dict[Any, str] = {str: "string", int: "integer", float: "number", bool: "boolean"}


def config_schema() -> dict[str, Any]:
    """Return the schema (draft 2020-12); keys of the original that have no effect here are not in it."""
    root = _section(Config)
    # What the root accepts besides its sections: the original's other roots, and keys its programs leave behind.
    root["additionalProperties"] = True
    root["properties"] |= {"$schema": {"type": "string"}, "env": {"type": "object"}}
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "openclaw.json", **root}


def _section(section: type[Section]) -> dict[str, Any]:
    keys = keys_of(section)
    schema: dict[str, Any] = {
        "type": "object",
        "properties": {name: _with_default(key, section) for name, key in keys.items()},
        "additionalProperties": False,
    }
    required = [name for name, key in keys.items() if key.required]
    return schema | ({"required": required} if required else {})


def _with_default(key: Key, section: type[Section]) -> dict[str, Any]:
    default = section.__dataclass_fields__[key.attribute].default
    described = _hint(key.hint)
    return described | {"default": default} if isinstance(default, (str, int, float)) else described


def _hint(hint: Any) -> dict[str, Any]:
    origin = get_origin(hint)
    if origin is Annotated:
        return _bounded(hint)
    if origin is Literal:
        return {"enum": list(get_args(hint))}
    if origin in (Union, types.UnionType):
        options = [_hint(option) for option in get_args(hint) if option is not types.NoneType]
        return options[0] if len(options) == 1 else {"anyOf": options}
    if origin is tuple:
        return {"type": "array", "items": _hint(get_args(hint)[0])}
    if origin is not None:
        return {"type": "object", "additionalProperties": _hint(get_args(hint)[1])}
    if hasattr(hint, "from_text"):
        return {"type": "string"}
    return _section(hint) if hasattr(hint, "__dataclass_fields__") else _plain(hint)


def _plain(hint: Any) -> dict[str, Any]:
    return {"type": _TYPES[hint]} if hint in _TYPES else {}


def _bounded(hint: Any) -> dict[str, Any]:
    inner, *rules = get_args(hint)
    described = _hint(inner)
    for rule in rules:
        if isinstance(rule, Range):
            described |= {"minimum": rule.least} | ({"maximum": rule.most} if rule.most is not None else {})
    return described
