"""What a file is, told from its first bytes and never from its name. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

HEAD_BYTES = 4096
"""As much as is looked at: every signature is in the first few, and a text shows in a page of it."""


class Family(StrEnum):
    """What kind of thing a file is to somebody who is shown its name."""

    IMAGE = "image"
    AUDIO = "audio"
    VIDEO = "video"
    DOCUMENT = "document"
    FILE = "file"


@dataclass(frozen=True, slots=True)
class Kind:
    """A type of file; the first of ``suffixes`` is the usual one, none fits where there are none."""

    mime: str
    family: Family
    suffixes: tuple[str, ...] = ()


PDF = Kind("application/pdf", Family.DOCUMENT, (".pdf",))
TEXT = Kind("text/plain", Family.DOCUMENT)
UNKNOWN = Kind("application/octet-stream", Family.FILE)

_HEIC = Kind("image/heic", Family.IMAGE, (".heic", ".heif"))
_MP4 = Kind("video/mp4", Family.VIDEO, (".mp4", ".m4v"))
# What an ISO container calls itself (https://mp4ra.org/registered-types/brands); another brand is a film.
_BRANDS = (
    (b"heic heix hevc hevx heim heis mif1 msf1", _HEIC),
    (b"avif avis", Kind("image/avif", Family.IMAGE, (".avif",))),
    (b"M4A  M4B ", Kind("audio/mp4", Family.AUDIO, (".m4a", ".mp4"))),
    (b"qt  ", Kind("video/quicktime", Family.VIDEO, (".mov", ".qt"))),
    (b"3gp4 3gp5 3gp6", Kind("video/3gpp", Family.VIDEO, (".3gp",))),
)
_SIGNATURES = (
    (rb"\x89PNG\r\n\x1a\n", Kind("image/png", Family.IMAGE, (".png",))),
    (rb"\xff\xd8\xff", Kind("image/jpeg", Family.IMAGE, (".jpg", ".jpeg"))),
    (rb"GIF8[79]a", Kind("image/gif", Family.IMAGE, (".gif",))),
    (rb"RIFF.{4}WEBP", Kind("image/webp", Family.IMAGE, (".webp",))),
    (rb"BM.{4}\x00{4}", Kind("image/bmp", Family.IMAGE, (".bmp",))),
    (rb"II\*\x00|MM\x00\*", Kind("image/tiff", Family.IMAGE, (".tif", ".tiff", ".dng"))),
    (rb"caff\x00\x01", Kind("audio/x-caf", Family.AUDIO, (".caf",))),
    (rb"#!AMR", Kind("audio/amr", Family.AUDIO, (".amr",))),
    (rb"RIFF.{4}WAVE", Kind("audio/wav", Family.AUDIO, (".wav",))),
    (rb"ID3|\xff[\xfb\xf3\xf2]", Kind("audio/mpeg", Family.AUDIO, (".mp3",))),
    (rb"OggS", Kind("audio/ogg", Family.AUDIO, (".ogg", ".oga", ".opus"))),
    (rb"fLaC", Kind("audio/flac", Family.AUDIO, (".flac",))),
    (rb"FORM.{4}AIF[FC]", Kind("audio/aiff", Family.AUDIO, (".aiff", ".aif"))),
    (rb"%PDF-", PDF),
    # Also what office programs write, whose own suffixes are as good.
    (rb"PK\x03\x04", Kind("application/zip", Family.FILE)),
    (rb"\x1f\x8b", Kind("application/gzip", Family.FILE, (".gz", ".tgz"))),
)
_KNOWN = tuple((re.compile(pattern, re.DOTALL), kind) for pattern, kind in _SIGNATURES)
_MARKS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")
_CONTROL = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")


_ALL = (*(kind for _, kind in _BRANDS), *(kind for _, kind in _SIGNATURES), _MP4)


def suffixes_of(mime: str) -> tuple[str, ...]:
    """How names of files of a type end, the usual way first; none where anything fits."""
    # What office programs and others write is a zip inside, under names of their own.
    return next((kind.suffixes for kind in _ALL if kind.mime == mime), ())


def kind_of(head: bytes) -> Kind:
    """What a file is that begins with ``head`` (its first HEAD_BYTES)."""
    if head[4:8] == b"ftyp":
        brand = head[8:12]
        return next((kind for brands, kind in _BRANDS if len(brand) == 4 and brand in brands), _MP4)
    found = next((kind for pattern, kind in _KNOWN if pattern.match(head)), None)
    if found is not None:
        return found
    return TEXT if _is_text(head) else UNKNOWN


def _is_text(head: bytes) -> bool:
    if head.startswith(_MARKS):
        return True
    # The last character of the head may be cut in two.
    return (
        bool(head)
        and not _CONTROL.search(head)
        and len(head) - len(head.decode("utf-8", "ignore").encode()) < 4
    )
