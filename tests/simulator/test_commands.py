"""The commands beside `rpc`, in this process."""

from __future__ import annotations

from pathlib import Path

import pytest

from openclaw.simulator import commands, phone
from openclaw.simulator.behaviour import Behaviour, write_settings
from openclaw.simulator.envelope import RpcError
from openclaw.simulator.startup import Unreadable
from openclaw.simulator.versions import version


def test_a_send_to_a_chat_goes_there(database: Path) -> None:
    """The options of `send` are those of the method (imsg contract 2, 4.1)."""
    chat = phone.make_group(database, "G", ["+15550100001"])
    options = {"chat-id": str(chat), "text": "hello"}
    commands.run("send", options, version("0.5.0"), Behaviour(str(database)), str(database))
    assert [each.text for each in phone.read_thread(database, chat)] == ["hello"]
    with pytest.raises(RpcError, match="text or file is required"):
        commands.run("send", {"to": "x"}, version("0.5.0"), Behaviour(str(database)), str(database))


def test_without_permission_no_command_reads(database: Path) -> None:
    """The failure is the one of `rpc` (imsg contract 1.9)."""
    write_settings(str(database), {"misbehaviour": [{"kind": "permission-denied", "reason": "denied"}]})
    with pytest.raises(Unreadable, match="denied"):
        commands.run("chats", {}, version("0.5.0"), Behaviour(str(database)), str(database))
