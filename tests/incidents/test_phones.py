"""Incidents of a Mac that is well or says odd things: the phone edge in this process, over a simulated Mac."""

from __future__ import annotations

from pathlib import Path

import psutil
import pytest
from tests.imessage.phones import Account, behave, connected, simulated
from tests.making import ANN
from tests.waiting import until

from openclaw.domain.chats import ChatRef
from openclaw.domain.delivery import OutboundMessage, Unknown
from openclaw.domain.health import AccountState
from openclaw.domain.ids import AccountId, ChatRowId
from openclaw.imessage.phone import Timing
from openclaw.simulator.phone import say
from openclaw.supervision import Backoff

ACCOUNT = AccountId("default")


def young(of: psutil.Process) -> set[int]:
    """The processes below ``of``."""
    return {child.pid for child in of.children(recursive=True)}


async def test_a_phone_on_which_nothing_happens_is_left_alone(tmp_path: Path) -> None:
    """oc#35072: no message for half an hour counted as dead, and the channel was restarted 59 times in two days."""
    cli, db = simulated(tmp_path)
    timing = Timing(truth_interval=0.05, second_look=0.05, reader_age=0.2, backoff=Backoff(first=0.05))
    us = psutil.Process()
    before = young(us)

    async with connected(Account(cli, db), timing=timing) as (phone, inbox, diary):
        first = young(us) - before
        looked: set[int] = set()

        async def looked_often() -> bool:
            looked.update(young(us) - before - first)
            return len(looked) >= 3

        await until(looked_often, "three young children looked into the history")
        assert len(first & young(us)) >= 1, "the watch is still the first one"
        assert AccountState.DEAF not in {health.state for health in diary.entries}
        say(db, ANN, "after a long silence")
        assert await inbox.texts(1) == ["after a long silence"]
        assert phone.health.state is AccountState.CONNECTED


@pytest.mark.parametrize(
    "words",
    [
        "Messages got an error: Can’t get buddy id “+15550100001” of service. (-1728)",
        "Messages got an error: AppleEvent timed out. (-1712)",
        "Messages got an error: AppleEvent handler failed. (-10000)",
    ],
)
async def test_a_script_error_of_a_new_macos_is_shown_and_proves_nothing(tmp_path: Path, words: str) -> None:
    """LifeOS#1279: a new macOS broke sending (-1728) while everything looked well."""
    cli, db = simulated(tmp_path)
    said = say(db, ANN, "hello")

    async with connected(Account(cli, db)) as (phone, _, _):
        behave(db, {"kind": "refuse-send", "message": words})
        chat = ChatRef(ChatRowId(said.chat_id), said.chat_guid, ANN)
        result = await phone.send(OutboundMessage(ACCOUNT, chat, "hi"), lambda: None)
        assert isinstance(result, Unknown)
        assert words in phone.health.sending
