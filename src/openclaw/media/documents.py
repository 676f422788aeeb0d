"""What can be read in a document, within bounds. Runs in the child alone."""

from __future__ import annotations

from pathlib import Path

from pypdf import PdfReader

from openclaw.media.kinds import TEXT
from openclaw.media.results import Prepared

MOST_PAGES = 50
MOST_CHARS = 40_000
"""Of one document: about ten thousand tokens, more than most windows have room for."""

TEXT_NAME = "text.txt"
# A character has at most four bytes.
_MOST_TEXT_BYTES = 4 * MOST_CHARS
_ENCODINGS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))


def prepare_pdf(source: Path, mime: str, into: Path) -> Prepared:
    """Write the words of a PDF beside it. Raises whatever the library raises on a broken file."""
    reader = PdfReader(source)
    if reader.is_encrypted and not reader.decrypt(""):
        return Prepared(mime, "document", note="it is locked with a password")
    pages: list[str] = []
    room, count = MOST_CHARS, len(reader.pages)
    for page in reader.pages[:MOST_PAGES]:
        pages.append(page.extract_text()[:room])
        room -= len(pages[-1])
        if not room:
            break
    words = "\n\n".join(page.strip() for page in pages if page.strip())
    if not words:
        return Prepared(mime, "document", note="no text can be read in it; it may be a scan")
    note = "" if room and count <= MOST_PAGES else f"only the beginning of its {count} pages was read"
    return Prepared(mime, "document", text=_kept(words, into), note=note)


def prepare_text(source: Path, into: Path) -> Prepared:
    """Write what a text file says beside it, in UTF-8."""
    with source.open("rb") as opened:
        raw = opened.read(_MOST_TEXT_BYTES + 1)
    encoding = next((name for mark, name in _ENCODINGS if raw.startswith(mark)), "utf-8")
    words = raw[:_MOST_TEXT_BYTES].decode(encoding, "replace")
    is_cut = len(raw) > _MOST_TEXT_BYTES or len(words) > MOST_CHARS
    note = "only its beginning was read" if is_cut else ""
    return Prepared(TEXT.mime, "document", text=_kept(words[:MOST_CHARS], into), note=note)


def _kept(words: str, into: Path) -> str:
    (into / TEXT_NAME).write_text(words, encoding="utf-8", errors="replace")
    return TEXT_NAME
