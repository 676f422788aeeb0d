"""Pictures and other files of the conversations: taking them in, and handing them out again.

Owns where they lie (in `Attachments` beside the database, in folders as macOS makes them), what they are called there
and what they are by content. Nothing outside of that folder is ever handed out, whatever the database names.
"""

from __future__ import annotations

import asyncio
import os
import re
import unicodedata
from collections.abc import AsyncIterable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from openclaw.errors import BadRequest, NotFound
from openclaw.simulator import rows, schema

MOST_BYTES = 25 * 1024 * 1024
"""What Messages itself refuses to send by mail servers' old measure; more would only fill the disk of a demo."""

_LONGEST_NAME_BYTES = 120
_GUID = re.compile(r"[0-9A-F]{8}(-[0-9A-F]{4}){3}-[0-9A-F]{12}")
_UNSAFE = re.compile(r'[\x00-\x1f\x7f/\\:*?"<>|]+')
# Enough for every signature below.
_HEAD_BYTES = 16

_SIGNATURES = (
    (re.compile(rb"\x89PNG\r\n\x1a\n"), "image/png", (".png",)),
    (re.compile(rb"\xff\xd8\xff"), "image/jpeg", (".jpg", ".jpeg")),
    (re.compile(rb"GIF8[79]a"), "image/gif", (".gif",)),
    (re.compile(rb"RIFF.{4}WEBP", re.DOTALL), "image/webp", (".webp",)),
    (re.compile(rb".{4}ftyp(heic|heix|mif1)", re.DOTALL), "image/heic", (".heic",)),
    (re.compile(rb".{4}ftypM4A ", re.DOTALL), "audio/x-m4a", (".m4a",)),
    (re.compile(rb".{4}ftypqt  ", re.DOTALL), "video/quicktime", (".mov",)),
    (re.compile(rb"caff"), "audio/x-caf", (".caf",)),
    (re.compile(rb"%PDF-"), "application/pdf", (".pdf",)),
)
_CLAIMED = frozenset(suffix for _, _, suffixes in _SIGNATURES for suffix in suffixes)
_UNKNOWN = "application/octet-stream"

SHOWN = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp"})
"""Types that every browser shows as a picture and none runs anything of."""


class TooLarge(ValueError):
    """A file is over MOST_BYTES."""


@dataclass(frozen=True, slots=True)
class Stored:
    """A file on this disk; ``type`` is told from its content."""

    path: Path
    type: str


def type_of(head: bytes) -> str:
    """The MIME type that the first bytes of a file tell, or application/octet-stream."""
    return next((kind for pattern, kind, _ in _SIGNATURES if pattern.match(head)), _UNKNOWN)


def safe_name(given: str, head: bytes) -> str:
    """A name for a file that is no path, is not hidden, and whose suffix does not claim what the content is not."""
    name = _UNSAFE.sub("_", unicodedata.normalize("NFC", "".join(filter(_printable, given)))).strip(" .")
    stem, suffix = os.path.splitext(name or "file")
    suffixes = next((allowed for pattern, _, allowed in _SIGNATURES if pattern.match(head)), ())
    if suffixes and suffix.lower() not in suffixes:
        suffix = suffixes[0] if suffix.lower() in _CLAIMED or not suffix else suffix + suffixes[0]
    elif not suffixes and suffix.lower() in _CLAIMED:
        suffix += ".bin"
    room = _LONGEST_NAME_BYTES - len(suffix.encode())
    return _cut(stem, max(room, 1)) + _cut(suffix, _LONGEST_NAME_BYTES)


async def store(database: Path, name: str, content: AsyncIterable[bytes]) -> str:
    """Keep ``content`` beside ``database`` and return the guid by which `stored` finds it.

    Raises TooLarge over MOST_BYTES and BadRequest for an empty file; nothing stays behind then.
    """
    guid = rows.new_guid()
    folder = _folder(database, guid)
    folder.mkdir(mode=0o700, parents=True)
    draft = folder / "draft"
    try:
        head = await _write(draft, content)
        draft.rename(folder / safe_name(name, head))
    except BaseException:
        draft.unlink(missing_ok=True)
        folder.rmdir()
        raise
    return guid


def stored(database: Path, guid: str) -> Path:
    """The file that `store` kept under ``guid``; raises NotFound when there is none."""
    folder = _folder(database, guid) if _GUID.fullmatch(guid) else None
    found = sorted(folder.iterdir()) if folder and folder.is_dir() else []
    if len(found) != 1:
        raise NotFound(f"no file was taken in as {guid[:40]!r}; send the file again")
    return found[0]


def attachment(database: Path, number: int) -> Stored:
    """The file of an attachment row; raises NotFound when it has none that this phone keeps."""
    schema.require(database)
    with closing(schema.open_reading(database)) as connection:
        row = connection.execute("SELECT filename FROM attachment WHERE ROWID = ?", (number,)).fetchone()
    root = _root(database).resolve()
    path = Path(row[0] or "").resolve() if row else root
    if not path.is_relative_to(root) or not path.is_file():
        raise NotFound(f"there is no file {number} on this phone")
    with path.open("rb") as file:
        return Stored(path, type_of(file.read(_HEAD_BYTES)))


def _root(database: Path) -> Path:
    return database.parent / "Attachments"


def _folder(database: Path, guid: str) -> Path:
    return _root(database) / guid[:2].lower() / guid[-2:] / guid


async def _write(path: Path, content: AsyncIterable[bytes]) -> bytes:
    head, size = b"", 0
    with _created(path) as file:
        async for chunk in content:
            size += len(chunk)
            if size > MOST_BYTES:
                raise TooLarge(f"the file is over {MOST_BYTES // 1024 // 1024} MB; send a smaller one")
            head = (head + chunk)[:_HEAD_BYTES] if len(head) < _HEAD_BYTES else head
            await asyncio.to_thread(file.write, chunk)
    if not size:
        raise BadRequest("the file is empty; send one with content")
    return head


def _created(path: Path) -> BinaryIO:
    return open(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb")


def _printable(char: str) -> bool:
    # Cf holds the marks that turn the reading direction, by which "gpj.exe" reads as "exe.jpg".
    return unicodedata.category(char) not in ("Cf", "Cs", "Co")


def _cut(text: str, most_bytes: int) -> str:
    return text.encode()[:most_bytes].decode(errors="ignore")
