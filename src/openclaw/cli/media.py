"""Files that are named on the command line: what each is, and a copy of it on the shelf of what leaves."""

from __future__ import annotations

import os
from collections.abc import Sequence
from contextlib import suppress
from urllib.parse import unquote, urlsplit

from openclaw.cli.download import Downloader
from openclaw.domain.delivery import OutboundFile
from openclaw.errors import FileRefused
from openclaw.outbound.addresses import is_web_address, parse_url
from openclaw.outbound.shelf import MEGABYTE, Shelf, blocks_of, open_regular, too_large

MOST_FILES = 10
"""More at a time is a folder, and better sent as an archive."""


def described(named: Sequence[str], limit_mb: float) -> list[str]:
    """What each of ``named`` is, in words. Nothing is fetched or copied.

    Raises:
        FileRefused: one of them could not be sent.
    """
    _few(named)
    return [_described(one, limit_mb) for one in named]


def shelved(shelf: Shelf, named: Sequence[str], limit_mb: float) -> list[OutboundFile]:
    """Copies of ``named`` in their order; none is left when one of them fails.

    Raises:
        FileRefused: one of them cannot be sent.
    """
    _few(named)
    copies: list[OutboundFile] = []
    try:
        for one in named:
            copies.append(_copied(shelf, one, limit_mb))
    except BaseException:
        discard(shelf, copies)
        raise
    return copies


def discard(shelf: Shelf, copies: Sequence[OutboundFile]) -> None:
    """Remove copies that nobody is going to send."""
    for copy in copies:
        shelf.discard(copy)


def _few(named: Sequence[str]) -> None:
    if len(named) > MOST_FILES:
        raise FileRefused(f"{len(named)} files are too many at a time; send at most {MOST_FILES}")


def _described(named: str, limit_mb: float) -> str:
    if is_web_address(named):
        return f"{parse_url(named).url} (not fetched now; at most {limit_mb:g} MB)"
    path = path_of(named)
    descriptor = open_regular(path, follow_links=True)
    try:
        size = os.fstat(descriptor).st_size
    finally:
        os.close(descriptor)
    if not size:
        raise FileRefused(f"{named[:200]} is empty; there is nothing to send")
    if size > limit_mb * MEGABYTE:
        raise too_large(named, limit_mb)
    return f"{path} ({size} bytes)"


def _copied(shelf: Shelf, named: str, limit_mb: float) -> OutboundFile:
    if is_web_address(named):
        with Downloader().open(named, limit_mb) as (name, blocks):
            return shelf.put(name, blocks, limit_mb)
    path = path_of(named)
    descriptor = open_regular(path, follow_links=True)
    try:
        return shelf.put(os.path.basename(path), blocks_of(descriptor, limit_mb, named), limit_mb)
    except OSError as error:
        raise FileRefused(f"{named[:200]} could not be copied: {error.strerror or error}") from error
    finally:
        with suppress(OSError):
            os.close(descriptor)


def path_of(named: str) -> str:
    """The absolute path that ``named`` is: as the shell gives it, with ``~``, or as a ``file:`` address.

    Raises:
        FileRefused: it is of another machine, or no path at all.
    """
    text = named
    if named.lower().startswith("file:"):
        parts = urlsplit(named)
        if parts.netloc not in ("", "localhost") or not parts.path.startswith("/"):
            raise FileRefused(
                f"{named[:200]} is not on this machine; file: takes a whole path, as file:///tmp/a.png"
            )
        text = unquote(parts.path)
    if not text.strip() or "\0" in text:
        raise FileRefused("the path of the file is empty")
    return os.path.abspath(os.path.expanduser(text))
