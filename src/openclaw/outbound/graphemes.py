"""Where a text may be cut without breaking what a reader sees as one character.

Follows the boundary rules of Unicode UAX #29 as far as the standard library's data reach: combining marks,
joined and flagged emoji, Hangul, Indic conjuncts. Counts lengths the way Messages does, in UTF-16 units.
"""

from __future__ import annotations

import unicodedata

_JOINER = "\u200d"
_NON_JOINER = "\u200c"
_VIRAMA = 9  # the canonical combining class of signs that bind the next consonant
_EXTENDING = {_JOINER, _NON_JOINER, "\u0e33", "\u0eb3"}
_HANGUL_LEAD = range(0x1100, 0x1160)
_HANGUL_VOWEL = range(0x1160, 0x11A8)
_HANGUL_TAIL = range(0x11A8, 0x1200)
_HANGUL_SYLLABLE = range(0xAC00, 0xD7A4)


def utf16_length(text: str) -> int:
    """How many UTF-16 code units ``text`` takes; characters beyond the basic plane take two."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def fit(text: str, start: int, limit: int) -> int:
    """The largest end for which ``text[start:end]`` takes at most ``limit`` UTF-16 units."""
    end = min(start + limit, len(text))
    excess = utf16_length(text[start:end]) - limit
    while excess > 0:
        end -= 1
        excess -= 2 if text[end] > "\uffff" else 1
    return end


def is_boundary(text: str, position: int, start: int = 0) -> bool:
    """Whether ``text`` may be cut before ``position``; ``start`` is a known boundary at or before it."""
    if position <= start or position >= len(text):
        return True
    before, after = text[position - 1], text[position]
    if before == "\r" and after == "\n":
        return False
    if _extends(after) or before == _JOINER or _binds(before, after):
        return False
    if _is_flag_half(before) and _is_flag_half(after):
        return _flag_halves_before(text, position, start) % 2 == 0
    return not _same_syllable(ord(before), ord(after))


def _extends(character: str) -> bool:
    code = ord(character)
    return (
        unicodedata.category(character).startswith("M")
        or character in _EXTENDING
        or 0x1F3FB <= code <= 0x1F3FF  # skin tones
        or 0xE0020 <= code <= 0xE007F  # the letters of a regional flag
    )


def _binds(before: str, after: str) -> bool:
    return unicodedata.combining(before) == _VIRAMA and unicodedata.category(after) == "Lo"


def _is_flag_half(character: str) -> bool:
    return 0x1F1E6 <= ord(character) <= 0x1F1FF


def _flag_halves_before(text: str, position: int, start: int) -> int:
    first = position
    while first > start and _is_flag_half(text[first - 1]):
        first -= 1
    return position - first


def _same_syllable(before: int, after: int) -> bool:
    if before in _HANGUL_LEAD:
        return after in _HANGUL_LEAD or after in _HANGUL_VOWEL or after in _HANGUL_SYLLABLE
    open_syllable = before in _HANGUL_SYLLABLE and (before - 0xAC00) % 28 == 0
    if before in _HANGUL_VOWEL or open_syllable:
        return after in _HANGUL_VOWEL or after in _HANGUL_TAIL
    if before in _HANGUL_TAIL or before in _HANGUL_SYLLABLE:
        return after in _HANGUL_TAIL
    return False
