"""The page for everybody: judged by axe in both colour schemes, and readable on the narrowest phone."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from tests.agents.model_server import Answer, Refuse
from tests.browser.browsing import Stage, Window, open_stage
from tests.making import ANN, BOB

from openclaw.simulator import phone

axe = pytest.importorskip("axe_playwright_python.base", reason="axe is not installed")

VIEWS = ("needs", "chats", "accounts", "sessions", "health")
FULL = {"dmPolicy": "pairing", "allowFrom": [ANN]}


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_axe_finds_nothing_serious_on_any_view(tmp_path: Path, scheme: str) -> None:
    """Issue 3, "Proof": an accessibility check with no serious finding, on every view with something on it."""
    async with open_stage(tmp_path, **FULL) as stage, stage.window(color_scheme=scheme) as window:
        await _fill(stage, window)
        for view in VIEWS:
            await window.show(view)
            await window.page.locator("main h1").first.wait_for()
            if view == "chats":
                await window.page.locator(".chat-row").first.click()
                await window.page.get_by_role("button", name="What happened").first.click()
                await window.page.locator(".story li").first.wait_for()
            assert await _serious(window.page) == [], view
        await window.press("Pause everything")
        await window.sees("Everything is paused")
        assert await _serious(window.page) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_axe_finds_nothing_serious_before_login(tmp_path: Path, scheme: str) -> None:
    """Issue 3: the page that says how to get in is for everybody too."""
    async with open_stage(tmp_path) as stage, stage.window(login=False, color_scheme=scheme) as window:
        await window.sees("openclaw page")
        assert await _serious(window.page) == []


async def test_nothing_is_cut_off_at_320_pixels(tmp_path: Path) -> None:
    """WCAG 1.4.10: no view scrolls sideways on the narrowest phone."""
    narrow = {"width": 320, "height": 640}
    async with open_stage(tmp_path, **FULL) as stage, stage.window(viewport=narrow) as window:
        await _fill(stage, window)
        for view in VIEWS:
            await window.show(view)
            await window.page.locator("main h1").first.wait_for()
            wide = "[...document.querySelectorAll('html, .body, main')].map((one) => one.scrollWidth)"
            assert max(await window.page.evaluate(wide)) <= 320, view


async def _fill(stage: Stage, window: Window) -> None:
    """A chat with an answer, a failed answer, and somebody who asks to be let in."""
    stage.model.script.append(Answer("The table is booked for six."))
    phone.say(stage.house.mac, ANN, "is it booked?")
    await stage.house.replies(ANN, 1)
    stage.model.script.extend([Refuse(401, "bad key")] * 3)
    phone.say(stage.house.mac, ANN, "thank you")
    phone.say(stage.house.mac, BOB, "hello?")
    await window.sees("asks to be let in")


async def _serious(page: Any) -> list[str]:
    await page.evaluate(axe.AXE_SCRIPT)
    found = await page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    return [
        f"{one['id']}: {[node['target'] for node in one['nodes']]}"
        for one in found["violations"]
        if one["impact"] in ("serious", "critical")
    ]
