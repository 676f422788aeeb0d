"""A word to people who wait: when an agent works for long, they are told once that it does."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager

import structlog

log = structlog.get_logger("openclaw.turns")

STILL_WORKING = "Still working on it."


@asynccontextmanager
async def still_working(after_s: float | None, tell: Callable[[], Awaitable[None]]) -> AsyncGenerator[None]:
    """Within it, ``tell`` once when it has lasted ``after_s`` seconds; ``None`` is never."""
    if after_s is None:
        yield
        return
    waiting = asyncio.create_task(_wait(after_s, tell))
    try:
        yield
    finally:
        waiting.cancel()
        await asyncio.wait({waiting})


async def _wait(after_s: float, tell: Callable[[], Awaitable[None]]) -> None:
    await asyncio.sleep(after_s)
    # That nobody can be told is no reason to end what they wait for.
    try:
        await tell()
    except Exception:
        log.exception("turn.not_told_of")
