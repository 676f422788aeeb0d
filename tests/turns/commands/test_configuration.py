"""/config and /debug."""

from __future__ import annotations

import pytest
from tests.making import ACCOUNT
from tests.rig import running

from openclaw.config.change import Change
from openclaw.config.paths import parse_path
from openclaw.config.typed import parse_value
from openclaw.domain.ids import AccountId
from openclaw.store import Ledger
from openclaw.turns.commands.configuration import edit_of, write_refusal
from openclaw.turns.commands.rules import AccountRules, CommandRules

from .house import OTHER, Desk, Outside, give, house, in_group, reasons, says


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("true", True),
        ("false", False),
        ("null", None),
        ("25", 25),
        ("-1.5", -1.5),
        ("+15550100001", "+15550100001"),
        ("1e5", "1e5"),
        ("0123", "0123"),
        ("9" * 5_000, "9" * 5_000),
        ("“25”", "25"),
        ('"25"', "25"),
        ("'25'", "25"),
        ("hello there", "hello there"),
        ('["a", 1]', ["a", 1]),
        ('{"a": {"b": 1}}', {"a": {"b": 1}}),
        ("", ""),
    ],
)
def test_a_typed_value_is_what_it_looks_like(text: str, value: object) -> None:
    """Behaviour facts I.3: braces must be JSON, then words, plain numbers, quoted texts, else the raw text."""
    assert parse_value(text) == value


@pytest.mark.parametrize(
    ("action", "text", "wrong"),
    [
        ("set", "messages.queue.cap", "Write it as path=value."),
        ("set", "=1", "Name the key."),
        ("set", "a..b=1", "That is not a key path; write it like agents.list[0].id"),
        ("set", "a={b", "The value is not JSON."),
        ("set", "a=" + "[" * 5_000, "The value is not JSON."),
        ("set", "a=" + "[" * 500 + "]" * 500, "The value is not JSON."),
        ("set", "a=" + "x" * 100_000, "That is too long for a value."),
        ("unset", "", "Name the key."),
    ],
)
def test_what_is_no_change_is_told(action: str, text: str, wrong: str) -> None:
    """Nothing is guessed."""
    assert edit_of(action, text) == wrong


def test_the_first_sign_of_equality_ends_the_path() -> None:
    """A value may have more of them."""
    assert edit_of("set", "messages.responsePrefix = a=b") == Change(("messages", "responsePrefix"), "a=b")


@pytest.mark.parametrize(
    ("path", "channel", "own", "other", "allowed"),
    [
        ("messages.queue.cap", True, True, True, True),
        ("messages.queue.cap", True, False, True, False),
        ("channels", True, True, True, False),
        ("channels.imessage", True, True, True, False),
        ("channels.telegram", True, True, True, False),
        ("channels.imessage.accounts", True, True, True, False),
        ("channels.imessage.dmPolicy", True, True, True, True),
        ("channels.imessage.dmPolicy", False, True, True, False),
        ("channels.imessage.accounts.Work.dmPolicy", True, True, True, True),
        ("channels.imessage.accounts.Work.dmPolicy", True, True, False, False),
        ("channels.imessage.accounts.new.dmPolicy", False, True, True, False),
        ("channels.imessage.accounts.Work.configWrites", True, True, False, False),
    ],
)
def test_writes_are_allowed_by_where_they_come_from_and_by_what_they_change(
    path: str, channel: bool, own: bool, other: bool, allowed: bool
) -> None:
    """Behaviour facts I.3: configWrites of origin and target; nothing that replaces a channel or all its accounts."""
    accounts = {ACCOUNT: AccountRules(writes=own), AccountId("work"): AccountRules(writes=other)}
    rules = CommandRules(accounts=accounts, channel_writes=channel)
    assert (write_refusal(parse_path(path), ACCOUNT, rules) == "") is allowed


async def test_the_owner_reads_and_changes_the_file(ledger: Ledger) -> None:
    """Behaviour facts I.3, with each answer in short plain text."""
    outside = Outside(desk=Desk({"messages": {"queue": {"cap": 20}}}, invalid="messages.queue.mode"))
    said = (
        "/config show messages.queue",
        "/config get messages.queue.cap",
        "/config set messages.queue.cap=25",
        "/config get nothing.there",
        "/config set messages.queue.mode=sideways",
        "/config unset messages.queue.cap",
        "/config unset messages.queue.cap",
        "/config set channels={}",
        "/config",
    )
    texts = await give(ledger, *(says(row, text) for row, text in enumerate(said, 1)), outside=outside)
    assert texts[:8] == [
        'messages.queue = {"cap": 20}',
        "messages.queue.cap = 20",
        "messages.queue.cap = 25",
        "nothing.there is not set.",
        "Nothing was changed. messages.queue.mode: must be a whole number; try 1.",
        "messages.queue.cap is unset.",
        "messages.queue.cap is not set.",
        "channels is too much at once; name a key below it.",
    ]
    assert texts[8].startswith("/config show | get [path]")
    assert outside.desk.document == {"messages": {"queue": {}}}


