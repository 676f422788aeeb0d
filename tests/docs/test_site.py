"""The manual as a site: built without a complaint, and complete without another host."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("mkdocs", reason="mkdocs is not installed")

ROOT = Path(__file__).parents[2]
# What a browser fetches by itself; a link that a person follows is not among it.
FETCHED = re.compile(r"""<(?:script|img|link|iframe|source)[^>]+(?:src|href)=["']((?:https?:)?//[^"']+)""")


def test_the_site_is_built_strictly_and_asks_no_other_host(tmp_path: Path) -> None:
    """Every link and heading is found, and fonts, scripts and pictures are its own (issue: manual)."""
    built = subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet", "--site-dir", str(tmp_path)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
    assert built.returncode == 0, built.stderr
    pages = list(tmp_path.rglob("*.html"))
    assert len(pages) > len(list((ROOT / "docs").glob("*.md")))
    assert not [found for page in pages for found in FETCHED.findall(page.read_text(encoding="utf-8"))]
    styles = [path.read_text(encoding="utf-8") for path in (tmp_path / "css").glob("*.css")]
    assert not [one for style in styles for one in re.findall(r"url\(['\"]?(?:https?:)?//[^)]*", style)]
