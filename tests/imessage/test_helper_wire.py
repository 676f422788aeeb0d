"""The names of what the helper is asked: no release is sent one that it does not know."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.making import ACCOUNT, direct_chat

from openclaw.domain.delivery import into
from openclaw.domain.ids import MessageGuid
from openclaw.imessage import helper_wire as wire
from openclaw.imessage.versions import known_params
from openclaw.simulator.versions import version

CHAT, GUID = direct_chat(), MessageGuid("G1")
ASKED = {
    "typing": wire.typing_params(CHAT, on=True),
    "read": wire.read_params(CHAT),
    "tapback": wire.tapback_params(CHAT, GUID, "love", remove=True),
    "send.rich": wire.reply_params(CHAT, replace(into(ACCOUNT, CHAT, "hi"), reply_to=GUID)),
    "message.edit": wire.edit_params(CHAT, GUID, "hi"),
    "message.unsend": wire.unsend_params(CHAT, GUID),
}


@pytest.mark.parametrize("method", ASKED)
def test_each_request_names_its_chat_and_nothing_unknown(method: str) -> None:
    """From 0.14 on an unknown key is an error (imsg contract 1.10); exactly one selector (1.11)."""
    params = ASKED[method]
    assert known_params((0, 9, 0), method, params) == params
    assert [key for key in params if key.startswith("chat")] == ["chat_guid"]
    for release in ("0.9.0", "0.14.0"):
        assert set(params) <= set(version(release).methods[method])
