"""The page over time: several windows, a gateway that goes and comes back, a code that works once."""

from __future__ import annotations

from pathlib import Path

from tests.browser.browsing import open_stage
from tests.making import ANN, BOB

from openclaw.simulator import phone

OPEN = {"dmPolicy": "open", "allowFrom": ["*"]}


async def test_two_windows_stay_live(tmp_path: Path) -> None:
    """Issue 3, "Proof": what one window decides, the other shows, without a reload."""
    async with open_stage(tmp_path) as stage, stage.window() as first:
        second = await stage.another(first.page.context)
        phone.say(stage.house.mac, ANN, "hello?")
        await first.sees("asks to be let in")
        await second.sees("asks to be let in")
        await second.press("Approve")
        await first.sees("Nothing needs you.")
        await first.page.close()
        phone.say(stage.house.mac, BOB, "me too?")
        await second.sees("asks to be let in")
        assert second.troubles == []


async def test_news_leaves_what_one_is_typing_alone(tmp_path: Path) -> None:
    """Issue 3: live without reload; focus and half-typed input stay."""
    async with open_stage(tmp_path, **OPEN) as stage, stage.window() as window:
        phone.say(stage.house.mac, ANN, "one")
        await window.show("chats")
        await window.page.locator(".chat-row").first.wait_for()
        await window.page.get_by_role("searchbox").press_sequentially("+1555")
        phone.say(stage.house.mac, BOB, "two")
        await window.page.locator(".chat-row").nth(1).wait_for()
        focused = window.page.locator(":focus")
        assert await focused.get_attribute("id") == "search"
        assert await focused.input_value() == "+1555"


async def test_a_code_works_once_and_leaves_the_address(tmp_path: Path) -> None:
    """Issue 3, "Login": the code is exchanged and gone from the address; a second use is refused in words."""
    async with open_stage(tmp_path) as stage, stage.window(login=False) as window:
        await window.sees("openclaw page")
        code = await stage.code(window.page.context)
        await window.page.goto(f"{stage.address}/#code={code}")
        await window.sees("What needs you")
        assert "code" not in window.page.url
        async with stage.window(login=False) as stranger:
            await stranger.sees("openclaw page")
            await stranger.page.goto(f"{stage.address}/#code={code}")
            await stranger.sees("That code is no longer good")
            assert "code" not in stranger.page.url
            assert [trouble for trouble in stranger.troubles if "401" not in trouble] == []
            stranger.troubles.clear()


async def test_a_gateway_that_goes_and_comes_back_is_told(tmp_path: Path) -> None:
    """Issue 3: the page says that the connection is lost; a session ends with its gateway, and a new code lets in."""
    async with open_stage(tmp_path) as stage, stage.window() as window:
        await window.page.locator('#connection[data-state="live"]').wait_for()
        stage.gateway.terminate()
        await window.sees("Connection lost, trying again")
        async with stage.house.gateway():
            await window.sees("You were logged out")
            await window.page.goto(f"{stage.address}/#code={await stage.code(window.page.context)}")
            await window.sees("Nothing needs you.")
            phone.say(stage.house.mac, ANN, "hello?")
            await window.sees("asks to be let in")
            # Whoever leaves first: the window, or its gateway.
            await window.page.goto("about:blank")
        window.troubles.clear()
