"""/allowlist."""

from __future__ import annotations

import pytest
from tests.making import ACCOUNT, NOON

from openclaw.domain.handles import Handle
from openclaw.store import Ledger, pairing
from openclaw.turns.commands.allowlist import Wish, parse_wish

from .house import OTHER, OWNER, STRANGER, Desk, Outside, give, house, in_group, says


@pytest.mark.parametrize(
    ("arguments", "wish"),
    [
        ("", Wish()),
        ("list group", Wish(scope="group")),
        ("dm", Wish(scope="dm")),
        ("add +15550100009", Wish("add", None, "+15550100009")),
        ("add group +1 555 010 0009", Wish("add", "group", "+1 555 010 0009")),
        ("remove dm a@b.c --store", Wish("remove", "dm", "a@b.c", config=False)),
        ("remove a@b.c —config", Wish("remove", None, "a@b.c", store=False)),
        ("add a@b.c --config --store", Wish("add", None, "a@b.c")),
        ("add a@b.c --account work", Wish("add", None, "a@b.c", account="work")),
        ("add account=work entry=a@b.c scope=group", Wish("add", "group", "a@b.c", account="work")),
        ("add a@b.c --resolve --channel imessage", Wish("add", None, "a@b.c")),
    ],
)
def test_the_words_after_it(arguments: str, wish: Wish) -> None:
    """Behaviour facts I.2: scopes, options with and without a sign of equality, phones' dashes, both by default."""
    assert parse_wish(arguments) == wish


@pytest.mark.parametrize(
    "arguments",
    [
        "add a --colour=red",
        "list --channel telegram",
        "add scope=everywhere a",
        "ad +15550100009",
        "dm all of it",
    ],
)
def test_what_it_does_not_know_is_named(arguments: str) -> None:
    """Nothing is changed on a guess."""
    assert isinstance(parse_wish(arguments), str)


async def test_the_owner_sees_who_and_others_how_many(ledger: Ledger) -> None:
    """Never another person's data to whoever is not the owner."""
    await ledger.write(lambda tx: pairing.grant(tx, ACCOUNT, Handle(STRANGER), "test", NOON))
    full, counted = await give(ledger, says(1, "/allowlist dm"), says(2, "/allowlist", OTHER))
    assert full == f"Direct messages: allowlist\n  listed: {OWNER}, {OTHER}\n  paired: {STRANGER}"
    assert counted.splitlines()[:3] == ["Direct messages: allowlist", "  listed: 2", "  paired: 1"]
    assert STRANGER not in counted


async def test_in_a_group_nobody_reads_who_else_may_write(ledger: Ledger) -> None:
    """The owner asks, and everybody would read the answer."""
    [told] = await give(ledger, in_group(1, "/allowlist"))
    assert "listed: 2" in told
    assert OTHER not in told


async def test_a_handle_is_added_to_both_and_taken_from_both(ledger: Ledger) -> None:
    """Behaviour facts I.2: default target is configuration and store; doing it twice is doing it once."""
    outside = Outside(desk=Desk({"channels": {"imessage": {"allowFrom": [OWNER]}}}))

    async def granted() -> frozenset[str]:
        return await ledger.read(lambda tx: pairing.granted_handles(tx, ACCOUNT))

    said = (
        "/allowlist add dm (555) 010-0009",
        "/allowlist add +15550100009",
        "/allowlist remove imessage:+15550100009",
        "/allowlist remove +15550100009",
    )
    first = await give(ledger, says(1, said[0]), outside=outside)
    assert first == ["(555) 010-0009 added to the configuration and to what was approved by pairing."]
    assert outside.desk.document["channels"]["imessage"]["allowFrom"] == [OWNER, "(555) 010-0009"]
    assert await granted() == {STRANGER}
    rest = await give(ledger, *(says(row, text) for row, text in enumerate(said[1:], 2)), outside=outside)
    assert rest[0] == "+15550100009 is there already; nothing was changed."
    assert rest[2] == "+15550100009 is not there; nothing was changed."
    assert outside.desk.document["channels"]["imessage"]["allowFrom"] == [OWNER]
    assert await granted() == set()


async def test_groups_have_a_list_of_their_own(ledger: Ledger) -> None:
    """It begins with what it inherited; approval by pairing is for direct messages only."""
    outside = Outside()
    await give(ledger, says(1, "/allowlist add group +15550100009"), outside=outside)
    listed = outside.desk.document["channels"]["imessage"]["groupAllowFrom"]
    assert listed == [OWNER, OTHER, "+15550100009"]
    assert await ledger.read(lambda tx: pairing.granted_handles(tx, ACCOUNT)) == set()


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("/allowlist add all +15550100009", "Say dm or group."),
        (
            "/allowlist add dm",
            "Name a handle: a phone number with its country code, or a mail address.",
        ),
        ("/allowlist add +15550100009 --account nowhere", "No such account."),
        ("/allowlist add +15550100009 --account !!", "No such account."),
    ],
)
async def test_what_cannot_be_done_is_told(ledger: Ledger, text: str, answer: str) -> None:
    """Nothing is written."""
    outside = Outside()
    assert await give(ledger, says(1, text), outside=outside) == [answer]
    assert outside.desk.writes == []


async def test_nobody_stops_being_the_owner_by_adding_a_friend(ledger: Ledger) -> None:
    """Owner is the single handle of allowFrom where ownerAllowFrom names none; a second would leave no owner."""
    outside, document = Outside(), house()
    document["commands"] = {"config": True}
    document["channels"]["imessage"] |= {"allowFrom": [OWNER]}
    said = (says(1, "/allowlist add +15550100009"), says(2, "/allowlist add +15550100009 --store"))
    refused, stored = await give(ledger, *said, outside=outside, document=document)
    assert refused.startswith("Nothing was changed: the one entry of allowFrom")
    assert stored == "+15550100009 added to what was approved by pairing."
    assert outside.desk.writes == []


async def test_config_writes_off_keeps_the_lists_as_they_are(ledger: Ledger) -> None:
    """channels.imessage.configWrites."""
    outside, document = Outside(), house()
    document["channels"]["imessage"]["configWrites"] = False
    [told] = await give(ledger, says(1, "/allowlist add +15550100009"), outside=outside, document=document)
    assert told == "configWrites is off for this account."
    assert outside.desk.writes == []
