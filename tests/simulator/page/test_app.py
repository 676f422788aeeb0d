"""The page as it is served, and how refusals look."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from openclaw.simulator.behaviour import SUFFIX
from openclaw.simulator.page import app

STATIC = Path(app.__file__).parent / "static"


class Tags(HTMLParser):
    """Every tag of a page with its attributes, and the text inside of scripts and styles."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.inline = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        if self.tags and self.tags[-1][0] in ("script", "style"):
            self.inline += data.strip()


def test_the_page_and_its_files_come_from_below_its_mount(page: Any) -> None:
    """Every address of the page is relative, so that any mount serves it (brief: mounted at /phone)."""
    front = page.get("")
    assert (front.code, front.headers["content-type"]) == (200, "text/html; charset=utf-8")
    parsed = Tags()
    parsed.feed(front.body.decode())
    named = [attrs.get("src") or attrs.get("href") for tag, attrs in parsed.tags if tag in ("script", "link")]
    assert len(named) >= 5
    for address in named:
        assert address
        assert address.startswith("static/")
        served = page.get(address)
        assert (served.code, served.headers["cache-control"]) == (200, "no-cache")


def test_the_page_needs_no_more_than_the_strict_policy() -> None:
    """No inline script, style or handler and no other host, as the Content-Security-Policy demands (issue)."""
    parsed = Tags()
    parsed.feed((STATIC / "index.html").read_text())
    assert parsed.inline == ""
    assert not [
        name for _, attrs in parsed.tags for name in attrs if name == "style" or name.startswith("on")
    ]
    for file in STATIC.iterdir():
        text = file.read_text().replace("http://www.w3.org/", "")
        assert not re.search(r"""["'(](https?:)?//[a-z]""", text), file.name


@pytest.mark.parametrize("file", sorted(STATIC.glob("*.js")), ids=lambda path: path.name)
def test_no_script_can_make_markup_of_text(file: Path) -> None:
    """Text from contacts and models is data (issue); a script says what it owns and stays small (style)."""
    text = file.read_text()
    assert not re.search(
        r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\b|new Function", text
    )
    assert text.startswith("// Owns ")
    assert len(text.splitlines()) <= 300


def test_every_script_named_by_another_is_there() -> None:
    """Modules import by relative name; a missing one would leave an empty page."""
    for file in STATIC.glob("*.js"):
        for name in re.findall(r'from "\./([^"]+)"', file.read_text()):
            assert (STATIC / name).is_file(), f"{file.name} imports {name}"


@pytest.mark.parametrize(
    "path",
    [
        "api/nothing",
        "api/chats/7/bubbles",
        "api/chats/x/bubbles",
        "api/chats/99999999999999999999/bubbles",
        "api/files/1",
        "api/files/..%2f..%2fchat.db",
        "static/../app.py",
        "static/none.js",
    ],
)
def test_what_is_not_there_is_said_so_as_json(page: Any, path: str) -> None:
    """Wrong ids are a clear 404 (brief)."""
    answer = page.get(path)
    assert answer.code == 404
    assert answer.json["error"]


def test_without_a_database_the_page_says_how_to_make_one(page: Any, database: Path) -> None:
    """An error names the fix (style, 21); the page itself still comes."""
    database.unlink()
    assert page.get("").code == 200
    for path in ("api/chats", "api/events", "api/chats/1/bubbles"):
        answer = page.get(path)
        assert answer.code == 503
        assert "openclaw simulator init" in answer.json["error"]


def test_settings_that_cannot_be_used_stop_switches_but_not_talking(page: Any, database: Path) -> None:
    """Unreadable state is an error, never an empty start (style, 20)."""
    Path(f"{database}{SUFFIX}").write_text("{")
    assert "cannot be used" in page.get("api/chats").json["problem"]
    assert page.post("api/trouble", kind="noise", mode="on").code == 409
    assert Path(f"{database}{SUFFIX}").read_text() == "{"
