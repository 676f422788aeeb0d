"""Handles: the phone numbers, mail addresses and sender names that people write from.

Two spellings of one person compare equal only after :func:`parse_handle`; no other code may compare raw text
(design ruling 4). Parsing never guesses: text that is not a handle is ``None``, not a scrap of its digits.
"""

from __future__ import annotations

import re
import string
from functools import lru_cache
from typing import NewType

import phonenumbers

Handle = NewType("Handle", str)
"""A normalised handle: ``+15550100001``, ``ann@example.com``, or a sender name such as ``AMAZON``."""

_SERVICE_PREFIX = re.compile(r"^(imessage|sms|rcs|auto|tel|mailto):", re.IGNORECASE)

SHORT_CODE = 6
"""Digits that a short code has at most; it belongs to a carrier, not to a country's numbering plan."""

# E.164 allows 15 digits; three is the shortest number anyone is reached under.
_MAX_DIGITS = 15
_MIN_DIGITS = 3
# The digits are ASCII on purpose: other scripts' digits would turn a look-alike into somebody's number.
_PHONE_LIKE = re.compile(r"^\+?[0-9\s().\-/\u00a0\u2010-\u2015]+$")
_MAIL = re.compile(r"^[^@\s:;]+@[^@\s:;]+$")
_SENDER_NAME = re.compile(r"^[A-Za-z][A-Za-z0-9 ._&-]{0,31}$")
# ASCII only: the Kelvin sign must not become the k of another person's address.
_LOWER = str.maketrans(string.ascii_uppercase, string.ascii_lowercase)
LONGEST = 320
"""Characters of the longest mail address there can be (RFC 5321); a text that is longer names nobody."""

# With the marks and service words around it. What is kept for the next time must not be as long as anybody likes.
_LONGEST_WRITTEN = 2 * LONGEST
# Bidirectional marks that macOS puts around numbers copied from contacts; never part of a handle.
_INVISIBLE = re.compile("[\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")


def visible(text: str) -> str:
    """``text`` without white space around it and without marks that nobody sees."""
    return _INVISIBLE.sub("", text).strip()


def strip_service(text: str) -> str:
    """``text`` without the service words (``imessage:``, ``sms:``, ``auto:`` …) in front, however many."""
    stripped = visible(text)
    while match := _SERVICE_PREFIX.match(stripped):
        stripped = stripped[match.end() :].strip()
    return stripped


def parse_handle(text: str, region: str = "US") -> Handle | None:
    """The normalised handle that ``text`` names, or ``None`` when it names none.

    Mail addresses are lower-cased; numbers become E.164 with ``region`` (an ISO country code) for those written
    without a country code; up to six digits are a short code, and these and incomplete numbers keep their digits;
    sender names stay as they are.
    """
    return _parse(text, region) if len(text) <= _LONGEST_WRITTEN else None


# The same few people write again and again, and parsing a number takes longer than all gates together.
@lru_cache(maxsize=4096)
def _parse(text: str, region: str) -> Handle | None:
    bare = strip_service(text)
    if len(bare) > LONGEST:
        return None
    if _MAIL.match(bare):
        return Handle(bare.translate(_LOWER))
    if _PHONE_LIKE.match(bare):
        return _parse_number(bare, region)
    if _SENDER_NAME.match(bare):
        return Handle(bare)
    return None


def _parse_number(text: str, region: str) -> Handle | None:
    digits = re.sub(r"\D", "", text)
    if not _MIN_DIGITS <= len(digits) <= _MAX_DIGITS:
        return None
    if text.startswith("+"):
        return _international(text, None) or Handle(f"+{digits}")
    if len(digits) <= SHORT_CODE:
        return Handle(digits)
    # What is no number of the region may still be one that was written without its plus.
    return _international(text, region.upper()) or _international(f"+{digits}", None) or Handle(digits)


def _international(text: str, region: str | None) -> Handle | None:
    try:
        number = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException:
        return None
    # A number that is complete only inside one town would be somebody else's with a country code in front.
    if phonenumbers.is_possible_number_with_reason(number) != phonenumbers.ValidationResult.IS_POSSIBLE:
        return None
    formatted = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    return Handle(formatted) if len(formatted) <= _MAX_DIGITS + 1 else None


def is_automated(handle: Handle) -> bool:
    """Whether companies' machines write from it, and no person: a short code, or a name in the place of a number."""
    return "@" not in handle and (handle[:1].isalpha() or len(handle) <= SHORT_CODE)


def mask_handle(text: str) -> str:
    """A rendering for logs that a person recognises and a stranger cannot use: ``+1•••0001``, ``a•••@example.com``."""
    if "@" in text:
        name, _, host = text.partition("@")
        return f"{name[:1]}•••@{host}"
    return f"{text[:2]}•••{text[-4:]}" if len(text) > 7 else "•••"
