"""What each release of imsg knows, as data. No I/O.

From 0.14 on imsg refuses keys that it does not know, so nothing may be sent that is not in this table.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

Version = tuple[int, int, int]

# The first release with `imsg rpc`.
FIRST_WITH_RPC: Version = (0, 3, 0)

# The first release that reads rows in the order of their numbers, by pages.
FIRST_WITH_PAGES: Version = (0, 14, 0)

# The first release whose status names the methods that it serves, and with methods for the helper inside Messages.
FIRST_WITH_METHODS: Version = (0, 7, 3)

_ALWAYS = FIRST_WITH_RPC
# The first release that reacts to messages, answers one of them, and changes what was said.
_REWRITING: Version = (0, 9, 0)
_PARAMETERS: Mapping[str, Mapping[str, Version]] = {
    "chats.list": {"limit": _ALWAYS},
    "messages.history": {"chat_id": _ALWAYS, "limit": _ALWAYS, "attachments": _ALWAYS},
    "watch.subscribe": {
        "since_rowid": _ALWAYS,
        "attachments": _ALWAYS,
        "debounce_ms": (0, 6, 0),
        "include_reactions": (0, 5, 0),
    },
    "messages.after": {
        "since_rowid": FIRST_WITH_PAGES,
        "limit": FIRST_WITH_PAGES,
        "attachments": FIRST_WITH_PAGES,
        "include_reactions": FIRST_WITH_PAGES,
    },
    "watch.unsubscribe": {"subscription": _ALWAYS},
    "send": {
        "to": _ALWAYS,
        "chat_id": _ALWAYS,
        "text": _ALWAYS,
        "file": _ALWAYS,
        "service": _ALWAYS,
        "region": _ALWAYS,
        "transport": (0, 8, 1),
    },
    "typing": {"chat_guid": FIRST_WITH_METHODS, "typing": FIRST_WITH_METHODS},
    "read": {"chat_guid": FIRST_WITH_METHODS},
    "send.rich": {"chat_guid": _REWRITING, "text": _REWRITING, "reply_to": _REWRITING},
    "message.edit": {"chat_guid": _REWRITING, "message_id": _REWRITING, "text": _REWRITING},
    "message.unsend": {"chat_guid": _REWRITING, "message_id": _REWRITING},
    "tapback": {
        "chat_guid": _REWRITING,
        "message_id": _REWRITING,
        "reaction": _REWRITING,
        "remove": _REWRITING,
    },
}
"""The release that first knew each parameter that we use."""

_NUMBER = re.compile(r"(?<![\d.])(\d+)\.(\d+)(?:\.(\d+))?")


def parse_version(text: str) -> Version | None:
    """The version that the output of ``imsg --version`` names, or ``None`` when it names none."""
    match = _NUMBER.search(text)
    return (int(match[1]), int(match[2]), int(match[3] or 0)) if match else None


def render_version(version: Version | None) -> str:
    """``0.9.0``, or "" for an unknown version."""
    return ".".join(map(str, version)) if version else ""


def known_params(version: Version | None, method: str, params: Mapping[str, Any]) -> dict[str, Any]:
    """``params`` without what ``version`` does not know. An unknown version counts as the newest.

    That is safe both ways: releases before 0.14 ignore what they do not know, later ones know all of this.
    """
    table = _PARAMETERS[method]
    return {key: value for key, value in params.items() if version is None or table[key] <= version}
