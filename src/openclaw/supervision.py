"""Keep one thing alive: run it, and when it ends run it again, later and later, saying so.

Owns when to try again. Knows neither what is kept alive nor what its failures mean.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import cast


@dataclass(frozen=True, slots=True)
class Backoff:
    """The waits between attempts, in seconds: ``first``, doubled each time up to ``ceiling``, ± ``jitter``."""

    # A dead child is retried within a second, its wait included.
    first: float = 0.5
    # Late enough to cost nothing, early enough that a mended permission is noticed without help.
    ceiling: float = 300.0
    # So that accounts that fell together do not come back together.
    jitter: float = 0.1

    def delay(self, attempt: int, chance: float) -> float:
        """The wait before ``attempt`` (the first retry is 1); ``chance`` in [0, 1) picks within the jitter."""
        # The exponent is bounded because the ceiling is reached long before a float overflows.
        plain = min(self.first * 2 ** min(attempt - 1, 32), self.ceiling)
        return plain * (1 + self.jitter * (2 * chance - 1))


@dataclass(frozen=True, slots=True)
class Lapse:
    """The end of one attempt: why, how many in a row by now, and when the next one begins."""

    cause: Exception
    attempt: int
    next_try: datetime

    @property
    def root(self) -> BaseException:
        """What the cause comes down to, where a group of tasks reported it."""
        return root_of(self.cause)


def root_of(error: BaseException) -> BaseException:
    """The first error inside a group of them, else ``error`` itself."""
    while isinstance(error, BaseExceptionGroup):
        error = cast("BaseExceptionGroup[BaseException]", error).exceptions[0]
    return error


class Ended(Exception):
    """What is kept alive came to its end without a failure."""


# An attempt that worked for this long has earned a fresh start; a shorter one is part of a series.
STEADY_AFTER = 30.0


class Pulse:
    """What one attempt reports about itself: that it has begun to work."""

    def __init__(self) -> None:
        self._since: float | None = None

    def healthy(self) -> None:
        """It works from now on."""
        self._since = asyncio.get_running_loop().time()

    def was_steady(self, steady_after: float) -> bool:
        """Whether it has worked for at least ``steady_after`` seconds."""
        return self._since is not None and asyncio.get_running_loop().time() - self._since >= steady_after


async def keep_alive(
    run: Callable[[Pulse], Awaitable[None]],
    on_lapse: Callable[[Lapse], None],
    *,
    backoff: Backoff | None = None,
    steady_after: float = STEADY_AFTER,
) -> None:
    """Await ``run`` again and again until cancelled; each end is reported to ``on_lapse`` before the wait.

    ``run`` tells its pulse when it works. Never returns and passes nothing on but cancellation.
    """
    plan = backoff or Backoff()
    attempt = 0
    while True:
        pulse = Pulse()
        cause: Exception = Ended("it ended")
        try:
            await run(pulse)
        # The listed boundary around one account's line: a bug in it must neither end the program nor stop the
        # retries, and its cause is reported like any other.
        except Exception as error:
            cause = error
        attempt = 1 if pulse.was_steady(steady_after) else attempt + 1
        delay = plan.delay(attempt, random.random())  # noqa: S311 - jitter is no secret
        on_lapse(Lapse(cause, attempt, datetime.now(UTC) + timedelta(seconds=delay)))
        await asyncio.sleep(delay)
