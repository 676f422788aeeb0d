"""The page where people are let in: from the first message to the answer, approved, denied, by keyboard alone."""

from __future__ import annotations

from pathlib import Path

from tests.agents.model_server import Answer
from tests.browser.browsing import open_stage
from tests.making import ANN, BOB

from openclaw.simulator import phone


async def test_from_the_first_message_to_the_answer_through_the_page_alone(tmp_path: Path) -> None:
    """Issue 3, "Proof": a stranger writes, is approved on the page, writes again, and the answer stands in the chat."""
    async with open_stage(tmp_path) as stage, stage.window() as window:
        await window.sees("Nothing needs you.")
        phone.say(stage.house.mac, ANN, "hello?")
        await window.sees("asks to be let in")
        await window.press("Approve")
        await window.sees("Nothing needs you.")
        stage.model.script.append(Answer("Nice to meet you."))
        phone.say(stage.house.mac, ANN, "and now?")
        await window.page.get_by_role("link", name="Chats").click()
        await window.page.locator(".chat-row").first.click()
        answer = window.page.locator(".entry.out", has_text="Nice to meet you.")
        await answer.wait_for()
        await answer.get_by_role("button", name="What happened").click()
        await answer.locator(".story li").nth(3).wait_for()
        assert "Nice to meet you." in (await stage.house.replies(ANN, 3))[-1]


async def test_who_is_approved_is_told_only_when_asked_for(tmp_path: Path) -> None:
    """Requirements, "Quick setup": approving tells the person when the operator wants it."""
    async with open_stage(tmp_path) as stage, stage.window() as window:
        phone.say(stage.house.mac, ANN, "hello?")
        await window.sees("asks to be let in")
        await window.page.get_by_label("When approved").uncheck()
        await window.press("Approve")
        await window.sees("Nothing needs you.")
        phone.say(stage.house.mac, BOB, "hello too?")
        await window.sees("asks to be let in")
        await window.press("Approve")
        await stage.house.replies(BOB, 2)
        assert len(await stage.house.replies(ANN, 1)) == 1


async def test_denied_means_gone_and_not_told(tmp_path: Path) -> None:
    """docs/http.md, "Changes": a denied request is closed and nobody hears of it."""
    async with open_stage(tmp_path) as stage, stage.window() as window:
        phone.say(stage.house.mac, ANN, "hello?")
        await window.sees("asks to be let in")
        await window.press("Deny")
        await window.sees("Nothing needs you.")
        listed = (await stage.house.openclaw("pairing", "list", "imessage", "--json")).json()
        assert listed["requests"] == []
        assert len(await stage.house.replies(ANN, 1)) == 1


async def test_approval_by_keyboard_alone(tmp_path: Path) -> None:
    """Issue 3: usable by keyboard; the focus finds its next place when what it was on is gone."""
    async with open_stage(tmp_path) as stage, stage.window() as window:
        phone.say(stage.house.mac, ANN, "hello?")
        await window.sees("asks to be let in")
        focused = window.page.locator(":focus")
        for _ in range(30):
            await window.page.keyboard.press("Tab")
            if (await focused.inner_text()).strip() == "Approve":
                break
        await window.page.keyboard.press("Enter")
        await window.sees("Nothing needs you.")
        assert await focused.inner_text() == "What needs you"
        assert "was let in" in await window.page.locator("#news").inner_text()


async def test_who_was_let_in_is_listed_and_put_out_again(tmp_path: Path) -> None:
    """docs/page.md, "Let in": by whom, and one more question before it is taken back."""
    async with open_stage(tmp_path) as stage, stage.window() as window:
        phone.say(stage.house.mac, ANN, "hello?")
        await window.sees("asks to be let in")
        await window.press("Approve")
        await window.sees("Nothing needs you.")
        await window.page.get_by_role("link", name="Let in").click()
        await window.sees("Let in by: you")
        await window.press("Revoke")
        await window.press("Really revoke")
        await window.sees("Nobody was let in by approval.")
        assert (await stage.house.openclaw("pairing", "grants", "--json")).json()["grants"] == []
