"""The page where the operator decides: held messages, pauses, sessions."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.agents.model_server import Answer
from tests.browser.browsing import Stage, Window, open_stage
from tests.making import ACCOUNT, ANN, direct_chat

from openclaw.control.shapes import live_shape
from openclaw.domain.acp import Decision, LiveAgent, PermissionQuestion, ToolKind, outside_agent
from openclaw.domain.ids import SessionKey
from openclaw.simulator import phone
from openclaw.store import Tx, open_ledger, permissions

OPEN = {"dmPolicy": "open", "allowFrom": ["*"]}


async def test_a_held_message_is_released_and_answered(tmp_path: Path) -> None:
    """Design section 4, "Matching our own words" 4: what looks like our own words is held, and can be released."""
    async with open_stage(tmp_path, **OPEN) as stage, stage.window() as window:
        await _held(stage, window)
        stage.model.script.append(Answer("You really mean it."))
        await window.press("Release")
        await window.sees("Nothing needs you.")
        assert (await stage.house.replies(ANN, 2))[-1] == "You really mean it."


async def test_a_held_message_is_dropped_beside_its_bubble(tmp_path: Path) -> None:
    """Issue 3: the same decision where the message stands, and its text is forgotten."""
    async with open_stage(tmp_path, **OPEN) as stage, stage.window() as window:
        await _held(stage, window)
        await window.page.locator(".card a").first.click()
        held = window.page.locator('.entry[data-state="held"]')
        await held.get_by_role("button", name="Drop").click()
        await window.sees("The text is not kept.")
        await held.wait_for(state="detached")


async def test_everything_paused_is_plain_to_see_and_ends(tmp_path: Path) -> None:
    """Issue 3: pause for everything; what came meanwhile is answered afterwards."""
    async with open_stage(tmp_path, **OPEN) as stage, stage.window() as window:
        await window.press("Pause everything")
        await window.sees("Everything is paused")
        phone.say(stage.house.mac, ANN, "are you there?")
        await window.show("chats")
        await window.page.locator(".chat-row").first.click()
        await window.sees("waits: paused")
        await window.press("Resume everything")
        await stage.house.replies(ANN, 1)
        await window.page.locator(".entry.out").wait_for()
        assert await window.page.locator("#banner").is_hidden()


async def test_one_chat_paused_and_resumed(tmp_path: Path) -> None:
    """Issue 3: pause for a chat, from the head of the conversation."""
    async with open_stage(tmp_path, **OPEN) as stage, stage.window() as window:
        phone.say(stage.house.mac, ANN, "one")
        await stage.house.replies(ANN, 1)
        await window.show("chats")
        await window.page.locator(".chat-row").first.click()
        await window.press("Pause the chat")
        await window.page.get_by_role("button", name="Resume the chat").wait_for()
        phone.say(stage.house.mac, ANN, "two")
        await window.sees("waits: paused")
        await window.press("Resume the chat")
        assert len(await stage.house.replies(ANN, 2)) == 2


async def test_an_account_is_tested_and_paused(tmp_path: Path) -> None:
    """Issue 3: accounts with their state, a probe, a pause."""
    async with open_stage(tmp_path, **OPEN) as stage, stage.window() as window:
        await window.show("accounts")
        await window.press("Test the line")
        await window.sees("answers for this phone")
        await window.press("Pause the account")
        await window.page.get_by_role("button", name="Resume the account").click()
        await window.page.get_by_role("button", name="Pause the account").wait_for()


async def test_a_session_is_reset_after_asking_once_more(tmp_path: Path) -> None:
    """Issue 3: sessions with reset; what cannot be taken back asks first."""
    async with open_stage(tmp_path, **OPEN) as stage, stage.window() as window:
        phone.say(stage.house.mac, ANN, "remember the number four")
        await stage.house.replies(ANN, 1)
        await window.show("sessions")
        await window.sees("remembers 2 texts")
        await window.press("Reset")
        await window.press("Really reset")
        await window.sees("remembers 0 texts")


@pytest.mark.parametrize(
    ("button", "decision"),
    [
        ("Allow once", Decision.ONCE),
        ("Allow always", Decision.ALWAYS),
        ("Deny", Decision.DENY),
    ],
)
async def test_an_agent_that_asks_is_answered(tmp_path: Path, button: str, decision: Decision) -> None:
    """Demand L6: what it wants stands on the page, as text whatever it says, with an answer for each button."""
    async with (
        open_stage(tmp_path, **OPEN) as stage,
        stage.window() as window,
        open_ledger(stage.house.state) as ledger,
    ):
        await ledger.write(_ask)
        await window.page.reload()
        await window.sees("codex asks for permission")
        await window.sees(f"In {ANN}.")
        await window.sees("rm -rf <b>build</b>")
        await window.press(button)
        await window.sees("Nothing needs you.")
        [kept] = await ledger.read(permissions.recent)
        assert (kept.decision, kept.decided_by) == (decision, "operator")


async def test_the_programs_that_run_as_agents_stand_beside_them(tmp_path: Path) -> None:
    """Which, since when, and what they take; what the system does not tell is left out."""
    async with open_stage(tmp_path, **OPEN) as stage, stage.window() as window:

        async def with_programs(route: Any) -> None:
            """What the gateway says, as if two programs ran in it."""
            answer = await route.fetch()
            since, session = datetime.now(UTC), SessionKey("agent:main:acp:1")
            running = [
                LiveAgent(session, "codex", 4711, since, True, 12.5, 180 * 1024**2),
                LiveAgent(session, "claude", 4712, since, False),
            ]
            shapes = [live_shape(one) for one in running]
            await route.fulfill(response=answer, json=await answer.json() | {"outside": shapes})

        await window.show("sessions")
        heading = window.page.get_by_role("heading", name="Programs that run as agents")
        assert await heading.is_hidden()
        await window.page.route("**/api/status", with_programs)
        await window.page.reload()
        await heading.wait_for()
        await window.sees("of processor time, 180 MB.")
        await window.sees("Process 4712")


def _ask(tx: Tx) -> None:
    """What an agent that runs in the gateway would write down."""
    now = datetime.now(UTC)
    question = PermissionQuestion(
        SessionKey("agent:main:acp:1"), outside_agent("codex"), ToolKind.EXECUTE, "rm -rf <b>build</b>"
    )
    place = ACCOUNT, direct_chat().key
    permissions.ask(tx, question, "WXYZ6789", place, now, now + timedelta(minutes=30))


async def _held(stage: Stage, window: Window) -> None:
    """Ann repeats an answer word by word; that is held."""
    stage.model.script.append(Answer("The table is booked for six."))
    phone.say(stage.house.mac, ANN, "is it booked?")
    await stage.house.replies(ANN, 1)
    await window.show("chats")
    await window.page.locator(".chat-row").first.click()
    await window.sees("delivered to the phone")
    phone.say(stage.house.mac, ANN, "The table is booked for six.")
    await window.show("needs")
    await window.page.get_by_role("button", name="Release").wait_for()
