"""Waiting for what must happen: the one bound, and the one place that looks again."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

T = TypeVar("T")

BOUND_S = 20.0
"""How long a test waits for anything before it says what did not happen."""

_LOOK_AGAIN_S = 0.02


async def until(look: Callable[[], Awaitable[T | None]], what: str) -> T:
    """The first result of ``look`` that is neither ``None`` nor false; fails with ``what`` after the bound."""
    try:
        async with asyncio.timeout(BOUND_S):
            while not (found := await look()):  # noqa: ASYNC110 (another process cannot set an event of ours)
                await asyncio.sleep(_LOOK_AGAIN_S)
            return found
    except TimeoutError:
        raise AssertionError(f"it did not happen within {BOUND_S} s: {what}") from None
