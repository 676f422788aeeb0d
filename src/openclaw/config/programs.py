"""Programs: which keys say what the gateway starts, where files are written, and where conversations go. Pure.

Whoever may write them may run anything as the gateway's user, or read what everybody says, so no chat does, whoever
asks (CVE-2026-25593).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, cast

from openclaw.config.paths import KeyPath

_ANY = "*"
_PLACES = tuple(
    tuple(place.split("."))
    for place in (
        "channels.imessage.cliPath",
        "channels.imessage.accounts.*.cliPath",
        "mcp.servers",
        "acp.agents",
        "plugins",
        "env",
        "logging.file",
        "agents.defaults.workspace",
        "agents.list.*.workspace",
        "agents.list.*.runtime.acp.cwd",
        "bindings.*.acp.cwd",
        "models.providers.*.baseUrl",
        "channels.imessage.remoteHost",
        "channels.imessage.accounts.*.remoteHost",
    )
)


def is_kept_from_chats(path: KeyPath, value: object, *, remove: bool = False) -> bool:
    """Tell whether ``value`` at ``path`` would say one of these things, at whatever depth, or take a part of one away.

    To ``remove`` what stands above them is to take them away as a whole, which starts nothing else in their place.
    """
    met = [place for place in _PLACES if _reaches(place, path)]
    if remove:
        return any(len(place) <= len(path) for place in met)
    return any(_holds(value, place[len(path) :]) for place in met)


def _reaches(place: tuple[str, ...], path: KeyPath) -> bool:
    return all(step in (_ANY, str(part)) for step, part in zip(place, path, strict=False))


def _holds(value: object, way: tuple[str, ...]) -> bool:
    """Whether ``value`` has something at the end of ``way``; with no way left it is something itself."""
    if not way:
        return True
    return any(_holds(item, way[1:]) for key, item in _entries(value) if way[0] in (_ANY, key))


def _entries(value: object) -> Iterator[tuple[str, object]]:
    if isinstance(value, Mapping):
        yield from ((str(key), item) for key, item in cast("Mapping[Any, object]", value).items())
    elif isinstance(value, list):
        yield from ((str(position), item) for position, item in enumerate(cast("list[object]", value)))
