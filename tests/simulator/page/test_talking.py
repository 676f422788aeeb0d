"""Saying, reacting, echo, and the owner's own words."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from openclaw.simulator import phone

ANN, BOB, EVE = "+15550100001", "bob@example.com", "+15550100009"


@pytest.fixture
def chat(page: Any) -> int:
    """Ann's conversation, still empty."""
    return page.post("api/contacts", name="Ann", address=ANN).json["chat"]["id"]


def test_what_a_contact_says_stands_in_the_database(page: Any, database: Path, chat: int) -> None:
    """It is written as a Mac does, with the service of its conversation."""
    said = page.post(f"api/chats/{chat}/bubbles", sender=ANN, text="  two\nlines  ")
    assert (said.code, said.json["bubble"]["text"]) == (201, "two\nlines")
    (bubble,) = phone.read_thread(database, chat)
    assert (bubble.sender, bubble.text, bubble.service) == (ANN, "two\nlines", "iMessage")


def test_each_member_of_a_group_may_write(page: Any, database: Path) -> None:
    """Who writes now is chosen on the page (brief); nobody else may."""
    group = phone.make_group(database, "", [ANN, BOB], "SMS")
    for sender in (ANN, BOB):
        assert page.post(f"api/chats/{group}/bubbles", sender=sender, text="me").code == 201
    refused = page.post(f"api/chats/{group}/bubbles", sender=EVE, text="me")
    assert (refused.code, BOB in refused.json["error"]) == (400, True)
    assert [(each.sender, each.service) for each in phone.read_thread(database, group)] == [
        (ANN, "SMS"),
        (BOB, "SMS"),
    ]


@pytest.mark.parametrize(
    "fields",
    [
        {"sender": ANN},
        {"sender": ANN, "text": " \n "},
        {"sender": "", "text": "x"},
        {"text": "x"},
        {"sender": ANN, "text": "x" * 20_001},
        {"sender": ANN, "text": ["x"]},
        {"sender": ANN, "text": "x", "files": ["a"] * 11},
        {"sender": ANN, "text": "x", "files": "a"},
    ],
)
def test_what_cannot_be_sent_is_refused(page: Any, chat: int, fields: dict[str, Any]) -> None:
    """Bad input gets a message and writes nothing."""
    answer = page.post(f"api/chats/{chat}/bubbles", **fields)
    assert (answer.code, bool(answer.json["error"])) == (400, True)
    assert page.get(f"api/chats/{chat}/bubbles").json["bubbles"] == []


def test_half_a_character_is_replaced(page: Any, chat: int) -> None:
    """JSON can carry half a surrogate pair, a database cannot."""
    said = page.post(f"api/chats/{chat}/bubbles", sender=ANN, text="a\ud83d")
    assert (said.code, said.json["bubble"]["text"]) == (201, "a?")


def test_a_reaction_is_given_and_taken_back(page: Any, chat: int) -> None:
    """The answer is the bubble as it is then."""
    guid = page.post(f"api/chats/{chat}/bubbles", sender=ANN, text="nice").json["bubble"]["guid"]
    given = page.post("api/tapbacks", guid=guid, sender=ANN, kind="emphasis")
    assert [each["kind"] for each in given.json["bubble"]["reactions"]] == ["emphasis"]
    taken = page.post("api/tapbacks", guid=guid, sender=ANN, kind="emphasis", remove=True)
    assert (taken.code, taken.json["bubble"]["reactions"]) == (201, [])


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"guid": "none"}, 404),
        ({"kind": "hug"}, 400),
        ({"sender": EVE}, 400),
        ({"remove": "yes"}, 400),
        ({"guid": 5}, 400),
    ],
)
def test_bad_reactions_are_refused(page: Any, chat: int, fields: dict[str, Any], code: int) -> None:
    """Wrong ids are 404, wrong values 400 (brief)."""
    guid = page.post(f"api/chats/{chat}/bubbles", sender=ANN, text="nice").json["bubble"]["guid"]
    good = {"guid": guid, "sender": ANN, "kind": "love", "remove": False}
    assert page.post("api/tapbacks", **(good | fields)).code == code


def test_an_echo_is_the_last_answer_from_the_other_side(page: Any, database: Path, chat: int) -> None:
    """The account's last bubble comes back as if the contact had written it (brief)."""
    assert page.post(f"api/chats/{chat}/echo", sender=ANN).code == 400
    phone.owner_types(database, "first", chat=chat)
    phone.owner_types(database, "last", chat=chat)
    phone.say(database, ANN, "thanks", chat=chat)
    assert page.post(f"api/chats/{chat}/echo", sender=ANN).code == 201
    last = phone.read_thread(database, chat)[-1]
    assert (last.from_me, last.sender, last.text) == (False, ANN, "last")


def test_the_owner_types_into_the_conversation(page: Any, database: Path, chat: int) -> None:
    """An own row that nobody's send made (brief)."""
    assert page.post(f"api/chats/{chat}/owner", text="I do it").json["bubble"]["from_account"] is True
    assert phone.read_thread(database, chat)[-1].from_me


@pytest.mark.parametrize("path", ["bubbles", "echo", "owner", "read"])
def test_a_wrong_conversation_is_not_found(page: Any, path: str) -> None:
    """Wrong ids are a clear 404 (brief)."""
    answer = page.post(f"api/chats/77/{path}", sender=ANN, text="x")
    assert (answer.code, answer.json) == (404, {"error": "there is no conversation 77"})
