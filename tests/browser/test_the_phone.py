"""The phone and the page side by side: from a contact's first words to the answer, with nothing but a browser."""

from __future__ import annotations

from pathlib import Path

from tests.agents.model_server import Answer
from tests.browser.browsing import open_stage
from tests.making import ANN


async def test_from_the_first_words_on_the_phone_to_the_answer(tmp_path: Path) -> None:
    """Issue: first message to answer through the page alone; the visitor plays the contact on the phone."""
    async with open_stage(tmp_path) as stage, stage.window() as window:
        phone = await stage.phone(window)
        await phone.press("New contact")
        dialog = phone.page.get_by_role("dialog")
        await dialog.get_by_role("textbox").last.fill(ANN)
        await dialog.get_by_role("button").last.click()
        await phone.page.get_by_role("textbox", name="Message", exact=True).fill("Hello?")
        await phone.press("Send")
        await phone.sees("Pairing code")
        await window.sees("asks to be let in")
        await window.press("Approve")
        await phone.sees("You have been let in")
        stage.model.script.append(Answer("Nice to **meet** you <b>Ann</b>."))
        await phone.page.get_by_role("textbox", name="Message", exact=True).fill("And now?")
        await phone.press("Send")
        await phone.sees("Nice to meet you")
        assert phone.troubles == []


async def test_the_phone_is_closed_to_whoever_is_not_logged_in(tmp_path: Path) -> None:
    """What is mounted beside the page is behind the same door."""
    async with open_stage(tmp_path) as stage, stage.window(login=False) as window:
        answer = await window.page.context.request.get(f"{stage.address}/phone/")
        assert answer.status == 401
