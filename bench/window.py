"""A window of a real browser on one page of the gateway, and what is measured in it. Times are milliseconds.

Knows where the two pages keep their rows and bubbles, and nothing of what they mean.
"""

from __future__ import annotations

import statistics
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

Figures = dict[str, float]

_WATCHING = Path(__file__).parent / "watching.js"
# A screen at 60 Hz draws every 17 ms; beyond this a person sees that it stuck.
LONG_FRAME_MS = 50
# What a quick hand does with a wheel.
_STEP_PX = 120
_LIMIT_MS = 60_000
_LOADS = 5


@dataclass(frozen=True, slots=True)
class Manner:
    """Where a page has what: the path of its list, and selectors of rows, of bubbles, and of what scrolls."""

    path: str
    row: str
    rows_in: str
    bubble: str
    theirs: str
    ours: str
    bubbles_in: str


PAGE = Manner(
    "/#/chats",
    "a.chat-row",
    ".chat-list",
    ".entries .entry",
    ".entries .entry.in",
    ".entries .entry.out",
    ".thread-scroll",
)
PHONE = Manner(
    "/phone/",
    "button.chat",
    "nav.chats",
    "#bubbles li.row",
    '#bubbles li.row[data-from="contact"]',
    '#bubbles li.row[data-from="account"]',
    "#log",
)


class Window:
    """One window; ``page`` is the driver's, ``manner`` says what is shown in it."""

    def __init__(self, page: Any, session: Any, manner: Manner) -> None:
        self.page = page
        self.manner = manner
        self._session = session
        self.bytes = 0.0
        session.on("Network.loadingFinished", self._count)

    def _count(self, event: dict[str, Any]) -> None:
        self.bytes += event["encodedDataLength"]

    async def load(self, address: str, *, cached: bool) -> Figures:
        """Go to the page's list; with ``cached`` the browser may use what it kept."""
        await self._session.send("Network.setCacheDisabled", {"cacheDisabled": not cached})
        before = self.bytes
        await self.page.goto(address + self.manner.path)
        shown = await self.page.evaluate("bench.listShown")
        await self.page.wait_for_timeout(500)  # what it still fetches then belongs to the visit
        paint = await self.page.evaluate(
            "performance.getEntriesByName('first-contentful-paint')[0].startTime"
        )
        return {"first paint": paint, "list shown": shown, "KiB": (self.bytes - before) / 1024}

    async def open(self, row: str) -> float:
        """Click on ``row`` and wait for its bubbles."""
        return await self.page.evaluate(
            "([row, bubble]) => bench.open(row, bubble)", [row, self.manner.bubble]
        )

    async def scroll_list(self, enough: int) -> Figures:
        """Scroll down through the whole list, until ``enough`` rows have come."""
        return await self._scroll(self.manner.rows_in, _STEP_PX, self.manner.row, enough)

    async def scroll_conversation(self, enough: int) -> Figures:
        """Scroll up through the open conversation, until ``enough`` bubbles have come."""
        return await self._scroll(self.manner.bubbles_in, -_STEP_PX, self.manner.bubble, enough)

    async def _scroll(self, place: str, step: int, row: str, enough: int) -> Figures:
        before = self.bytes
        async with self.frames() as frames:
            script = "(given) => bench.scroll(...given)"
            taken = await self.page.evaluate(script, [place, step, row, enough])
        return {"s": taken / 1000, "KiB": (self.bytes - before) / 1024} | frames

    @asynccontextmanager
    async def frames(self) -> AsyncGenerator[Figures]:
        """What the frames took while the context was open; filled in at its end."""
        found = Figures()
        await self.page.evaluate("bench.startFrames()")
        yield found
        found |= of_frames(await self.page.evaluate("bench.stopFrames()"))

    async def expect(self, selector: str, text: str) -> None:
        """Watch from now on for ``text`` within ``selector``."""
        await self.page.evaluate("([selector, text]) => bench.expect(selector, text)", [selector, text])

    async def shown(self, selector: str, text: str) -> float:
        """When what was expected was shown, in milliseconds of Unix time."""
        return await self.page.evaluate("([selector, text]) => bench.shown(selector, text)", [selector, text])

    async def heap_mib(self) -> float:
        """What the page's scripts hold, after the garbage was collected."""
        await self._session.send("HeapProfiler.collectGarbage")
        return (await self._session.send("Runtime.getHeapUsage"))["usedSize"] / (1 << 20)


@asynccontextmanager
async def open_window(context: Any, manner: Manner) -> AsyncGenerator[Window]:
    """A window of ``context`` that shows nothing yet."""
    page = await context.new_page()
    try:
        page.set_default_timeout(_LIMIT_MS)
        await page.add_init_script(path=_WATCHING)
        session = await context.new_cdp_session(page)
        await session.send("Network.enable")
        await session.send("HeapProfiler.enable")
        yield Window(page, session, manner)
    finally:
        await page.close()


async def loads(context: Any, manner: Manner, address: str) -> Figures:
    """First visits and visits again, each in a window of its own: medians."""
    figures = Figures()
    for name, cached in (("first visit", False), ("again", True)):
        taken = list[Figures]()
        for _ in range(_LOADS):
            async with open_window(context, manner) as window:
                taken.append(await window.load(address, cached=cached))
        figures |= {f"{name}: {what}": median([one[what] for one in taken]) for what in taken[0]}
    return figures


def of_frames(taken: Sequence[float]) -> Figures:
    """How many frames there were, how many of them were long, and the longest."""
    return {
        "frames": len(taken),
        "long frames": sum(each > LONG_FRAME_MS for each in taken),
        "longest ms": max(taken, default=0),
    }


def median(taken: Sequence[float]) -> float:
    """The median; 0 of nothing."""
    return statistics.median(taken) if taken else 0
