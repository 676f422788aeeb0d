"""Signals: how a running gateway is told to stop, to read its configuration and to begin anew."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable
from contextlib import suppress

from openclaw.parts import Parts
from openclaw.reload import Reloader

# A request that hangs for longer than this is in doubt in any case.
_LAST_BUBBLES_S = 10.0


class Stop(Exception):
    """Ends the task group when the gateway is asked to stop."""


class Restart(Exception):
    """Ends the task group when the gateway is to begin anew."""


def reload_on_signal(group: asyncio.TaskGroup, reloader: Reloader) -> None:
    """SIGHUP reads the configuration anew, as for any other daemon."""
    looking: set[asyncio.Task[object]] = set()

    def look() -> None:
        task = group.create_task(reloader.look(), name="reload on request")
        looking.add(task)
        task.add_done_callback(looking.discard)

    asyncio.get_running_loop().add_signal_handler(signal.SIGHUP, look)


def begins_anew(parts: Parts, wait_s: float) -> Callable[[], None]:
    """What has the gateway begin anew once no turn runs, after ``wait_s`` seconds at the latest; asked twice is once.

    SIGUSR1 does the same; the task group of ``parts`` then ends with :class:`Restart`.
    """
    asked = asyncio.Event()

    async def wait() -> None:
        await asked.wait()
        with suppress(TimeoutError):
            async with asyncio.timeout(wait_s):
                await parts.runner.quiet()
        # The answer to whoever asked for it is among what is on its way.
        with suppress(TimeoutError):
            async with asyncio.timeout(_LAST_BUBBLES_S):
                await parts.phones.quiet()
        raise Restart

    parts.group.create_task(wait(), name="restart")
    asyncio.get_running_loop().add_signal_handler(signal.SIGUSR1, asked.set)
    return asked.set


async def stop_on_signal(asked: asyncio.Event) -> None:
    """Wait for SIGINT or SIGTERM, which set ``asked``, then end the task group with :class:`Stop`."""
    loop = asyncio.get_running_loop()
    for name in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(name, asked.set)
    await asked.wait()
    raise Stop
