"""What iCloud does to rows that are there, over real pipes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from openclaw.simulator import icloud, phone
from openclaw.simulator.behaviour import write_settings

ANN = "+15550100001"


def test_a_row_may_get_another_number(database: Path, imsg: Callable[..., Any]) -> None:
    """The same guid under a second row id is reported again (oc#89237, oc#1647)."""
    write_settings(str(database), {"debounceMs": 0})
    child = imsg()
    child.ask("watch.subscribe")
    said = phone.say(database, ANN, "once")
    phone.say(database, ANN, "between")
    messages = [child.message(), child.message()]
    again = icloud.renumber(database, said)
    messages.append(child.message())
    assert [(each["id"], each["guid"] == said.guid) for each in messages] == [
        (1, True),
        (2, False),
        (3, True),
    ]
    assert (messages[2]["chat_id"], again.row_id) == (said.chat_id, 3)
    assert phone.say(database, ANN, "on").row_id == 4


@pytest.mark.parametrize("reply", [False, True])
def test_what_the_owner_typed_may_come_back(reply: bool, database: Path, imsg: Callable[..., Any]) -> None:
    """As an inbound row of the peer, with or without a reference (oc#135704)."""
    write_settings(str(database), {"debounceMs": 0})
    child = imsg()
    child.ask("watch.subscribe")
    said = phone.owner_types(database, "by hand", to=ANN)
    icloud.reflect(database, said, reply=reply, after=0.1)
    own, echo = child.message(), child.message()
    assert (own["is_from_me"], echo["is_from_me"], echo["text"]) == (True, False, "by hand")
    assert echo.get("reply_to_guid") == (said.guid if reply else None)
