"""Files that are named on the command line: what each is, and a copy of it on the shelf of what leaves."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Sequence
from contextlib import suppress
from urllib.parse import unquote, urlsplit

import click

from openclaw.cli.download import Downloader
from openclaw.cli.output import clean
from openclaw.domain.delivery import MOST_FILES, OutboundFile
from openclaw.domain.file_kinds import HEAD_BYTES
from openclaw.errors import FileRefused
from openclaw.media.workshop import Workshop
from openclaw.outbound.addresses import is_web_address, parse_url
from openclaw.outbound.fitting import Fitting
from openclaw.outbound.shelf import (
    MEGABYTE,
    PICTURE_MB,
    Shelf,
    blocks_of,
    is_picture,
    open_regular,
    too_large,
    too_large_to_fit,
)


def described(named: Sequence[str], limit_mb: float) -> list[str]:
    """What each of ``named`` is, in words. Nothing is fetched or copied.

    Raises:
        FileRefused: one of them could not be sent.
    """
    _few(named)
    return [_described(one, limit_mb) for one in named]


def shelved(shelf: Shelf, named: Sequence[str], limit_mb: float) -> list[OutboundFile]:
    """Copies of ``named`` in their order, too large pictures made to fit; none is left when one of them fails.

    Raises:
        FileRefused: one of them cannot be sent.
    """
    _few(named)
    fitting, copies = Fitting(shelf, limit_mb, Workshop()), list[OutboundFile]()
    try:
        for one in named:
            copies.append(_fitted(fitting, _copied(fitting, one)))
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
        size, head = os.fstat(descriptor).st_size, os.read(descriptor, HEAD_BYTES)
    finally:
        os.close(descriptor)
    if not size:
        raise FileRefused(f"{named[:200]} is empty; there is nothing to send")
    if size <= limit_mb * MEGABYTE:
        return f"{path} ({size} bytes)"
    if not is_picture(head, path):
        raise too_large(named, limit_mb)
    if size > PICTURE_MB * MEGABYTE:
        raise too_large_to_fit(named)
    return f"{path} ({size} bytes; a smaller picture of at most {limit_mb:g} MB would be made of it)"


def _copied(fitting: Fitting, named: str) -> OutboundFile:
    if is_web_address(named):
        with Downloader().open(named, fitting.limit_mb) as (name, blocks):
            return fitting.put(name, blocks)
    path = path_of(named)
    descriptor = open_regular(path, follow_links=True)
    try:
        return fitting.put(os.path.basename(path), blocks_of(descriptor))
    except OSError as error:
        raise FileRefused(f"{named[:200]} could not be copied: {error.strerror or error}") from error
    finally:
        with suppress(OSError):
            os.close(descriptor)


def _fitted(fitting: Fitting, copy: OutboundFile) -> OutboundFile:
    fitted = asyncio.run(fitting.fit(copy))
    if fitted != copy:
        # Not on standard output, which may be data.
        click.echo(
            f"{clean(copy.name)} is larger than {fitting.limit_mb:g} MB; sent is a smaller picture, "
            f"{clean(fitted.name)} ({fitted.size} bytes)",
            err=True,
        )
    return fitted


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
