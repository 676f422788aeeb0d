"""New contacts and groups."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openclaw.errors import BadRequest
from openclaw.simulator.behaviour import SUFFIX, write_settings
from openclaw.simulator.page import people

ANN, BOB = "+15550100001", "bob@example.com"


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        (" +1 (555) 010-0001 ", ANN),
        ("555.010.0001", ANN),
        ("Bob@Example.com", BOB),
        ("22333", "22333"),
        ("+49 30 1234567", "+49301234567"),
    ],
)
def test_a_number_is_spelt_as_messages_does(written: str, meant: str) -> None:
    """People type as they like; the database has E.164 and small mail addresses (imsg contract 3.4)."""
    assert people.handle_of(written) == meant


@pytest.mark.parametrize(
    "written", ["", "Ann", "12", "a@b@c", "a b@c", "+1555<b>", "1" * 16, "a;-;b@c", "@", "x@"]
)
def test_what_is_no_address_is_refused_with_an_example(written: str) -> None:
    """The message names the value and the fix (style, 21)."""
    with pytest.raises(BadRequest, match=r"ann@example\.com"):
        people.handle_of(written)


@given(st.text(max_size=60))
def test_a_handle_never_changes_when_read_again(text: str) -> None:
    """Whatever is accepted is already in its final spelling."""
    try:
        handle = people.handle_of(text)
    except BadRequest:
        return
    assert people.handle_of(handle) == handle


def test_a_new_contact_is_an_empty_conversation_with_a_name(page: Any, database: Path) -> None:
    """The name goes to the address book that imsg reads, beside whatever else stands there."""
    write_settings(str(database), {"as": "0.8.0", "contacts": {BOB: "Bob"}})
    made = page.post("api/contacts", name="<i>Ann</i>", address="+1 555 010 0001", service="SMS")
    assert made.code == 201
    chat = made.json["chat"]
    assert (chat["members"], chat["service"], chat["last"]) == ([ANN], "SMS", None)
    assert made.json["people"] == {BOB: "Bob", ANN: "<i>Ann</i>"}
    assert json.loads(Path(f"{database}{SUFFIX}").read_text())["as"] == "0.8.0"
    assert [each["id"] for each in page.get("api/chats").json["chats"]] == [chat["id"]]


def test_the_same_contact_twice_is_one_conversation(page: Any) -> None:
    """A number has one chat a service (imsg contract 3.4)."""
    first, second = (page.post("api/contacts", address=ANN).json["chat"]["id"] for _ in range(2))
    other = page.post("api/contacts", address=ANN, service="SMS").json["chat"]["id"]
    assert first == second != other


def test_a_group_has_its_members_once(page: Any) -> None:
    """However often and however spelt a member is named."""
    made = page.post("api/groups", name="Trip", members=[ANN, "+1 555 010 0001", BOB])
    assert (made.code, made.json["chat"]["members"], made.json["chat"]["group"]) == (201, [ANN, BOB], True)


@pytest.mark.parametrize(
    ("path", "fields", "word"),
    [
        ("contacts", {}, "address"),
        ("contacts", {"address": "+15550100000"}, "account itself"),
        ("contacts", {"address": ANN, "service": "Signal"}, "iMessage or SMS"),
        ("contacts", {"address": ANN, "service": []}, "iMessage or SMS"),
        ("contacts", {"address": ANN, "name": "x" * 101}, "100"),
        ("contacts", {"address": ANN, "name": 7}, "name"),
        ("groups", {"members": [ANN]}, "2 to 31"),
        ("groups", {"members": ANN}, "members"),
        ("groups", {"members": [ANN, 5]}, "members"),
        ("groups", {"members": [f"+1555010{n:04d}" for n in range(1, 40)]}, "2 to 31"),
    ],
)
def test_bad_people_are_refused_by_name(page: Any, path: str, fields: dict[str, Any], word: str) -> None:
    """Bad input gets a message and makes nothing."""
    answer = page.post(f"api/{path}", **fields)
    assert (answer.code, word in answer.json["error"]) == (400, True), answer.json
    assert page.get("api/chats").json["chats"] == []
