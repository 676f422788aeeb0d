"""What is read in documents."""

from __future__ import annotations

from pathlib import Path

from pypdf import PdfWriter
from tests.media import samples

from openclaw.media import documents
from openclaw.media.documents import MOST_CHARS, MOST_PAGES, TEXT_NAME


def test_the_words_of_a_pdf_are_read(tmp_path: Path) -> None:
    """Issue: text of PDFs for models that take no files."""
    (tmp_path / "a.pdf").write_bytes(samples.pdf("Rent is due", pages=2))

    result = documents.prepare_pdf(tmp_path / "a.pdf", "application/pdf", tmp_path)

    assert (tmp_path / result.text).read_text() == "Rent is due\n\nRent is due"
    assert result.note == ""


def test_of_a_long_pdf_the_beginning_is_read_and_said_so(tmp_path: Path) -> None:
    """Bounded pages and characters."""
    (tmp_path / "a.pdf").write_bytes(samples.pdf("page", pages=MOST_PAGES + 1))

    result = documents.prepare_pdf(tmp_path / "a.pdf", "application/pdf", tmp_path)

    assert (tmp_path / TEXT_NAME).read_text().count("page") == MOST_PAGES
    assert "51 pages" in result.note


def test_a_locked_pdf_and_a_scan_are_kept_and_said_so(tmp_path: Path) -> None:
    """Neither is broken: somebody else may read it."""
    writer = PdfWriter()
    writer.add_blank_page(200, 200)
    writer.write(tmp_path / "scan.pdf")
    writer.encrypt("secret", algorithm="RC4-128")
    writer.write(tmp_path / "locked.pdf")

    scan, locked = (
        documents.prepare_pdf(tmp_path / name, "application/pdf", tmp_path)
        for name in ("scan.pdf", "locked.pdf")
    )

    assert (scan.text, locked.text) == ("", "")
    assert "scan" in scan.note
    assert "password" in locked.note


def test_a_text_is_read_in_its_encoding_and_within_bounds(tmp_path: Path) -> None:
    """UTF-8 with and without a mark, UTF-16 with one; what is no character becomes a visible mark."""
    for raw, words in (
        ("Grüße".encode(), "Grüße"),
        ("Grüße".encode("utf-8-sig"), "Grüße"),
        ("Grüße".encode("utf-16"), "Grüße"),
        (b"a\xffb", "a\ufffdb"),
        (b"x" * (MOST_CHARS + 5), "x" * MOST_CHARS),
    ):
        (tmp_path / "a").write_bytes(raw)
        result = documents.prepare_text(tmp_path / "a", tmp_path)
        assert (tmp_path / TEXT_NAME).read_text(encoding="utf-8") == words
        assert bool(result.note) == (len(raw) > MOST_CHARS)
