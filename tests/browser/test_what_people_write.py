"""The page before people who mean no good: what they write is text, whatever it looks like."""

from __future__ import annotations

from pathlib import Path

from tests.browser.browsing import open_stage
from tests.making import ANN, BOB

from openclaw.simulator import phone

SCRIPT = "<script>window.caught = 1</script><img src=x onerror='window.caught = 1'>"
LINK = "javascript:window.caught=1 https://evil.example/<b>x</b>"


async def test_markup_in_names_texts_and_files_stays_text(tmp_path: Path) -> None:
    """Issue 3: text from contacts can never become markup; links are not made from it."""
    file = tmp_path / "<img src=x onerror=alert(1)>.png"
    file.write_bytes(b"not a picture")
    policy = {
        "dmPolicy": "open",
        "allowFrom": ["*"],
        "groupPolicy": "open",
        "groups": {"*": {"requireMention": False}},
    }
    async with open_stage(tmp_path, **policy) as stage, stage.window() as window:
        group = f"Lunch {SCRIPT}"
        phone.make_group(stage.house.mac, group, [ANN, BOB])
        phone.say(stage.house.mac, ANN, f"{SCRIPT} {LINK}", group=group, attachments=[file])
        await window.show("chats")
        await window.page.locator(".chat-row").first.click()
        await window.page.locator(".entry .bubble", has_text="<script>").first.wait_for()
        await window.page.locator(".chat-name", has_text="<img").wait_for()
        await window.page.get_by_role("button", name="What happened").first.click()
        await window.page.locator(".story li").first.wait_for()
        assert await window.page.evaluate("window.caught") is None
        assert await window.page.locator("main script, main img, main b, .entry a").count() == 0


async def test_a_stranger_with_markup_for_a_name_is_named_in_full(tmp_path: Path) -> None:
    """Issue 3: the card of a held or asking stranger shows the words as they are."""
    async with open_stage(tmp_path) as stage, stage.window() as window:
        phone.say(stage.house.mac, "<b>bold</b>@example.com", SCRIPT)
        phone.say(stage.house.mac, ANN, SCRIPT)
        await window.sees("asks to be let in")
        assert await window.page.evaluate("window.caught") is None
        assert await window.page.locator("main b, main script, main img").count() == 0
