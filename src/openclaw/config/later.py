"""Keys that are read and checked but that nothing acts on yet, each with the capability it waits for.

Whoever builds the capability removes its lines. Used for the one warning per section, and for the manual.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, cast

from openclaw.config.paths import KeyPath

_FILES = "pictures and files"
_LIVE = "live replies"

LATER: dict[str, str] = {
    "agents.defaults.imageModel": _FILES,
    "agents.defaults.models.<key>.params": "model tuning",
    "agents.defaults.models.<key>.streaming": _LIVE,
    "agents.list[].identity.avatar": "control page",
    "gateway.customBindHost": "control page",
    "gateway.auth.password": "control page",
    "store.url": "PostgreSQL",
}


def waits_for(pattern: str) -> str | None:
    """Return the capability that the key of this pattern waits for, None when it is served."""
    here = pattern
    while here:
        if here in LATER:
            return LATER[here]
        here = here[:-2] if here.endswith("[]") else here.rpartition(".")[0]
    return None


def waiting(document: Mapping[str, Any]) -> Iterator[tuple[KeyPath, str]]:
    """Yield every key of ``document`` that waits, with the capability it waits for."""
    for pattern, capability in LATER.items():
        steps = pattern.replace("[]", ".[]").split(".")
        for path in _places(document, steps, ()):
            yield path, capability


def _places(here: Any, steps: list[str], path: KeyPath) -> Iterator[KeyPath]:
    if not steps:
        yield path
    elif isinstance(here, list) and steps[0] == "[]":
        for position, item in enumerate(cast("list[Any]", here)):
            yield from _places(item, steps[1:], (*path, position))
    elif isinstance(here, dict):
        entries = cast("dict[str, Any]", here)
        for key in entries if steps[0] == "<key>" else [steps[0]]:
            if key in entries:
                yield from _places(entries[key], steps[1:], (*path, key))
