"""The files of the page, read once. A path is looked up among them, so none can lead anywhere else."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib.resources import files
from importlib.resources.abc import Traversable

INDEX = "index.html"
"""The file that is the page itself."""

_TYPES: Mapping[str, str] = {
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".webmanifest": "application/manifest+json",
}
"""What is served; a file of any other kind is not."""


@dataclass(frozen=True, slots=True)
class Asset:
    """A file as it is sent. ``tag`` changes with its content."""

    content: bytes
    media_type: str
    tag: str


def load_assets(root: Traversable | None = None) -> Mapping[str, Asset]:
    """The files of the page by their names below ``root``, which is the page of this package unless told otherwise."""
    return dict(_below(root or files("openclaw.control") / "page", ""))


def _below(folder: Traversable, prefix: str) -> Iterator[tuple[str, Asset]]:
    if not folder.is_dir():
        return
    for entry in folder.iterdir():
        name = f"{prefix}{entry.name}"
        media_type = _TYPES.get(f".{entry.name.rpartition('.')[2]}")
        if entry.is_dir():
            yield from _below(entry, f"{name}/")
        elif media_type is not None:
            content = entry.read_bytes()
            yield name, Asset(content, media_type, f'"{hashlib.sha256(content).hexdigest()[:20]}"')
