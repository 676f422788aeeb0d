"""The keys of the original program's file: which places it knows, whether or not this program acts on them.

The list is data (``original_keys.txt``, one ``path : type`` a line) and is only read when a key turns up that no
section has.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

from openclaw.config.paths import KeyPath

_LIST = Path(__file__).with_name("original_keys.txt")
_ANY_KEY = "<key>"
_ITEM = "[]"

Tree = dict[str, "Tree"]


def knows(path: KeyPath) -> bool:
    """Tell whether the original has a key at ``path``, or accepts anything there."""
    here = _tree()
    for step in _as_listed(path):
        if not here:
            return True
        found = here.get(step, here.get(_ANY_KEY))
        if found is None:
            return False
        here = found
    return True


def keys_below(path: KeyPath) -> tuple[str, ...]:
    """Return the keys that the original names directly below ``path``."""
    here = _tree()
    for step in _as_listed(path):
        here = here.get(step, here.get(_ANY_KEY, {}))
    return tuple(key for key in here if key not in (_ANY_KEY, _ITEM))


def listed_keys() -> tuple[str, ...]:
    """Return every path of the list as it is written there, such as ``agents.list[].id``."""
    lines = _LIST.read_text(encoding="utf-8").splitlines()
    return tuple(line.partition(" : ")[0] for line in lines)


@cache
def _tree() -> Tree:
    root: Tree = {}
    for line in listed_keys():
        here = root
        for step in line.replace(_ITEM, f".{_ITEM}").split("."):
            here = here.setdefault(step, {})
    return root


def _as_listed(path: KeyPath) -> list[str]:
    steps = [_ITEM if isinstance(part, int) else part for part in path]
    # An account has the keys of the channel; the list does not repeat them.
    if steps[:3] == ["channels", "imessage", "accounts"] and len(steps) > 4:
        return steps[:2] + steps[4:]
    return steps
