"""The small parts of imsg's result objects: dates, words for tapbacks, references, the group flag.

Owns pure conversions between what stands in the database and what stands on the wire. It must not know connections.
"""

from __future__ import annotations

import time
from datetime import datetime

from openclaw.simulator.rows import APPLE_EPOCH_S
from openclaw.simulator.versions import Version

TAPBACK_WORDS = {
    2000: "love",
    2001: "like",
    2002: "dislike",
    2003: "laugh",
    2004: "emphasis",
    2005: "question",
}
TAPBACK_EMOJI = {2000: "❤️", 2001: "👍", 2002: "👎", 2003: "😂", 2004: "‼️", 2005: "❓"}
EMOJI_TAPBACK, REMOVAL = 2006, 1000
FIRST_TAPBACK = 2000


class BadDate(Exception):
    """A `start` or `end` that is not an ISO 8601 moment with a zone."""


def iso(date: int | None) -> str:
    """Return a database date as UTC text with three fractional digits; NULL is the epoch."""
    milliseconds = round((date or 0) / 1e6) + APPLE_EPOCH_S * 1000
    whole = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(milliseconds // 1000))
    return f"{whole}.{milliseconds % 1000:03d}Z"


def from_iso(text: str | None) -> int | None:
    """Return the database date of an ISO 8601 text with zone, or None for None. Raises BadDate."""
    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None or "T" not in text:
        raise BadDate(f"Invalid ISO8601 date: {text}")
    return round((moment.timestamp() - APPLE_EPOCH_S) * 1e9)


def is_group(identifier: str, guid: str, version: Version) -> bool:
    """Return the group flag as ``version`` computes it."""
    if version.group_flag == "guid":
        return ";+;" in guid or ";+;" in identifier
    return ";+;" in (identifier or guid) or ";-;" in (identifier or guid)


def bare_reference(reference: str | None) -> str:
    """Return the guid in `p:0/GUID`; only a part up to the last slash is taken off, so `bp:` stays."""
    return (reference or "").rpartition("/")[2]


def is_tapback(kind: int) -> bool:
    """Return whether an associated message type is a reaction or the removal of one."""
    return (
        FIRST_TAPBACK <= kind <= EMOJI_TAPBACK or FIRST_TAPBACK + REMOVAL <= kind <= EMOJI_TAPBACK + REMOVAL
    )


def tapback(kind: int, text: str) -> tuple[str, str] | None:
    """Return word and emoji of a tapback, or None where they cannot be told."""
    plain = kind - REMOVAL if kind >= FIRST_TAPBACK + REMOVAL else kind
    if plain in TAPBACK_WORDS:
        return TAPBACK_WORDS[plain], TAPBACK_EMOJI[plain]
    emoji = _emoji(text) if plain == EMOJI_TAPBACK else ""
    return ("custom", emoji) if emoji else None


def _emoji(text: str) -> str:
    _, verb, rest = text.partition("Reacted ")
    emoji, to, _ = rest.partition(" to ")
    if verb and to:
        return emoji.strip()
    return next((char for char in text if _counts_as_emoji(char)), "")


def _counts_as_emoji(char: str) -> bool:
    """A coarse reading of the Unicode property, by which digits and `#` are emoji too."""
    return ord(char) >= 0x1F000 or 0x2600 <= ord(char) < 0x27C0 or char in "#0123456789"
