"""The domain as a whole: values only, and nothing that could touch the world."""

from __future__ import annotations

import ast
import dataclasses
import importlib
import inspect
import pkgutil
from enum import Enum
from pathlib import Path
from types import ModuleType

import pytest

from openclaw import domain

MODULES = [
    importlib.import_module(f"openclaw.domain.{found.name}")
    for found in pkgutil.iter_modules(domain.__path__)
]
WORLD = {
    "os",
    "io",
    "time",
    "asyncio",
    "logging",
    "pathlib",
    "socket",
    "subprocess",
    "threading",
    "random",
    "secrets",
}
LIBRARIES = {"pydantic", "sqlalchemy", "structlog"}


def own_classes(module: ModuleType) -> list[type]:
    """The classes that a module defines itself."""
    return [
        each for _, each in inspect.getmembers(module, inspect.isclass) if each.__module__ == module.__name__
    ]


ENUMS = [each for module in MODULES for each in own_classes(module) if issubclass(each, Enum)]


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.__name__)
def test_every_class_is_a_frozen_value_or_an_enumeration(module: ModuleType) -> None:
    """A value that a stage was handed cannot change behind its back (habit 5)."""
    for each in own_classes(module):
        if issubclass(each, Enum):
            continue
        assert dataclasses.is_dataclass(each), each
        assert each.__dataclass_params__.frozen, each  # type: ignore[attr-defined]
        assert "__slots__" in each.__dict__, each
        assert each.__doc__, each


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.__name__)
def test_nothing_in_the_domain_reaches_for_the_world(module: ModuleType) -> None:
    """No I/O, no clock, no logging, no library of an edge (design section 3)."""
    assert module.__file__ is not None
    tree = ast.parse(Path(module.__file__).read_text())
    names = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    names |= {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}

    assert {name.partition(".")[0] for name in names} & (WORLD | LIBRARIES) == set()
    assert {name for name in names if name.startswith("openclaw.")} <= {each.__name__ for each in MODULES}


@pytest.mark.parametrize("enum", ENUMS, ids=lambda each: each.__name__)
def test_the_words_of_an_enumeration_are_plain_and_different(enum: type[Enum]) -> None:
    """They stand in the ledger, in JSON and on the command line."""
    values = [str(member.value) for member in enum]

    assert len(set(values)) == len(values)
    assert all(value == value.lower().strip() and value for value in values)
