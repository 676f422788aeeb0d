"""What a file is by what is in it, and under which name it may lie. Pure; an ending alone is never believed."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping

HEAD_BYTES = 4096
"""How much of the beginning of a file is looked at."""

UNKNOWN_TYPE = "application/octet-stream"
FALLBACK_NAME = "file"
# A Mac takes 255 bytes; what is longer is no name that anybody reads.
_LONGEST_NAME = 120
_LONGEST_ENDING = 12

_MARKS: tuple[tuple[int, bytes, str], ...] = (
    (0, b"\x89PNG\r\n\x1a\n", "image/png"),
    (0, b"\xff\xd8\xff", "image/jpeg"),
    (0, b"GIF87a", "image/gif"),
    (0, b"GIF89a", "image/gif"),
    (0, b"II*\x00", "image/tiff"),
    (0, b"MM\x00*", "image/tiff"),
    (0, b"%PDF-", "application/pdf"),
    (0, b"caff\x00\x01", "audio/x-caf"),
    (0, b"OggS", "audio/ogg"),
    (0, b"fLaC", "audio/flac"),
    (0, b"ID3", "audio/mpeg"),
    (0, b"\xff\xfb", "audio/mpeg"),
    (0, b"#!AMR", "audio/amr"),
    (0, b"\x1a\x45\xdf\xa3", "video/webm"),
    (0, b"PK\x03\x04", "application/zip"),
    (0, b"\x1f\x8b", "application/gzip"),
    (257, b"ustar", "application/x-tar"),
)
"""Signatures: (offset, bytes, type)."""

_RIFF: Mapping[bytes, str] = {b"WEBP": "image/webp", b"WAVE": "audio/wav", b"AVI ": "video/x-msvideo"}
# The brand behind "ftyp" of the ISO base media format (ISO 14496-12).
_BRANDS: Mapping[bytes, str] = {
    b"heic": "image/heic",
    b"heix": "image/heic",
    b"hevc": "image/heic",
    b"mif1": "image/heif",
    b"msf1": "image/heif",
    b"avif": "image/avif",
    b"qt  ": "video/quicktime",
    b"M4A ": "audio/mp4",
    b"M4B ": "audio/mp4",
}
_OF_ZIP: Mapping[str, str] = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "epub": "application/epub+zip",
    "pages": "application/vnd.apple.pages",
    "numbers": "application/vnd.apple.numbers",
    "key": "application/vnd.apple.keynote",
    "pkpass": "application/vnd.apple.pkpass",
}
_OF_TEXT: Mapping[str, str] = {
    "csv": "text/csv",
    "html": "text/html",
    "htm": "text/html",
    "md": "text/markdown",
    "json": "application/json",
    "xml": "application/xml",
    "svg": "image/svg+xml",
    "ics": "text/calendar",
    "vcf": "text/vcard",
}
_ENDINGS: Mapping[str, str] = {
    "image/png": "png",
    "image/jpeg": "jpg",
    "image/gif": "gif",
    "image/webp": "webp",
    "image/heic": "heic",
    "image/tiff": "tiff",
    "application/pdf": "pdf",
    "audio/x-caf": "caf",
    "audio/mpeg": "mp3",
    "audio/mp4": "m4a",
    "audio/wav": "wav",
    "video/mp4": "mp4",
    "video/quicktime": "mov",
    "application/zip": "zip",
    "text/plain": "txt",
}
# Parts of a path here or on a Mac, what a shell reads, and what makes a name look like another one.
_UNSAFE = re.compile(r"[\x00-\x1f\x7f-\x9f/\\:*?\"'`<>|$;&!\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
_WHITE = re.compile(r"\s+")


def kind_of(head: bytes, name: str) -> str:
    """The type of a file that begins with ``head``; of several that begin alike, the one that ``name`` ends like."""
    ending = _ending(name).lower()
    for offset, mark, kind in _MARKS:
        if head[offset : offset + len(mark)] == mark:
            return _OF_ZIP.get(ending, kind) if kind == "application/zip" else kind
    # Two letters that many a text begins with; the reserved bytes behind the size are zero in every bitmap.
    if head[:2] == b"BM" and head[6:10] == bytes(4):
        return "image/bmp"
    if head[:4] == b"RIFF" and head[8:12] in _RIFF:
        return _RIFF[head[8:12]]
    if head[4:8] == b"ftyp":
        return _BRANDS.get(head[8:12], "video/mp4")
    return _OF_TEXT.get(ending, "text/plain") if _is_text(head) else UNKNOWN_TYPE


def safe_name(name: str, kind: str = "") -> str:
    """``name`` as that of a file in a folder of its own: its last part, readable, and short; never "" or hidden.

    One without an ending gets that of ``kind``.
    """
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", name).strip())[-1]
    readable = "".join(one for one in last if not "\ud800" <= one <= "\udfff")
    clean = _WHITE.sub(" ", _UNSAFE.sub("_", readable)).strip(" .-~")
    ending = _ending(clean)
    stem = clean.removesuffix(f".{ending}") if ending else clean
    ending = ending or _ENDINGS.get(kind, "")
    room = _LONGEST_NAME - len(ending.encode()) - 1
    short = stem.encode()[:room].decode("utf-8", "ignore").rstrip(" .") or FALLBACK_NAME
    return f"{short}.{ending}" if ending else short


def _ending(name: str) -> str:
    stem, dot, ending = name.rpartition(".")
    fits = dot and stem and len(ending) <= _LONGEST_ENDING and ending.isascii() and ending.isalnum()
    return ending if fits else ""


def _is_text(head: bytes) -> bool:
    if b"\x00" in head:
        return False
    try:
        head.decode("utf-8")
    except UnicodeDecodeError as error:
        # A character that the end of the look cuts in two is no sign of anything.
        return len(head) == HEAD_BYTES and error.start >= len(head) - 3
    return True
