"""What a change may not do unless it is said to be meant: replace a whole channel, or let most of a file go. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, cast

from openclaw.config.file import SIZE_LIMIT
from openclaw.config.include import INCLUDE
from openclaw.config.paths import KeyPath, render_path
from openclaw.config.secrets import MASK
from openclaw.errors import ConfigRefused

# The original's bounds: below this size a file may shrink freely, above it not by more than half.
_SMALL_BYTES = 512
_SHRINK = 2
# A part that was masked: of an address, an option, a header.
_MASKED = re.compile(rf"(?:[=:/]|[Bb]earer ){re.escape(MASK)}")
# Keys of ``channels`` that are no channels.
_SHARED = frozenset({"defaults", "modelByChannel"})


def refuse_nonsense(path: KeyPath, value: object) -> None:
    """Raise ConfigRefused for a path that no change may go to, and for a value that was masked when it was read."""
    if not path:
        raise ConfigRefused("a change needs a key, such as channels.imessage.dmPolicy")
    if INCLUDE in path:
        raise ConfigRefused(f"{render_path(path)} says which files are read; edit it by hand")
    if _has_mask(value):
        raise ConfigRefused(
            f"{render_path(path)} would become {MASK}, which is what is shown in the place of a secret; "
            "leave the secret out of the change, or write it in full"
        )


def refuse_replacing(path: KeyPath, standing: object, *, remove: bool = False) -> None:
    """Raise ConfigRefused when ``path`` is a whole channel, all of them, or all accounts, and ``standing`` is there.

    ``remove`` says that it is to go, and not to be replaced; only the words differ.
    """
    channel = len(path) > 1 and path[0] == "channels" and path[1] not in _SHARED
    whole = path == ("channels",) or (channel and (len(path) == 2 or path[2:] == ("accounts",)))
    if whole and standing and remove:
        raise ConfigRefused(
            f"{render_path(path)} would go with all that is in it; unset the keys in it one by one, or say --replace"
        )
    if whole and standing:
        raise ConfigRefused(
            f"{render_path(path)} is there already, and all that is in it would be replaced; change the keys in it "
            "one by one, merge into it, or say --replace"
        )


def refuse_growing(after: str) -> None:
    """Raise ConfigRefused when a file would become too large to be read again."""
    if len(after.encode()) > SIZE_LIMIT:
        raise ConfigRefused("the file would be larger than 2 MiB, and could not be read any more")


def refuse_shrinking(before: str, after: str) -> None:
    """Raise ConfigRefused when a file of some size loses more than half of it."""
    size, left = len(before.encode()), len(after.encode())
    if size > _SMALL_BYTES and left * _SHRINK < size:
        raise ConfigRefused(
            f"more than half of the file would go ({size} bytes would become {left}); say --replace if that is meant"
        )


def _has_mask(value: Any) -> bool:
    if isinstance(value, Mapping):
        return any(_has_mask(item) for item in cast("Mapping[str, Any]", value).values())
    if isinstance(value, (list, tuple)):
        return any(_has_mask(item) for item in cast("list[Any]", value))
    # Standing alone it is a sign that people write, too: a line across a text, say.
    return isinstance(value, str) and (value == MASK or _MASKED.search(value) is not None)
