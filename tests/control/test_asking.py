from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from openclaw.control import decisions, operator
from openclaw.control.story import story
from openclaw.domain.admission import Challenged, Dropped, Reason
from openclaw.domain.ids import MessageId
from openclaw.store import Tx, messages, pairing

from .conftest import ANN, ANNS_CHAT, DEFAULT, NOW, Running

LATER = NOW + timedelta(minutes=5)
AFTER_AN_HOUR = NOW + timedelta(hours=1)


async def ann_was_challenged(running: Running) -> MessageId:
    """A message of a stranger, and the request that was made for it."""
    message = await running.ann_wrote()
    await running.ann_asked()
    verdict = Challenged(Reason.PAIRING_STARTED, ANN, fresh=True)
    await running.ledger.write(
        lambda tx: messages.judge(tx, messages.load(tx, [message])[0], verdict, None, NOW)
    )
    return message


async def last_steps(running: Running, message: MessageId, now: datetime) -> list[Any]:
    """The steps of the story that are about the request."""
    told: Any = await running.ledger.read(lambda tx: story(tx, message, now))
    return [step for step in told["steps"] if step["subject"] == "pairing"]


def approve(tx: Tx) -> None:
    operator.approve(tx, "ABCD2345", "operator", LATER)


def deny(tx: Tx) -> None:
    decisions.deny(tx, "ABCD2345", None, "operator", LATER)


def nothing(_tx: Tx) -> None:
    pass


@pytest.mark.parametrize(
    ("decide", "now", "fate", "at"),
    [
        (nothing, LATER, "open", "2026-03-01T12:00:00.000Z"),
        (approve, LATER, "approved", "2026-03-01T12:05:00.000Z"),
        (deny, LATER, "denied", "2026-03-01T12:05:00.000Z"),
        (nothing, AFTER_AN_HOUR, "expired", "2026-03-01T13:00:00.000Z"),
    ],
)
async def test_a_story_goes_on_with_the_code_and_what_became_of_it(
    running: Running, decide: Any, now: datetime, fate: str, at: str
):
    """A challenged message leads to its request, and to the operator's decision (issue: story)."""
    message = await ann_was_challenged(running)
    await running.ledger.write(decide)
    asked, ended = await last_steps(running, message, now)
    assert "ABCD2345" in asked["title"]
    assert (ended["step"], ended["at"]) == (fate, at)
    assert bool(ended["fix"]) == (fate == "open")


async def test_a_later_request_is_of_a_later_message(running: Running):
    """Somebody who asks again after a refusal has another code; the first message keeps the one that it got."""
    message = await ann_was_challenged(running)
    await running.ledger.write(deny)
    await running.ledger.write(lambda tx: pairing.add(tx, DEFAULT, ANN, ANNS_CHAT, "WXYZ2345", LATER))
    asked, ended = await last_steps(running, message, LATER)
    assert "ABCD2345" in asked["title"]
    assert ended["step"] == "denied"


async def test_who_asked_for_nothing_has_no_such_steps(running: Running):
    """A dropped message of somebody with an open request is not the one that asked."""
    message = await running.ann_wrote()
    await running.ann_asked()
    await running.ledger.write(
        lambda tx: messages.judge(tx, messages.load(tx, [message])[0], Dropped(Reason.DM_DISABLED), None, NOW)
    )
    assert await last_steps(running, message, NOW) == []
