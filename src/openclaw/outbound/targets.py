"""Typed targets: from what somebody typed as the place of a message to one chat or one person, or to an error.

Nothing is guessed, and no digits are picked out of longer texts: an id that another program took for a phone number has
cost its owner an Apple ID. Knows neither the chats there are nor the ledger.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

import phonenumbers

from openclaw.domain.chats import ChatSelector, parse_selector
from openclaw.domain.handles import Handle, parse_handle, visible
from openclaw.errors import TargetError

Service = Literal["auto", "imessage", "sms"]


@dataclass(frozen=True, slots=True)
class Addressee:
    """A person by handle; ``service`` is ``auto`` unless a prefix named another."""

    handle: Handle
    service: Service = "auto"


TypedTarget = ChatSelector | Addressee
"""What a target can be: a chat that exists, or a person."""

FORMS = "a number as +15550100001, a mail address, chat_id:7, chat_guid:… or chat_identifier:…"
"""The spellings to offer to whoever typed none of them."""

_LIST = "the chats are listed by: openclaw chats list"
_PREFIX = re.compile(r"(?P<word>[A-Za-z_]+):(?P<rest>.*)", re.DOTALL)
_SERVICES: dict[str, Service] = {
    "imessage": "imessage",
    "sms": "sms",
    "rcs": "sms",
    "auto": "auto",
    "tel": "auto",
    "mailto": "auto",
}
_BARE_GUID = re.compile(r"[A-Za-z]+;[-+];.+", re.DOTALL)
_BARE_IDENTIFIER = re.compile(r"chat[0-9]+", re.IGNORECASE)
# ASCII on purpose, here and below: letters and digits of other scripts make look-alikes of other people's handles.
_MAIL = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")
# No line break: it parts two numbers.
_NUMBER = re.compile(r"\+?[0-9 \t().\-/\u00a0\u2010-\u2015]+")
# E.164 allows 15 digits. With fewer than seven a short code, the row of a chat and a mistake look alike.
_MOST_DIGITS, _FEWEST_DIGITS, _SHORTEST_CODE = 15, 7, 3
# Besides the country code: 0, 8 or 1 for another town, 00 or 011 for another country.
_DIALLED_IN_FRONT = 3
_SEVERAL = re.compile(r"[,\n\r]")


def parse_target(text: str, region: str) -> TypedTarget:
    """The chat or person that ``text`` names beyond doubt; ``region`` is the country of numbers without a ``+``.

    A service in front of the name of a chat is ignored, since a chat has its own.

    Raises:
        TargetError: it names none, several, or can be read in two ways; says what to write instead.
    """
    service, bare = _service_of(text)
    if not bare:
        raise TargetError(f"the target {_shown(text)} names nobody; write {FORMS}")
    if _SEVERAL.search(bare):
        raise TargetError(f"{_shown(text)} names more than one target; send to one at a time")
    if selector := parse_selector(bare):
        return selector
    if hint := _misnamed(bare):
        raise TargetError(hint)
    if _NUMBER.fullmatch(bare):
        return Addressee(_number(bare, region, named=service is not None), service or "auto")
    handle = parse_handle(bare, region) if _MAIL.fullmatch(bare) else None
    if handle is None:
        raise TargetError(_of_words(bare))
    return Addressee(handle, service or "auto")


def format_target(target: TypedTarget) -> str:
    """The spelling that ``parse_target`` reads as ``target``, in every region."""
    match target:
        case ChatSelector(kind, value):
            return f"{kind}:{value}"
        case Addressee(handle, service):
            return handle if service == "auto" and not handle.isdecimal() else f"{service}:{handle}"


def _service_of(text: str) -> tuple[Service | None, str]:
    """The service that stands in front, ``None`` without one, and what is behind it."""
    rest = visible(text)
    named: list[Service] = []
    while (prefix := _PREFIX.fullmatch(rest)) and prefix["word"].lower() in _SERVICES:
        named.append(_SERVICES[prefix["word"].lower()])
        rest = prefix["rest"].strip()
    chosen: list[Service] = [service for service in named if service != "auto"]
    if len(set(chosen)) > 1:
        raise TargetError(f"{_shown(text)} names two services; leave one of them out")
    return next(iter((*chosen, *named)), None), rest


def _misnamed(text: str) -> str:
    """What to say about the name of a chat that misses its prefix or its value, and about unknown prefixes."""
    if _BARE_GUID.fullmatch(text):
        return f"{_shown(text)} looks like the guid of a chat; write chat_guid: before it"
    if _BARE_IDENTIFIER.fullmatch(text):
        return f"{_shown(text)} looks like the identifier of a chat; write chat_identifier: before it"
    prefix = _PREFIX.fullmatch(text)
    if prefix is None:
        return ""
    known = parse_selector(f"{prefix['word']}:1")
    if known is None:
        return f"{prefix['word'][:20]}: is no prefix of a target, in {_shown(text)}; write {FORMS}"
    if known.kind == "chat_id":
        return f"{_shown(text)} is without the row number of a chat, which count from 1, as in chat_id:7; {_LIST}"
    return f"{_shown(text)} is without the name of a chat behind its prefix; {_LIST}"


def _number(text: str, region: str, *, named: bool) -> Handle:
    digits = "".join(character for character in text if character.isdecimal())
    if len(digits) > _MOST_DIGITS:
        raise TargetError(
            f"{_shown(text)} has {len(digits)} digits, and a phone number has {_MOST_DIGITS} at most; "
            f"an id is not taken for a number. {_LIST.capitalize()}"
        )
    if len(digits) < _FEWEST_DIGITS and "+" not in text:
        return _short_code(text, digits, named=named)
    whole = _whole_number(text, digits, region)
    if whole is None:
        what = (
            "a possible number of any country"
            if "+" in text
            else f"a number in use in region {region.upper()}"
        )
        raise TargetError(
            f"{_shown(text)} is not {what}; write all of it with + and its country code, as +15550100001, "
            "or chat_id: before the row of a chat"
        )
    return whole


def _short_code(text: str, digits: str, *, named: bool) -> Handle:
    # A service in front says that a code is meant and no row of a chat.
    if named and digits == text and len(digits) >= _SHORTEST_CODE:
        return Handle(digits)
    ways = f"chat_id:{digits} for the chat with that row" if digits else FORMS
    if len(digits) >= _SHORTEST_CODE:
        ways += f", sms:{digits} for the short code"
    raise TargetError(f"{_shown(text)} is too short for a phone number; write {ways}")


def _whole_number(text: str, digits: str, region: str) -> Handle | None:
    try:
        number = phonenumbers.parse(text, region.upper())
    except phonenumbers.NumberParseException:
        return None
    if phonenumbers.is_possible_number_with_reason(number) != phonenumbers.ValidationResult.IS_POSSIBLE:
        return None
    # A plus says that a number is meant. Without it ids and times of the same length must not pass for one.
    if "+" not in text and not phonenumbers.is_valid_number(number):
        return None
    handle = parse_handle(text, region)
    code = str(number.country_code)
    if handle is None or not handle.startswith(f"+{code}"):
        return None
    # Some plans complete or rewrite a number; here only what is dialled in front of it may fall away.
    kept = handle[1 + len(code) :]
    in_front = len(digits) - len(kept)
    return handle if digits.endswith(kept) and in_front <= len(code) + _DIALLED_IN_FRONT else None


def _of_words(text: str) -> str:
    if not any(character.isdecimal() for character in text) and "@" not in text:
        return f"{_shown(text)} is a name, and this gateway has no address book; write {FORMS}; {_LIST}"
    if not text.isascii():
        return f"{_shown(text)} has characters that no number or mail address has; type it anew: {FORMS}"
    if "@" in text:
        return f"{_shown(text)} is no mail address; write {FORMS}"
    return (
        f"{_shown(text)} is neither a number nor a mail address, and digits inside a text are not taken for a number; "
        f"write {FORMS}; {_LIST}"
    )


def _shown(text: str) -> str:
    # Escaped where it cannot be printed: an argument of a command line may be no text at all.
    return (
        ascii(text[:80]) if any("\ud800" <= character <= "\udfff" for character in text) else repr(text[:80])
    )
