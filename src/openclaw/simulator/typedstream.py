"""The archive in which Messages keeps a styled text (`attributedBody`): bytes in, text out, and back.

Owns the byte layout of NSArchiver's typedstream as far as one string with one run of attributes needs it. It must not
know databases; how imsg misreads such archives is in `bodies`.
"""

from __future__ import annotations

_HEADER = b"\x04\x0bstreamtyped\x81\xe8\x03"
_NEW, _NIL, _END = b"\x84", b"\x85", b"\x86"
_TEXT_TYPE = b"\x84\x01+"
"""The first use of the type `+`, a counted run of bytes; what follows is the length and the text."""

_SHORT_MAX = 0x7F
_TWO_BYTES, _FOUR_BYTES = b"\x81", b"\x82"


def _integer(value: int) -> bytes:
    if value <= _SHORT_MAX:
        return bytes([value])
    if value <= 0xFFFF:
        return _TWO_BYTES + value.to_bytes(2, "little")
    return _FOUR_BYTES + value.to_bytes(4, "little")


def _class(name: bytes, version: int = 0) -> bytes:
    return _NEW + _integer(len(name)) + name + bytes([version])


def encode(text: str) -> bytes:
    """Return the archive of an attributed string with one run that covers all of ``text``."""
    content = text.encode("utf-8", "replace")
    units = len(text.encode("utf-16-le", "replace")) // 2
    string = _NEW * 2 + _class(b"NSAttributedString") + _NEW + _class(b"NSObject") + _NIL
    string += (
        b"\x92" + _NEW * 2 + _class(b"NSString", 1) + b"\x94" + _TEXT_TYPE + _integer(len(content)) + content
    )
    attributes = b"\x92" + _NEW * 2 + _class(b"NSDictionary") + b"\x94\x84\x01i\x01\x92\x84\x96\x96"
    attributes += b"\x1d__kIMMessagePartAttributeName" + _END
    number = (
        b"\x92"
        + _NEW * 2
        + _class(b"NSNumber")
        + _NEW
        + _class(b"NSValue")
        + b"\x94\x84\x01*\x84\x99\x99\x00"
    )
    run = _END + _NEW + b"\x02iI\x01" + _integer(units)
    return _HEADER + b"\x84\x01@" + string + run + attributes + number + _END * 3


def decode(archive: bytes) -> str | None:
    """Return the string inside ``archive``, or None when it is not such an archive or is cut short."""
    start = archive.find(_TEXT_TYPE)
    if not archive.startswith(_HEADER) or start < 0:
        return None
    rest = archive[start + len(_TEXT_TYPE) :]
    match rest[:1]:
        case b"":
            return None
        case b"\x81":
            length, begin = int.from_bytes(rest[1:3], "little"), 3
        case b"\x82":
            length, begin = int.from_bytes(rest[1:5], "little"), 5
        case short:
            length, begin = short[0], 1
    content = rest[begin : begin + length]
    return content.decode("utf-8", "replace") if len(content) == length else None
