"""Handles: the phone numbers, mail addresses and sender names that people write from.

Two spellings of one person compare equal only after :func:`parse_handle`; no other code may compare raw text
(design ruling 4). Parsing never guesses: text that is not a handle is ``None``, not a scrap of its digits.
"""

from __future__ import annotations

import re
from typing import NewType

import phonenumbers

Handle = NewType("Handle", str)
"""A normalised handle: ``+15550100001``, ``ann@example.com``, or a sender name such as ``AMAZON``."""

_SERVICE_PREFIX = re.compile(r"^(imessage|sms|rcs|auto|tel|mailto):", re.IGNORECASE)
# E.164 allows 15 digits; three is the shortest number anyone is reached under (short codes).
_MAX_DIGITS = 15
_MIN_DIGITS = 3
_PHONE_LIKE = re.compile(r"^\+?[\d\s().\-/\u00a0\u2010-\u2015]+$")
_MAIL = re.compile(r"^[^@\s:;]+@[^@\s:;]+$")
_SENDER_NAME = re.compile(r"^[A-Za-z][A-Za-z0-9 ._&-]{0,31}$")
# Bidirectional marks that macOS puts around numbers copied from contacts; never part of a handle.
_INVISIBLE = re.compile("[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")


def strip_service(text: str) -> str:
    """``text`` without the service words (``imessage:``, ``sms:``, ``auto:`` …) in front, however many."""
    stripped = _INVISIBLE.sub("", text).strip()
    while match := _SERVICE_PREFIX.match(stripped):
        stripped = stripped[match.end() :].strip()
    return stripped


def parse_handle(text: str, region: str = "US") -> Handle | None:
    """The normalised handle that ``text`` names, or ``None`` when it names none.

    Mail addresses are lower-cased; numbers become E.164 with ``region`` (an ISO country code) for those written
    without a country code; short codes and unparsable numbers keep their digits; sender names stay as they are.
    """
    bare = strip_service(text)
    if _MAIL.match(bare):
        return Handle(bare.lower())
    if _PHONE_LIKE.match(bare):
        return _parse_number(bare, region)
    if _SENDER_NAME.match(bare):
        return Handle(bare)
    return None


def _parse_number(text: str, region: str) -> Handle | None:
    digits = re.sub(r"\D", "", text)
    if not _MIN_DIGITS <= len(digits) <= _MAX_DIGITS:
        return None
    try:
        number = phonenumbers.parse(text, None if text.startswith("+") else region.upper())
    except phonenumbers.NumberParseException:
        return Handle(("+" if text.startswith("+") else "") + digits)
    if phonenumbers.is_possible_number(number):
        return Handle(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))
    return Handle(("+" if text.startswith("+") else "") + digits)


def mask_handle(text: str) -> str:
    """A rendering for logs that a person recognises and a stranger cannot use: ``+1•••0001``, ``a•••@example.com``."""
    if "@" in text:
        name, _, host = text.partition("@")
        return f"{name[:1]}•••@{host}"
    return f"{text[:2]}•••{text[-4:]}" if len(text) > 7 else "•••"
