"""``bench/page``: how quick the page and the phone are with 10,000 messages in 500 conversations."""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from openclaw.simulator import phone

from .limits import machine
from .page_table import render
from .place import BenchFailed, Place, open_place
from .stored import CHATS, MESSAGES, Exchange, person
from .window import PAGE, PHONE, Figures, Manner, Window, loads, median, open_window

try:
    from playwright.async_api import async_playwright
except ImportError:
    sys.exit("bench/page: playwright is not installed; it is in requirements/dev.txt")

_SAID, _OPENED = 20, 5


def main() -> int:
    """Measure, print, and write what was asked for; the exit code says only whether the bench itself worked."""
    parser = argparse.ArgumentParser(
        prog="bench/page", description="How quick the page is when much is kept. Figures, no verdict."
    )
    parser.add_argument("--json", metavar="FILE", type=Path, help="write all figures here")
    options = parser.parse_args()
    try:
        return asyncio.run(_run(options.json))
    except BenchFailed as failure:
        print(f"bench/page: {failure}", file=sys.stderr)
        return 1


async def _run(target: Path | None) -> int:
    binary = _chromium()
    async with async_playwright() as browsers:
        browser = await browsers.chromium.launch(executable_path=binary, args=["--no-sandbox"])
        about = machine() | {"chromium": browser.version}
        print("  ".join(f"{key}: {value}" for key, value in about.items()), flush=True)
        with tempfile.TemporaryDirectory(prefix="bench-") as root:
            _tell(f"filling {MESSAGES:,} messages in {CHATS} conversations")
            async with open_place(Path(root)) as place:
                columns = {
                    "page": await _measured(browser, place, PAGE),
                    "phone": await _measured(browser, place, PHONE),
                }
        await browser.close()
    print(render(columns))
    if target:
        result = {"machine": about, "messages": MESSAGES, "conversations": CHATS, "figures": columns}
        target.write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")
    return 0


def _chromium() -> str:
    found = os.environ.get("OPENCLAW_CHROMIUM") or shutil.which("chromium")
    if not found:
        raise BenchFailed("no chromium: apt install chromium, or set OPENCLAW_CHROMIUM")
    return found


async def _measured(browser: Any, place: Place, manner: Manner) -> Figures:
    name = "page" if manner is PAGE else "phone"
    context = await browser.new_context(viewport={"width": 1280, "height": 800})
    try:
        _tell(f"{name}: loading")
        figures = {"log in": await _log_in(context, place)}
        figures |= await loads(context, manner, place.address)
        async with open_window(context, manner) as window:
            await window.load(place.address, cached=True)
            figures["heap MiB"] = await window.heap_mib()
            _tell(f"{name}: scrolling")
            figures |= _named("list", await window.scroll_list(CHATS))
            figures |= await _opened(window, place)
            busiest = sum(one.chat == _chat_of(place, 0).chat for one in place.said) * 2
            figures |= _named("conversation", await window.scroll_conversation(busiest))
            figures["heap after MiB"] = await window.heap_mib()
        _tell(f"{name}: live")
        async with open_window(context, manner) as window:
            await window.load(place.address, cached=True)
            figures |= await _live(window, place, name)
    finally:
        await context.close()
    return figures


async def _log_in(context: Any, place: Place) -> float:
    headers = {"Authorization": f"Bearer {place.token}", "Content-Type": "application/json"}
    answer = await context.request.post(f"{place.address}/api/page-code", data="{}", headers=headers)
    code = (await answer.json())["code"]
    page = await context.new_page()
    begun = time.monotonic()
    await page.goto(f"{place.address}/#code={code}")
    await page.get_by_role("heading", level=1).wait_for()
    taken = time.monotonic() - begun
    await page.close()
    return taken * 1000


async def _opened(window: Window, place: Place) -> Figures:
    """Conversations opened from the list: some of usual length, then the longest, which stays open."""
    usual = [await window.open(_row(window, place, number)) for number in range(100, 100 + _OPENED)]
    return {"open usual": median(usual), "open longest": await window.open(_row(window, place, 0))}


async def _live(window: Window, place: Place, name: str) -> Figures:
    """From a row of the Mac to its bubble, to the answer's bubble, and to the row of another chat in the list."""
    await window.open(_row(window, place, 0))
    theirs, ours, listed = list[float](), list[float](), list[float]()
    manner = window.manner
    async with window.frames() as frames:
        for number in range(_SAID):
            mark = f"m-{name}-{number}"
            await window.expect(manner.theirs, mark)
            await window.expect(manner.ours, mark)
            begun = _say(place, 0, mark)
            theirs.append(await window.shown(manner.theirs, mark) - begun)
            shown = await window.shown(manner.ours, mark)
            ours.append(shown - _answered_at(place, mark))
            other = f"m-{name}x-{number}"
            await window.expect(manner.row, other)
            begun = _say(place, 200 + number, other)
            listed.append(await window.shown(manner.row, other) - begun)
    found = {"live": theirs, "live answer": ours, "live list": listed}
    figures = {f"{what} median": median(taken) for what, taken in found.items()}
    return figures | {f"{what} longest": max(taken) for what, taken in found.items()} | _named("live", frames)


def _say(place: Place, number: int, text: str) -> float:
    phone.say(place.database, person(number), text)
    return time.time() * 1000


def _answered_at(place: Place, mark: str) -> float:
    """When the phone wrote the row of the answer, in milliseconds of Unix time."""
    last = place.said[-1].answer.row
    answers = phone.read_thread(place.database, person(0), last)
    return next(one.at for one in answers if one.from_me and mark in one.text.rstrip(".").split()) * 1000


def _chat_of(place: Place, number: int) -> Exchange:
    return next(one for one in place.said if not one.is_group and one.sender == person(number))


def _row(window: Window, place: Place, number: int) -> str:
    chat = _chat_of(place, number).chat
    if window.manner is PHONE:
        return f'button[data-chat="{chat.row_id}"]'
    return f'a.chat-row[href*="{chat.identifier.removeprefix("+")}"]'


def _named(name: str, figures: Mapping[str, float]) -> Figures:
    return {f"{name} {key}": value for key, value in figures.items()}


def _tell(words: str) -> None:
    print(f"… {words}", file=sys.stderr, flush=True)