async def test_a_secret_is_taken_and_never_said(ledger: Ledger) -> None:
    """Requirement: a secret is never printed to a chat, alone or inside what holds it."""
    outside = Outside()
    said = (
        "/config set models.providers.x.apiKey=sk-verysecret",
        '/config set models.providers.y={"apiKey": "sk-too"}',
    )
    texts = await give(ledger, *(says(row, text) for row, text in enumerate(said, 1)), outside=outside)
    assert texts == ['models.providers.x.apiKey = "***"', 'models.providers.y = {"apiKey": "***"}']
    assert outside.desk.document["models"]["providers"]["x"]["apiKey"] == "sk-verysecret"


@pytest.mark.parametrize("command", ["/config", "/debug"])
async def test_what_the_gateway_starts_is_not_set_from_a_chat(ledger: Ledger, command: str) -> None:
    """Demand M5: a phone that is stolen must not run programs on the gateway's machine (decision 030)."""
    outside = Outside()
    said = (
        f"{command} set channels.imessage.cliPath=/tmp/x",
        f'{command} set mcp={{"servers": {{"x": {{"command": "sh"}}}}}}',
        f"{command} set channels.imessage.accounts.work.cliPath=/tmp/x",
    )
    texts = await give(ledger, *(says(row, text) for row, text in enumerate(said, 1)), outside=outside)
    assert len(texts) == 3
    assert all("on the gateway's machine" in text for text in texts)
    assert (outside.desk.writes, outside.desk.overlay()) == ([], {})


async def test_whoever_is_not_the_owner_hears_nothing(ledger: Ledger) -> None:
    """Refusals are silent to the sender and visible to the operator."""
    outside = Outside()
    commands = ("/config show", "/config set a.b=1", "/debug reset")
    from_other = [says(row, text, OTHER) for row, text in enumerate(commands, 4)]
    async with running(ledger, house(), ports=outside.ports) as rig:
        await rig.hear(*from_other)
        await rig.hear(says(10, "/whoami"))
        assert len(await rig.phone.texts(1)) == 1
    assert outside.desk.writes == []
    assert (await reasons(ledger)).count("command-owner") == 3


async def test_debug_lies_over_the_file_until_it_is_taken_off(ledger: Ledger) -> None:
    """/debug show, set, unset, reset: in memory only."""
    outside = Outside()
    said = (
        "/debug show",
        "/debug set messages.queue.cap=3",
        "/debug set messages.responsePrefix=hi",
        "/debug show",
        "/debug unset messages.queue.cap",
        "/debug reset",
        "/debug show",
        "/debug unset messages.queue.cap",
    )
    texts = await give(ledger, *(says(row, text) for row, text in enumerate(said, 1)), outside=outside)
    assert texts[0] == texts[6] == "Nothing is laid over the file."
    assert texts[1] == "Until the next restart: messages.queue.cap = 3"
    assert texts[3] == 'messages.queue.cap = 3\nmessages.responsePrefix = "hi"'
    assert texts[4] == "messages.queue.cap is as the file has it again."
    assert texts[5] == "The file alone holds again."
    assert texts[7] == "Nothing is laid over messages.queue.cap."
    assert outside.desk.writes == []


async def test_in_a_group_nothing_of_the_file_is_shown(ledger: Ledger) -> None:
    """Everybody there would read who may write, and what else it says; changes are made there all the same."""
    outside = Outside(desk=Desk({"messages": {"queue": {"cap": 20}}}))
    said = (
        "/config show",
        "/config get messages.queue.cap",
        "/debug show",
        "/config set messages.queue.cap=5",
    )
    texts = await give(ledger, *(in_group(row, text) for row, text in enumerate(said, 1)), outside=outside)
    assert texts[:3] == ["Everybody here would read that; ask in a direct message."] * 3
    assert texts[3] == "messages.queue.cap = 5"
