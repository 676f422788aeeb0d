"""What agents ask, across the end of a gateway."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from tests.journeys.house import build, channel
from tests.making import ACCOUNT, direct_chat

from openclaw.domain.acp import PermissionQuestion, PermissionState, ToolKind, outside_agent
from openclaw.domain.ids import SessionKey
from openclaw.store import Tx, open_ledger, permissions


async def test_a_question_that_a_killed_gateway_left_is_nobodys(tmp_path: Path) -> None:
    """The next start closes it: an answer would be heard by nobody."""

    def ask(tx: Tx) -> None:
        now = datetime.now(UTC)
        question = PermissionQuestion(
            SessionKey("agent:main:acp:1"), outside_agent("codex"), ToolKind.EXECUTE, "ls"
        )
        place = ACCOUNT, direct_chat().key
        permissions.ask(tx, question, "WXYZ6789", place, now, now + timedelta(minutes=30))

    house = build(tmp_path)
    house.configure(channels=channel(house))
    async with open_ledger(house.state) as ledger:
        await ledger.write(ask)
        async with house.gateway():
            listed = await house.openclaw("approvals", "list", "--json")
            late = await house.openclaw("approvals", "allow", "WXYZ6789")
        [kept] = await ledger.read(permissions.recent)
    assert listed.json() == {"requests": []}
    assert (late.code, kept.state) == (1, PermissionState.CANCELLED)
