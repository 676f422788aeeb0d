"""Types by content, and names that can lie anywhere."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from openclaw.domain.file_kinds import HEAD_BYTES, UNKNOWN_TYPE, kind_of, safe_name


@pytest.mark.parametrize(
    ("head", "name", "kind"),
    [
        (b"\x89PNG\r\n\x1a\nrest", "holiday.jpg", "image/png"),
        (b"\xff\xd8\xff\xe0", "x", "image/jpeg"),
        (b"\x00\x00\x00\x18ftypheic", "a.png", "image/heic"),
        (b"\x00\x00\x00\x18ftypisom", "a", "video/mp4"),
        (b"\x00\x00\x00\x14ftypqt  ", "a", "video/quicktime"),
        (b"RIFF\x00\x00\x00\x00WEBPVP8", "a.gif", "image/webp"),
        (b"%PDF-1.7", "a.png", "application/pdf"),
        (b"PK\x03\x04", "letter.zip", "application/zip"),
        (
            b"PK\x03\x04",
            "letter.docx",
            "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        ),
        (b"name,age\n", "list.csv", "text/csv"),
        (b"hello", "a.png", "text/plain"),
        (b"caffeine is a drug\n", "a", "text/plain"),
        (b"caff\0\1\0\0desc", "memo", "audio/x-caf"),
        (b"BMW cars are\n", "a", "text/plain"),
        (b"BM\x46\0\0\0\0\0\0\0\x36\0\0\0\x28\0", "a", "image/bmp"),
        ("ä".encode() * (HEAD_BYTES // 2 - 1) + b"a\xc3", "a", "text/plain"),
        (b"\x7fELF\x00\x01", "a.png", UNKNOWN_TYPE),
        (b"", "a.txt", "text/plain"),
    ],
)
def test_what_is_in_a_file_says_what_it_is(head: bytes, name: str, kind: str) -> None:
    """An ending alone is never believed; it only tells apart what begins alike."""
    assert kind_of(head, name) == kind


@pytest.mark.parametrize(
    ("name", "kind", "safe"),
    [
        ("../../etc/passwd", "", "passwd"),
        ("C:\\Temp\\a.txt", "", "a.txt"),
        (".ssh", "", "ssh"),
        ("-rf", "", "rf"),
        ("", "image/png", "file.png"),
        ("photo", "image/jpeg", "photo.jpg"),
        ("a$(reboot)`x`.png", "", "a_(reboot)_x_.png"),
        ("gpj.\u202eexe", "", "gpj._exe"),
        ("a\nb\tc.txt", "", "a_b_c.txt"),
        ("Ü bersicht.pdf", "", "Ü bersicht.pdf"),
        ("x" * 300 + ".tar", "", "x" * 116 + ".tar"),
    ],
)
def test_a_name_is_made_harmless_and_stays_readable(name: str, kind: str, safe: str) -> None:
    """Names go to a shell, to a Mac and to a person (issue: safe names)."""
    assert safe_name(name, kind) == safe


@given(st.text(max_size=400), st.sampled_from(["", "image/png", "text/plain"]))
@example("\ud800", "")
@example("...", "")
def test_every_name_can_lie_in_any_folder(name: str, kind: str) -> None:
    """One part of a path, not hidden, printable, short, the same when made safe again."""
    safe = safe_name(name, kind)
    assert safe not in {"", ".", ".."}
    assert not safe.startswith((".", "-", " "))
    assert not set("/\\\0\n:\"'`$;|&<>*?") & set(safe)
    assert len(safe.encode()) <= 133
    assert unicodedata.is_normalized("NFC", safe)
