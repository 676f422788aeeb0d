"""Reading a plain document into sections: every issue at once, every unknown key noted for a later judgement.

Knows the grammar of ``shape`` and how a problem is worded; knows no key by name.
"""

from __future__ import annotations

import math
import types
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any, Final, Literal, TypeVar, Union, cast, get_args, get_origin

from openclaw.config.grammar import text_error
from openclaw.config.issues import count, invalid, not_allowed, short_value
from openclaw.config.paths import KeyPath, parse_path, render_path
from openclaw.config.shape import Check, HasConflicts, Key, Range, Section, ceiling, keys_of
from openclaw.errors import ConfigIssue

S = TypeVar("S", bound=Section)

_UNIONS = (Union, types.UnionType)


class _Unreadable:
    """Stands for a value that broke its rule; its issue is already recorded."""


_UNREADABLE: Final = _Unreadable()


@dataclass(frozen=True, slots=True)
class UnknownKey:
    """A key that the section it stands in does not have; ``siblings`` are those it does have."""

    path: KeyPath
    siblings: tuple[str, ...]


@dataclass(slots=True)
class Findings:
    """What reading turned up besides the values."""

    issues: list[ConfigIssue] = field(default_factory=list[ConfigIssue])
    unknown: list[UnknownKey] = field(default_factory=list[UnknownKey])
    broken: list[KeyPath] = field(default_factory=list[KeyPath])

    def add(self, path: KeyPath, issue: ConfigIssue) -> _Unreadable:
        """Record ``issue`` and return the mark of an unreadable value."""
        self.issues.append(issue)
        self.broken.append(path)
        return _UNREADABLE

    def touched(self, path: KeyPath) -> bool:
        """Tell whether the value at ``path``, or one inside it, is already known to be broken."""
        return any(broken[: len(path)] == path for broken in self.broken)


def read_section(section: type[S], raw: object) -> tuple[S | None, Findings]:
    """Read ``raw`` as ``section``; the value is None only when it could not be made at all."""
    findings = Findings()
    value = _section(section, raw, (), findings)
    return (None if isinstance(value, _Unreadable) else cast("S", value)), findings


def _section(section: type[Section], raw: object, path: KeyPath, findings: Findings) -> object:
    if not isinstance(raw, dict):
        return findings.add(path, invalid(path, "must be an object", raw, "write it in braces: { … }"))
    entries, keys = cast("dict[str, object]", raw), keys_of(section)
    values: dict[str, object] = {}
    complete = True
    for name, item in entries.items():
        key = keys.get(name)
        if key is None:
            findings.unknown.append(UnknownKey((*path, name), tuple(keys)))
        elif not isinstance(value := _value(key.hint, item, (*path, name), findings), _Unreadable):
            values[key.attribute] = value
        else:
            complete = complete and not key.required
    missing = [key for name, key in keys.items() if key.required and name not in entries]
    for key in missing:
        findings.add((*path, key.name), _missing(key, (*path, key.name)))
    if missing or not complete:
        return _UNREADABLE
    result = section(**values)
    _check_conflicts(result, entries, path, findings)
    return result


def _missing(key: Key, path: KeyPath) -> ConfigIssue:
    return ConfigIssue(render_path(path), "is required and missing", fix=f"add the key {key.name}")


def _check_conflicts(
    result: object, entries: Mapping[str, object], path: KeyPath, findings: Findings
) -> None:
    if not isinstance(result, HasConflicts):
        return
    for key, message, fix in result.conflicts():
        place = (*path, *parse_path(key))
        if not findings.touched(place):
            findings.add(place, invalid(place, message, _look_up(entries, parse_path(key)), fix))


def _look_up(entries: object, path: KeyPath) -> object:
    for part in path:
        if not isinstance(entries, dict):
            return None
        entries = cast("dict[str | int, object]", entries).get(part)
    return entries


def _value(hint: Any, raw: object, path: KeyPath, findings: Findings) -> object:
    origin = get_origin(hint)
    if raw is None and hint is not object:
        return findings.add(
            path, invalid(path, "must not be null", None, "leave the key out to use its default")
        )
    if origin is Annotated:
        return _ruled(hint, raw, path, findings)
    if origin is Literal:
        choices = get_args(hint)
        return raw if _is_choice(raw, choices) else findings.add(path, not_allowed(path, raw, choices))
    if origin in _UNIONS:
        return _union(hint, raw, path, findings)
    if origin is tuple:
        return _items(get_args(hint)[0], raw, path, findings)
    if origin is not None:
        return _entries(get_args(hint)[1], raw, path, findings)
    if hasattr(hint, "__dataclass_fields__") and not hasattr(hint, "from_text"):
        return _section(cast("type[Section]", hint), raw, path, findings)
    return _scalar(hint, raw, path, findings)


def _is_choice(raw: object, choices: tuple[object, ...]) -> bool:
    return any(raw == choice and type(raw) is type(choice) for choice in choices)


