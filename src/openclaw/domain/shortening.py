"""Shortening: what is too long for where it goes keeps its beginning and its end, with a visible mark between."""

from __future__ import annotations

# The beginning says what it is about, the end what is wanted; of the two the beginning is the longer.
_HEAD_OF_THREE = 2


def shortened(text: str, most: int) -> str:
    """``text`` of at most ``most`` characters beside the mark, which tells how many were left out."""
    if len(text) <= most:
        return text
    head = most * _HEAD_OF_THREE // 3
    tail = most - head
    return f"{text[:head]} ⟦… {len(text) - most} characters left out⟧ {text[len(text) - tail :]}"
