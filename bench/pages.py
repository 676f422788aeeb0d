"""``bench/page``: how quick the page and the phone are with 10,000 messages in 500 conversations."""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import shutil
import signal
import sys
import tempfile
import time
from asyncio.subprocess import DEVNULL, Process
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from openclaw.simulator import phone

try:
    from playwright.async_api import async_playwright
except ImportError:
    sys.exit("bench/page: playwright is not installed; it is in requirements/dev.txt")

from .limits import machine
from .model import open_model
from .settings import settings, write_settings
from .stored import CHATS, MESSAGES, Exchange, fill_ledger, fill_mac, person
from .window import PAGE, PHONE, Figures, Manner, Window, loads, median, open_window

_SOURCE = Path(__file__).resolve().parent.parent / "src"
_READY_S, _STOP_S, _LOOK_S = 60.0, 20.0, 0.1
_SAID, _OPENED = 20, 5
# Quick, so that what is measured is the gateway and the page, not the phone's own delay.
_POLL = {"debounceMs": 0, "pollMs": 20}


class BenchFailed(Exception):
    """The bench itself cannot go on; the text says why and what to do."""


@dataclass(frozen=True, slots=True)
class Place:
    """A running gateway with its Mac: where it is, and who may come in."""

    database: Path
    address: str
    token: str
    said: Sequence[Exchange]


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
            async with open_place(Path(root)) as place:
                columns = {
                    "page": await _measured(browser, place, PAGE),
                    "phone": await _measured(browser, place, PHONE),
                }
        await browser.close()
    print(_table(columns))
    if target:
        result = {"machine": about, "messages": MESSAGES, "conversations": CHATS, "figures": columns}
        target.write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")
    return 0


def _chromium() -> str:
    found = os.environ.get("OPENCLAW_CHROMIUM") or shutil.which("chromium")
    if not found:
        raise BenchFailed("no chromium: apt install chromium, or set OPENCLAW_CHROMIUM")
    return found


@asynccontextmanager
async def open_place(root: Path) -> AsyncGenerator[Place]:
    """A gateway under ``root`` that has taken everything in, with its Mac and a model; ended with the context."""
    _tell(f"filling {MESSAGES:,} messages in {CHATS} conversations")
    database, home = root / "chat.db", root / "home"
    said = fill_mac(database)
    Path(f"{database}.simulator.json").write_text(json.dumps(_POLL))
    state = home / "state"
    state.mkdir(parents=True, mode=0o700)
    await fill_ledger(state, said)
    imsg = root / "imsg"
    imsg.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m openclaw.simulator.imsg "$@"\n')
    imsg.chmod(0o700)
    async with open_model() as model:
        content = settings(imsg, model.base_url, home / "workspace")
        content["channels"]["imessage"] |= {"dbPath": str(database), "groupPolicy": "open"}
        write_settings(root / "openclaw.json", content)
        gateway = content["gateway"]
        async with _gateway(root, database, home) as process:
            place = Place(database, f"http://127.0.0.1:{gateway['port']}", gateway["auth"]["token"], said)
            await _ready(place, process, root / "gateway.log")
            yield place


@asynccontextmanager
async def _gateway(root: Path, database: Path, home: Path) -> AsyncGenerator[Process]:
    environ: Mapping[str, str] = {
        **{key: value for key, value in os.environ.items() if not key.startswith("OPENCLAW_")},
        "HOME": str(home),
        "PYTHONPATH": str(_SOURCE),
        "OPENCLAW_STATE_DIR": str(home / "state"),
        "OPENCLAW_CONFIG_PATH": str(root / "openclaw.json"),
    }
    command = (sys.executable, "-m", "openclaw", "gateway", "--phone", str(database))
    with (root / "gateway.log").open("wb") as log:
        process = await asyncio.create_subprocess_exec(
            *command, env=environ, stdin=DEVNULL, stdout=log, stderr=log
        )
        try:
            yield process
        finally:
            if process.returncode is None:
                process.send_signal(signal.SIGTERM)
            with suppress(TimeoutError):
                async with asyncio.timeout(_STOP_S):
                    await process.wait()
            if process.returncode is None:
                process.kill()


async def _ready(place: Place, process: Process, log: Path) -> None:
    host, _, port = place.address.removeprefix("http://").partition(":")
    deadline = time.monotonic() + _READY_S
    while process.returncode is None and time.monotonic() < deadline:
        with suppress(OSError):
            reader, writer = await asyncio.open_connection(host, int(port))
            writer.write(f"GET /readyz HTTP/1.1\r\nHost: {host}:{port}\r\nConnection: close\r\n\r\n".encode())
            answer = await reader.read()
            writer.close()
            if b" 200 " in answer.partition(b"\r\n")[0]:
                return
        await asyncio.sleep(_LOOK_S)
    raise BenchFailed(
        f"the gateway was not ready within {_READY_S:g} s; its last words:\n{log.read_text()[-2000:]}"
    )


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


_VISIT = ("first paint", "list shown", "KiB")
_FRAMES = ("frames", "long frames", "longest ms")
_LINES: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("log in with a code, until the first view", "{:.0f} ms", ("log in",)),
    (
        "first visit: first paint, list shown",
        "{:.0f}, {:.0f} ms",
        tuple(f"first visit: {key}" for key in _VISIT[:2]),
    ),
    ("  transferred", "{:.0f} KiB", ("first visit: KiB",)),
    (
        "visit again: first paint, list shown",
        "{:.0f}, {:.0f} ms",
        tuple(f"again: {key}" for key in _VISIT[:2]),
    ),
    ("  transferred", "{:.0f} KiB", ("again: KiB",)),
    ("scroll the list of 500 to its end", "{:.1f} s, {:.0f} KiB", ("list s", "list KiB")),
    ("  frames, over 50 ms, longest", "{:.0f}, {:.0f}, {:.0f} ms", tuple(f"list {key}" for key in _FRAMES)),
    ("open a conversation of 18, of 1,018", "{:.0f}, {:.0f} ms", ("open usual", "open longest")),
    (
        "scroll 1,018 messages to the first one",
        "{:.1f} s, {:.0f} KiB",
        ("conversation s", "conversation KiB"),
    ),
    (
        "  frames, over 50 ms, longest",
        "{:.0f}, {:.0f}, {:.0f} ms",
        tuple(f"conversation {key}" for key in _FRAMES),
    ),
    ("row on the Mac to its bubble, median, longest", "{:.0f}, {:.0f} ms", ("live median", "live longest")),
    ("  row of the answer to its bubble", "{:.0f}, {:.0f} ms", ("live answer median", "live answer longest")),
    ("  row to the list, another chat", "{:.0f}, {:.0f} ms", ("live list median", "live list longest")),
    ("  frames, over 50 ms, longest", "{:.0f}, {:.0f}, {:.0f} ms", tuple(f"live {key}" for key in _FRAMES)),
    ("JS heap with the list, after all the scrolling", "{:.1f}, {:.1f} MiB", ("heap MiB", "heap after MiB")),
)


def _table(columns: Mapping[str, Figures]) -> str:
    wide = max(len(label) for label, _, _ in _LINES)
    head = " " * wide + "".join(f"  {name:<22}" for name in columns)
    lines = [
        label.ljust(wide)
        + "".join(f"  {form.format(*(one[key] for key in keys)):<22}" for one in columns.values())
        for label, form, keys in _LINES
    ]
    return "\n".join(line.rstrip() for line in (head, *lines))
