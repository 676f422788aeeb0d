"""The words in which a section of the file is declared: frozen dataclasses whose annotations are its grammar.

A section is ``@dataclass(frozen=True, slots=True, kw_only=True)``; an attribute ``cli_path`` is the key
``cliPath``. Annotations may be ``str``, ``int``, ``float``, ``bool``, ``object``, ``Literal[…]``, another section,
``tuple[T, ...]``, ``Mapping[str, T]``, unions of these, and ``Annotated[T, rule]`` with the rules below. ``None`` as
default means "not set"; it cannot be written in the file. A method ``conflicts()`` states the rules between keys.
Reading is in ``reader``, the JSON Schema in ``schema``. Why not pydantic: importing it costs more CPU time than a quick
command may take altogether (decision 010).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import MISSING, Field, dataclass, fields
from functools import cache
from typing import Annotated, Any, ClassVar, Protocol, get_type_hints, runtime_checkable


class Section(Protocol):
    """Any dataclass that describes an object of the file."""

    __dataclass_fields__: ClassVar[dict[str, Field[Any]]]


@runtime_checkable
class HasConflicts(Protocol):
    """A section with rules between its keys."""

    def conflicts(self) -> list[tuple[str, str, str]]:
        """Return (key path inside the section, message, fix) for each broken rule."""
        ...


@dataclass(frozen=True, slots=True)
class Range:
    """A number's bounds, both inclusive."""

    least: float
    most: float | None = None


@dataclass(frozen=True, slots=True)
class Check:
    """A grammar of a text: ``error`` returns what is wrong, or None; ``fix`` says how to write it."""

    error: Callable[[str], str | None]
    fix: str = ""


@dataclass(frozen=True, slots=True)
class Key:
    """One key of a section."""

    attribute: str
    name: str
    hint: Any
    required: bool


# Hundreds of years in any unit: longer than anybody waits, and a date can still be reckoned with it. The last one is
# for milliseconds, and no honest number of anything else is larger.
_CEILINGS = (("seconds", 10**10), ("minutes", 10**9), ("days", 500_000), ("", 10**13))


def ceiling(name: str) -> int:
    """Return the largest number for a key that has no upper bound of its own; its name ends in its unit."""
    return next(most for unit, most in _CEILINGS if name.lower().endswith(unit))


Positive = Annotated[int, Range(1)]
NotNegative = Annotated[int, Range(0)]


def key_name(attribute: str) -> str:
    """Return the key that an attribute stands for: ``cli_path`` is ``cliPath``."""
    head, *rest = attribute.split("_")
    return head + "".join(word.capitalize() for word in rest)


@cache
def keys_of(section: type[Section]) -> dict[str, Key]:
    """Return the keys of ``section`` by name, in the order of their declaration."""
    hints = get_type_hints(section, include_extras=True)
    return {key.name: key for key in (_key(field, hints[field.name]) for field in fields(section)) if key}


def _key(field: Field[Any], hint: Any) -> Key | None:
    if not field.init or field.metadata.get("key") is False:
        return None
    required = field.default is MISSING and field.default_factory is MISSING
    return Key(field.name, key_name(field.name), hint, required)