def _ruled(hint: Any, raw: object, path: KeyPath, findings: Findings) -> object:
    inner, *rules = get_args(hint)
    value = _value(inner, raw, path, findings)
    if isinstance(value, _Unreadable):
        return value
    for rule in rules:
        match rule:
            case Range(least, most) if isinstance(value, (int, float)) and not _within(value, least, most):
                bounds = f"at least {count(least)}" + (
                    f" and at most {count(most)}" if most is not None else ""
                )
                return findings.add(
                    path, invalid(path, f"must be {bounds}", raw, f"use a number of {bounds}")
                )
            case Range(most=None) if isinstance(value, (int, float)) and value > (
                limit := ceiling(str(path[-1]))
            ):
                return findings.add(
                    path, invalid(path, f"must be at most {limit}", raw, "use a smaller number")
                )
            case Check(error, fix) if isinstance(value, str) and (problem := error(value)):
                return findings.add(path, invalid(path, problem, raw, fix))
            case _:
                pass
    return value


def _within(value: float, least: float, most: float | None) -> bool:
    return value >= least and (most is None or value <= most)


def _union(hint: Any, raw: object, path: KeyPath, findings: Findings) -> object:
    options = [option for option in get_args(hint) if option is not types.NoneType]
    fitting = [option for option in options if _fits(option, raw)]
    if fitting:
        return _value(fitting[0], raw, path, findings)
    if len(options) == 1:
        return _value(options[0], raw, path, findings)
    wanted = " or ".join(dict.fromkeys(_noun(option) for option in options))
    return findings.add(path, invalid(path, f"must be {wanted}", raw, f"write {wanted}"))


def _bare(hint: Any) -> Any:
    """Return the hint without its rules."""
    return get_args(hint)[0] if get_origin(hint) is Annotated else hint


def _fits(option: Any, raw: object) -> bool:
    """Tell whether ``raw`` has the outer form of ``option``, so that its issues are the ones to report."""
    option = _bare(option)
    origin = get_origin(option)
    if origin is Literal:
        return _is_choice(raw, get_args(option))
    if origin is tuple:
        return isinstance(raw, list)
    if hasattr(option, "from_text") or option is str:
        return isinstance(raw, str)
    if origin is not None or hasattr(option, "__dataclass_fields__"):
        return isinstance(raw, dict)
    return _is_scalar(option, raw)


def _items(hint: Any, raw: object, path: KeyPath, findings: Findings) -> object:
    if not isinstance(raw, list):
        return findings.add(path, invalid(path, "must be a list", raw, "write it in brackets: [ … ]"))
    rows = cast("list[object]", raw)
    values = [_value(hint, item, (*path, index), findings) for index, item in enumerate(rows)]
    return _UNREADABLE if any(isinstance(value, _Unreadable) for value in values) else tuple(values)


def _entries(hint: Any, raw: object, path: KeyPath, findings: Findings) -> object:
    if not isinstance(raw, dict):
        return findings.add(path, invalid(path, "must be an object", raw, "write it in braces: { … }"))
    rows = cast("dict[str, object]", raw)
    values = {key: _value(hint, item, (*path, key), findings) for key, item in rows.items()}
    bad = any(isinstance(value, _Unreadable) for value in values.values())
    return _UNREADABLE if bad else types.MappingProxyType(values)


def _scalar(hint: Any, raw: object, path: KeyPath, findings: Findings) -> object:
    if isinstance(raw, str) and (problem := text_error(raw)):
        # The text itself may be what no terminal and no log can show.
        return findings.add(path, invalid(path, problem, None, "write it anew"))
    if hasattr(hint, "from_text"):
        return hint.from_text(raw) if isinstance(raw, str) else findings.add(path, _wrong(hint, raw, path))
    if hint is object:
        return raw
    if not _is_scalar(hint, raw):
        return findings.add(path, _wrong(hint, raw, path))
    # JSON has one kind of number, so 1e3 is as whole as 1000.
    return int(raw) if hint is int and isinstance(raw, float) else raw


def _wrong(hint: Any, raw: object, path: KeyPath) -> ConfigIssue:
    fix = (
        f'write "{short_value(path, raw)}" in quotes' if hint is str and isinstance(raw, (int, float)) else ""
    )
    return invalid(path, f"must be {_noun(hint)}", raw, fix or f"write {_noun(hint)}")


def _is_scalar(hint: Any, raw: object) -> bool:
    if isinstance(raw, bool) or hint is bool:
        return hint is bool and isinstance(raw, bool)
    if hint in (int, float) and isinstance(raw, float):
        return math.isfinite(raw) and (hint is float or raw.is_integer())
    if hint is float:
        return isinstance(raw, int)
    return isinstance(hint, type) and isinstance(raw, hint)


def _noun(hint: Any) -> str:
    hint = _bare(hint)
    if get_origin(hint) is Literal:
        return " or ".join(
            f'"{choice}"' if isinstance(choice, str) else str(choice) for choice in get_args(hint)
        )
    if get_origin(hint) is tuple:
        return "a list"
    nouns = {str: "a text", int: "a whole number", float: "a number", bool: "true or false"}
    return nouns.get(hint, "a text" if hasattr(hint, "from_text") else "an object")
