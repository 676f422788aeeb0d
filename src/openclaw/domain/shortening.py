"""Shortening: what is too long for where it goes keeps its beginning and its end, with a visible mark between."""

from __future__ import annotations

import unicodedata

# The beginning says what it is about, the end what is wanted; of the two the beginning is the longer.
_HEAD_OF_THREE = 2


def shortened(text: str, most: int) -> str:
    """``text`` of at most ``most`` characters beside the mark, which tells how many were left out."""
    if len(text) <= most:
        return text
    head = most * _HEAD_OF_THREE // 3
    tail = most - head
    return f"{text[:head]} ⟦… {len(text) - most} characters left out⟧ {text[len(text) - tail :]}"


def one_line(text: str) -> str:
    """``text`` on one line, without what nobody sees, such as marks that turn the direction in which it is read."""
    return " ".join("".join(map(_shown, text)).split())


def _shown(char: str) -> str:
    kind = unicodedata.category(char)
    if kind in ("Cc", "Zl", "Zp"):
        return " "
    return "" if kind in ("Cf", "Cs", "Co", "Cn") else char
