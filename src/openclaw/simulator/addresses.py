"""How imsg reads the text in `to`: phone-like, mail, or a name of the address book.

Pure. The phone rules are the part of E.164 that a stand-in needs; what cannot be read is passed on unchanged.
"""

from __future__ import annotations

from collections.abc import Mapping

_PHONE_CHARACTERS = frozenset("0123456789+ ()-")
_CALLING_CODES = {"US": "1", "CA": "1", "GB": "44", "DE": "49", "FR": "33", "AU": "61"}
_NANP_LENGTH = 10


class Ambiguous(Exception):
    """A name fits several contacts; the message lists them, one a line."""


def looks_like_handle(text: str) -> bool:
    """Return whether a chat identifier names a person rather than a group."""
    return bool(text) and (
        set(text) <= _PHONE_CHARACTERS or "@" in text or text.startswith(("imessage:", "sms:", "auto:"))
    )


def normal(text: str, region: str) -> str:
    """Return a phone number as E.164, everything else unchanged."""
    digits = "".join(char for char in text if char.isdigit())
    if not digits or not set(text.strip()) <= _PHONE_CHARACTERS | {"."}:
        return text
    if text.strip().startswith("+"):
        return "+" + digits
    code = _CALLING_CODES.get(region.upper())
    if code == "1" and len(digits) in (_NANP_LENGTH, _NANP_LENGTH + 1):
        return "+1" + digits[-_NANP_LENGTH:]
    return f"+{code}{digits.lstrip('0')}" if code and code != "1" and len(digits) >= _NANP_LENGTH else text


def by_name(text: str, contacts: Mapping[str, str]) -> str:
    """Return the handle of the one contact whose name contains ``text``, or ``text``. Raises Ambiguous."""
    if set(text) <= _PHONE_CHARACTERS or "@" in text:
        return text
    found = {name: handle for handle, name in contacts.items() if text.lower() in name.lower()}
    if len(found) > 1:
        raise Ambiguous(
            f'Multiple contacts match "{text}":\n' + "\n".join(f"  {name}: {found[name]}" for name in found)
        )
    return next(iter(found.values()), text)
