"""A file that comes in pieces: kept aside until it is whole, never larger than allowed, readable by us alone."""

from __future__ import annotations

import asyncio
import os
import secrets
from collections.abc import AsyncGenerator
from contextlib import aclosing, asynccontextmanager, suppress
from pathlib import Path

from openclaw.errors import PhoneFileFailed
from openclaw.imessage.files import Fault


def too_large(limit: int) -> PhoneFileFailed:
    """More than the limit, announced or arrived."""
    return PhoneFileFailed(f"it has more than {limit:,} bytes", fault=Fault.TOO_LARGE, again=False)


@asynccontextmanager
async def received(into: Path, pieces: AsyncGenerator[bytes], limit_bytes: int) -> AsyncGenerator[int]:
    """Write ``pieces`` beside ``into`` and give their size; with the end of the context the file is in its place.

    Inside of it the caller judges what came: an error there leaves nothing behind. Raises ``PhoneFileFailed`` past
    ``limit_bytes``, and ``OSError`` of the disk.
    """
    aside = into.with_name(f".{secrets.token_hex(8)}.part")
    try:
        size = 0
        opened = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
        with os.fdopen(opened, "wb") as file:
            async with aclosing(pieces):
                async for piece in pieces:
                    size += len(piece)
                    if size > limit_bytes:
                        raise too_large(limit_bytes)
                    file.write(piece)
            file.flush()
            await asyncio.to_thread(os.fsync, file.fileno())
        yield size
        aside.replace(into)
    finally:
        with suppress(OSError):
            aside.unlink(missing_ok=True)
