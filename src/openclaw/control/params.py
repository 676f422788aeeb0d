"""Reading the values of a control request, which come from a query string, a JSON body or the command line."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from enum import StrEnum
from typing import TypeVar, cast

from openclaw.errors import BadRequest

Params = Mapping[str, object]
"""Values by name: texts, numbers, truth values, and lists of texts. ``None`` and "" mean "not given"."""

E = TypeVar("E", bound=StrEnum)

_TRUE, _FALSE = ("1", "true", "yes", True, 1), ("0", "false", "no", False, 0)
# No name of anything is longer; a chat guid of a large group is far below.
_LONGEST_TEXT = 1000


def refuse_unknown(params: Params, known: Collection[str]) -> None:
    """Raise BadRequest when ``params`` has a name that means nothing: a typing mistake must not widen a request."""
    unknown = sorted(set(params) - set(known))
    if unknown:
        listed = ", ".join(sorted(known)) or "none"
        raise BadRequest(f"unknown parameter {unknown[0]!r}; known here: {listed}")


def text(params: Params, name: str) -> str | None:
    """The text ``name``, ``None`` when it is not given; raises BadRequest when it is something else."""
    value = params.get(name)
    if value is None:
        return None
    if not isinstance(value, str) or len(value) > _LONGEST_TEXT:
        raise BadRequest(f"{name} must be one text of at most {_LONGEST_TEXT} characters")
    return value.strip() or None


def required(params: Params, name: str) -> str:
    """The text ``name``; raises BadRequest when it is missing."""
    value = text(params, name)
    if value is None:
        raise BadRequest(f"{name} is missing")
    return value


def flag(params: Params, name: str) -> bool:
    """The truth value ``name``, false when it is not given; raises BadRequest when it is neither."""
    value = params.get(name)
    value = value.lower() if isinstance(value, str) else value
    if value is None or value in _FALSE:
        return False
    if value in _TRUE:
        return True
    raise BadRequest(f"{name} must be true or false")


def number(params: Params, name: str, default: int, most: int) -> int:
    """The whole number ``name`` from 1 to ``most``; raises BadRequest when it is something else."""
    value = params.get(name)
    if value is None or value == "":
        return default
    if isinstance(value, str) and value.isascii() and value.isdecimal() and len(value) <= len(str(most)):
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= most:
        raise BadRequest(f"{name} must be a whole number from 1 to {most}")
    return value


def numeral(params: Params, name: str, most: int) -> int:
    """The whole number ``name`` from 1 to ``most``; raises BadRequest when it is missing or something else."""
    if params.get(name) in (None, ""):
        raise BadRequest(f"{name} is missing")
    return number(params, name, 1, most)


def choices(params: Params, name: str, options: type[E]) -> tuple[E, ...]:
    """The members of ``options`` that are named, none when it is not given; raises BadRequest for any other word."""
    value = params.get(name)
    given = [value] if isinstance(value, str) else value
    if given is None:
        return ()
    words = {option.value: option for option in options}
    listed = list(cast("list[object]", given)) if isinstance(given, (list, tuple)) else [given]
    chosen = [words.get(word) if isinstance(word, str) else None for word in listed]
    if None in chosen:
        wrong = listed[chosen.index(None)]
        raise BadRequest(f"{name} {str(wrong)[:40]!r} does not exist; use one of: {', '.join(words)}")
    return tuple(option for option in chosen if option is not None)
