"""The decision tables as data: each row of ``tables/*.toml`` is a file, a message, and the one reason that it gets."""

from __future__ import annotations

import tomllib
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from tests.inbound.policies import facts
from tests.making import ANN, direct_chat, group_chat, inbound
from tests.rig import configure

from openclaw.config.accounts import resolve_accounts
from openclaw.domain.chats import ChatRef
from openclaw.domain.handles import Handle, parse_handle
from openclaw.domain.ids import ChatRowId
from openclaw.domain.messages import InboundMessage
from openclaw.domain.reasons import Reason
from openclaw.inbound.access import compile_access
from openclaw.inbound.admit import admit
from openclaw.inbound.gates import trace
from openclaw.inbound.manners import Manners
from openclaw.inbound.mentions import compile_mentions
from openclaw.turns.commands.recognise import command_of

TABLES = Path(__file__).parent / "tables"
CHATS = {
    "ann": direct_chat(ANN, 1),
    "me": direct_chat("me@example.com", 3),
    "seven": group_chat(7),
    "eight": ChatRef(ChatRowId(8), "any;+;chat8", "chat8"),
    "bare": ChatRef(ChatRowId(9), ""),
    "none": None,
}


def rows() -> list[Any]:
    """Every row with what its table says for all of them."""
    found: list[Any] = []
    for path in sorted(TABLES.glob("*.toml")):
        table = tomllib.loads(path.read_text(encoding="utf-8"))
        common = {key: value for key, value in table.items() if key != "row"}
        found += [pytest.param(common | row, id=f"{path.stem}: {row['name']}") for row in table["row"]]
    return found


def document(row: dict[str, Any]) -> dict[str, Any]:
    """The configuration file that a row describes."""
    channels: dict[str, Any] = {"defaults": row.get("defaults", {})}
    if not row.get("missing"):
        channels["imessage"] = row.get("channel", {})
    return {"channels": channels, "commands": row.get("commands", {})}


def message(row: dict[str, Any]) -> InboundMessage:
    """The message that a row describes."""
    chat = CHATS[row.get("chat", "ann")]
    if chat is not None and "service" in row:
        chat = direct_chat(ANN, 1, row["service"])
    from_me = None if row.get("direction") == "unknown" else row.get("from_me", False)
    heard = inbound(1, row.get("text", "hello"), sender=row.get("sender", ANN), from_me=from_me)
    members = tuple(row.get("members", ()))
    return replace(heard, chat=chat, participants=members, is_reaction=row.get("reaction", False))


@pytest.mark.parametrize("row", rows())
def test_a_row_of_the_tables(row: dict[str, Any]) -> None:
    """Each row names its source; what a file says and a message is has the one reason that the table gives."""
    config = configure(document(row))
    account, heard = resolve_accounts(config)[0], message(row)
    policy = compile_access(account, config.commands)
    own = frozenset(filter(None, (parse_handle(text) for text in account.own_handles)))
    known = facts(
        granted=row.get("granted", False),
        late=row.get("late", False),
        pairing_open=row.get("pending", False),
        requests_open=row.get("requests", 0),
        own_handles=frozenset(map(Handle, own)),
        account_handles=frozenset(map(Handle, own)),
    )
    words = compile_mentions(row.get("patterns", []), "mentionPatterns")

    found = admit(heard, policy, known, command_of(heard.text), lambda _peer: Manners(words))

    assert found.reason is Reason(row["reason"]), row["source"]
    way = trace(found, heard, is_group=policy.is_group(heard))
    assert (way.stopped_at is None) == (type(found).__name__ == "Admitted")
