"""Pictures and files in and out."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openclaw.simulator import phone
from openclaw.simulator.page import files

ANN = "+15550100001"
PNG, JPEG, HTML = (
    b"\x89PNG\r\n\x1a\n" + b"x" * 40,
    b"\xff\xd8\xff\xe0rest",
    b"<html><script>alert(1)</script>",
)


def sent(page: Any, name: str, content: bytes) -> dict[str, Any]:
    """Send one file into Ann's conversation and return how the bubble names it."""
    chat = page.post("api/contacts", address=ANN).json["chat"]["id"]
    taken = page.take_file(quote(name), content)
    assert taken.code == 201
    said = page.post(f"api/chats/{chat}/bubbles", sender=ANN, files=[taken.json["file"]])
    assert said.code == 201
    (file,) = said.json["bubble"]["files"]
    return file


def test_a_picture_goes_in_and_comes_out(page: Any, database: Path) -> None:
    """It lies beside the database in folders as a Mac makes them, for the owner alone (brief)."""
    file = sent(page, "summer house.png", PNG)
    assert (file["name"], file["type"], file["size"]) == ("summer house.png", "image/png", len(PNG))
    shown = page.get(f"api/files/{file['id']}")
    assert (shown.code, shown.body, shown.headers["content-type"]) == (200, PNG, "image/png")
    assert shown.headers["x-content-type-options"] == "nosniff"
    (path,) = (database.parent / "Attachments").rglob("*.png")
    assert (path.stat().st_mode & 0o777, path.parent.stat().st_mode & 0o777) == (0o600, 0o700)
    assert phone.read_thread(database, ANN)[0].attachments == (str(path),)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("page.html", HTML),
        ("cat.svg", b"<svg onload='alert(1)'/>"),
        ("cat.png", HTML),
        ("cat", HTML),
        ("a.js", b"alert(1)"),
    ],
)
def test_what_is_no_picture_is_only_ever_saved(page: Any, name: str, content: bytes) -> None:
    """No file from a contact runs as part of the page, whatever it is called (issue: attacks)."""
    served = page.get(f"api/files/{sent(page, name, content)['id']}")
    assert served.headers["content-type"] == "application/octet-stream"
    assert served.headers["content-disposition"].startswith("attachment")
    assert served.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize(
    ("given_name", "content", "name"),
    [
        ("cat.png", PNG, "cat.png"),
        ("cat.PNG", PNG, "cat.PNG"),
        ("cat.png", JPEG, "cat.jpg"),
        ("cat.html", PNG, "cat.html.png"),
        ("cat.png", HTML, "cat.png.bin"),
        ("../../etc/passwd", b"text", "_.._etc_passwd"),
        ("/abs\\olute\x00.txt", b"text", "_abs_olute_.txt"),
        (".hidden", b"text", "hidden"),
        ("..", b"text", "file"),
        ("", JPEG, "file.jpg"),
        ("invoice\u202egpj.exe", b"MZ", "invoicegpj.exe"),
    ],
)
def test_a_name_is_no_path_and_no_lie(given_name: str, content: bytes, name: str) -> None:
    """Type by content, safe names (brief)."""
    assert files.safe_name(given_name, content[:16]) == name


@given(st.text(max_size=300), st.sampled_from([PNG, JPEG, HTML, b"%PDF-1.7", b"caff"]))
def test_every_name_is_safe(name: str, content: bytes) -> None:
    """One path component, never hidden, never too long for a disk."""
    safe = files.safe_name(name, content[:16])
    assert safe == os.path.basename(safe) != ""
    assert not safe.startswith(".")
    assert "\x00" not in safe
    assert len(safe.encode()) <= 140


def test_a_file_over_the_limit_is_refused_and_gone(page: Any, database: Path) -> None:
    """25 MB (brief); nothing of it stays on the disk."""
    answer = page.take_file("big.png", PNG + bytes(files.MOST_BYTES))
    assert (answer.code, "25 MB" in answer.json["error"]) == (413, True)
    assert [each for each in (database.parent / "Attachments").rglob("*") if each.is_file()] == []


def test_an_empty_file_is_refused(page: Any) -> None:
    """There is nothing to send."""
    assert page.take_file("none.png", b"").code == 400


@pytest.mark.parametrize("guid", ["../../../chat.db", "", "AAAAAAAA-AAAA-AAAA-AAAA-AAAAAAAAAAAA", "%2e%2e"])
def test_only_files_that_were_taken_in_can_be_sent(page: Any, guid: str) -> None:
    """The name of an upload is a guid and never a path."""
    chat = page.post("api/contacts", address=ANN).json["chat"]["id"]
    assert page.post(f"api/chats/{chat}/bubbles", sender=ANN, files=[guid]).code == 404


def test_nothing_outside_the_attachments_is_handed_out(page: Any, database: Path, tmp_path: Path) -> None:
    """A row may name any path of this disk, and a link may lead there; neither is followed."""
    secret = tmp_path / "secret.png"
    secret.write_bytes(PNG)
    phone.say(database, ANN, "look", attachments=[secret])
    (database.parent / "Attachments").mkdir()
    (database.parent / "Attachments" / "link.png").symlink_to(secret)
    with closing(sqlite3.connect(database)) as connection, connection:
        for name in (
            str(database),
            f"{database.parent}/Attachments/../chat.db",
            f"{database.parent}/Attachments/link.png",
        ):
            connection.execute("INSERT INTO attachment (guid, filename) VALUES (?, ?)", (name, name))
        connection.execute("INSERT INTO attachment (guid, filename) VALUES ('none', NULL)")
    for number in range(1, 7):
        assert page.get(f"api/files/{number}").code == 404
