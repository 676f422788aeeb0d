"""How each release of imsg reads an `attributedBody`: its decoder, mistakes included.

Owns the emulation only. The right way to read such an archive is `typedstream.decode`.
"""

from __future__ import annotations

from openclaw.simulator.versions import Version

_CONTROL = "".join(map(chr, [*range(0x20), *range(0x7F, 0xA0)]))


def _strip_length(segment: bytes, version: Version) -> bytes:
    match segment[:1]:
        case b"\x81" if version.bodies != "garbled from 128":
            return segment[2:]
        case b"\x82" if version.bodies != "garbled from 128":
            return segment[3:]
        case first if first and first[0] == len(segment) - 1 < 0x80 and version.bodies != "stray from 32":
            return segment[1:]
        case _:
            return segment


def _segments(archive: bytes) -> list[bytes]:
    found: list[bytes] = []
    at = archive.find(b"\x01+")
    while at >= 0:
        end = archive.find(b"\x86\x84", at)
        found.append(archive[at + 2 : end if end >= 0 else len(archive)])
        at = archive.find(b"\x01+", at + 2)
    return found


def _text(segment: bytes, version: Version) -> str:
    if version.bodies == "garbled from 128":
        return segment.decode("utf-8", "replace").lstrip(_CONTROL)
    try:
        return segment.decode("utf-8").lstrip(_CONTROL)
    except UnicodeDecodeError:
        return ""


def read(archive: bytes, version: Version) -> str:
    """Return what ``version`` shows for an archive: the text, a spoilt text, or the raw archive as text."""
    if version.utf16_bodies and archive.startswith(b"\xff\xfe"):
        return archive[2:].decode("utf-16-le", "replace")
    candidates = [_text(_strip_length(segment, version), version) for segment in _segments(archive)]
    best = max(candidates, key=len, default="")
    return best or archive.decode("utf-8", "replace").lstrip(_CONTROL)
