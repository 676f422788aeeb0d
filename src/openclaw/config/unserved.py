"""Judging keys that no section has: an error, or one warning per section for what only the original acts on.

Design ruling 13. Knows the three root keys that are passed over in silence, and nothing else by name but BlueBubbles.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from openclaw.config import original
from openclaw.config.issues import unknown_key
from openclaw.config.later import waiting
from openclaw.config.paths import KeyPath, render_path
from openclaw.config.reader import UnknownKey
from openclaw.errors import ConfigIssue

# Book-keeping of the original, and ``env``, which has been applied before sections are read.
_SILENT = frozenset({"$schema", "meta", "wizard", "env"})
_LISTED_AT_MOST = 6
# An old place of the original: its bindings now stand at the root, for every channel.
_MOVED = ConfigIssue(
    "channels.imessage.bindings",
    "bindings stand at the root of the file",
    fix="move them to the root key bindings[]",
)
_BLUEBUBBLES = ConfigIssue(
    "channels.bluebubbles",
    "BlueBubbles is not served by this program; its settings have no effect",
    fix="reach the same Mac through channels.imessage: install imsg there and set cliPath to it or to an SSH wrapper",
)


def judge_unknown(unknown: Iterable[UnknownKey]) -> tuple[list[ConfigIssue], list[KeyPath]]:
    """Return the issues of keys that nobody knows, and the paths of those that the original knows."""
    issues: list[ConfigIssue] = []
    unserved: list[KeyPath] = []
    for key in unknown:
        if len(key.path) == 1 and key.path[0] in _SILENT:
            continue
        if render_path(key.path) == _MOVED.path:
            issues.append(_MOVED)
        elif original.knows(key.path):
            unserved.append(key.path)
        else:
            issues.append(unknown_key(key.path, (*key.siblings, *original.keys_below(key.path[:-1]))))
    return issues, unserved


def unserved_warnings(unserved: Iterable[KeyPath], document: Mapping[str, Any]) -> list[ConfigIssue]:
    """Return one warning per section that sets keys without effect here, or without effect yet."""
    ignored: dict[KeyPath, list[str]] = {}
    later: dict[KeyPath, list[str]] = {}
    for path in (*unserved, *_shell_import(document)):
        ignored.setdefault(_section(path), []).append(render_path(path))
    for path, capability in waiting(document):
        later.setdefault(_section(path), []).append(f"{render_path(path)} ({capability})")
    return [
        _warning(section, ignored.get(section, []), later.get(section, []))
        for section in {**ignored, **later}
    ]


def _shell_import(document: Mapping[str, Any]) -> list[KeyPath]:
    """Return the key of the ``env`` block that asks for a login shell's variables, which are never imported."""
    block = document.get("env")
    return [("env", "shellEnv")] if isinstance(block, dict) and "shellEnv" in block else []


def _section(path: KeyPath) -> KeyPath:
    return path[:2] if path[0] == "channels" else path[:1]


def _warning(section: KeyPath, ignored: list[str], later: list[str]) -> ConfigIssue:
    place = render_path(section)
    if place == _BLUEBUBBLES.path:
        return _BLUEBUBBLES
    if ignored == [place]:
        return ConfigIssue(
            place,
            "this section is not served by this program; it has no effect",
            fix="keep it or take it out",
        )
    said = [f"without effect in this program: {_listed(ignored)}"] if ignored else []
    said += [f"read but not acted on yet: {_listed(later)}"] if later else []
    return ConfigIssue(
        place, "; ".join(said), fix="none needed; docs/configuration-keys.md says which keys are served"
    )


def _listed(items: list[str]) -> str:
    shown = ", ".join(items[:_LISTED_AT_MOST])
    return shown if len(items) <= _LISTED_AT_MOST else f"{shown} and {len(items) - _LISTED_AT_MOST} more"
