"""A real browser before a real gateway. What a window may never do is noted for every test: errors in its console, and
requests to another host.
"""

from __future__ import annotations

import json
import os
import shutil
from asyncio.subprocess import Process
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from tests.agents.model_server import ModelServer, open_model_server
from tests.journeys.house import House, build, channel, model

playwright = pytest.importorskip("playwright.async_api", reason="playwright is not installed")

# What the page asks only to learn that it may not, or that there is none; Chromium notes such an answer as an error.
ASKED_TO_LEARN = ("/api/me", "/phone")

# Milliseconds that a window may take to show something; generous, since it is only ever spent on a failure.
BOUND_MS = 20_000


def chromium() -> str:
    """Debian's browser, or the one that ``OPENCLAW_CHROMIUM`` names; without one the test is skipped."""
    found = os.environ.get("OPENCLAW_CHROMIUM") or shutil.which("chromium")
    if not found:
        pytest.skip("no chromium: apt install chromium, or set OPENCLAW_CHROMIUM")
    return found


@dataclass
class Window:
    """One window of the page, and what went wrong in it."""

    page: Any
    address: str
    troubles: list[str] = field(default_factory=list[str])

    def watch(self) -> None:
        """Note errors and requests to other hosts from now on."""
        own = urlsplit(self.address).netloc
        self.page.set_default_timeout(BOUND_MS)
        self.page.on("console", self._note)
        self.page.on("pageerror", lambda error: self.troubles.append(f"exception: {error}"))
        self.page.on(
            "request",
            lambda request: (
                urlsplit(request.url).netloc == own or self.troubles.append(f"asked {request.url}")
            ),
        )

    def _note(self, message: Any) -> None:
        where = message.location.get("url", "")
        learnt = "status of 40" in message.text and urlsplit(where).path in ASKED_TO_LEARN
        if message.type in ("error", "warning") and not learnt:
            self.troubles.append(f"console: {message.text} {where}")

    async def show(self, view: str) -> None:
        """Go to a view by its name, as its link does."""
        await self.page.goto(f"{self.address}/#/{view}")
        await self.page.locator(f'a[data-view="{view.partition("/")[0]}"][aria-current="page"]').wait_for()

    async def sees(self, text: str) -> None:
        """Wait until ``text`` stands on the page for everybody to see."""
        await self.page.get_by_text(text).filter(visible=True).first.wait_for()

    async def press(self, name: str) -> None:
        """Press the button whose accessible name begins with ``name``."""
        await self.page.get_by_role("button", name=name).first.click()


@dataclass(frozen=True)
class Stage:
    """A house with a gateway that runs, and a browser."""

    house: House
    model: ModelServer
    browser: Any
    address: str
    gateway: Process

    async def code(self, context: Any) -> str:
        """A one-time code, as ``openclaw page`` makes one."""
        token = (self.house.state / "gateway.token").read_text().strip()
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        answer = await context.request.post(f"{self.address}/api/page-code", data="{}", headers=headers)
        return (await answer.json())["code"]

    @asynccontextmanager
    async def window(self, *, login: bool = True, **manner: Any) -> AsyncGenerator[Window]:
        """A window of a browser of its own, logged in; it must have stayed without trouble at the end."""
        context = await self.browser.new_context(**manner)
        try:
            window = await self.another(context, login=login)
            yield window
            assert window.troubles == []
        finally:
            await context.close()

    async def phone(self, window: Window) -> Window:
        """The phone, in one more window of the same browser."""
        phone = Window(await window.page.context.new_page(), self.address)
        phone.watch()
        await phone.page.goto(f"{self.address}/phone/")
        return phone

    async def another(self, context: Any, *, login: bool = False) -> Window:
        """One more window of the same browser."""
        window = Window(await context.new_page(), self.address)
        window.watch()
        await window.page.goto(f"{self.address}/" + (f"#code={await self.code(context)}" if login else ""))
        if login:
            await window.page.get_by_role("heading", level=1).wait_for()
        return window


@asynccontextmanager
async def open_stage(root: Path, **policy: Any) -> AsyncGenerator[Stage]:
    """A house under ``root`` whose channel has ``policy``, its gateway, a model server and a browser."""
    binary = chromium()
    house = build(root)
    async with open_model_server() as server, playwright.async_playwright() as driver:
        house.configure(channels=channel(house, **policy), **model(server.url))
        port = json.loads((house.state / "openclaw.json").read_text())["gateway"]["port"]
        browser = await driver.chromium.launch(executable_path=binary, args=["--no-sandbox"])
        try:
            async with house.gateway("--phone", str(house.mac)) as process:
                yield Stage(house, server, browser, f"http://127.0.0.1:{port}", process)
        finally:
            await browser.close()
