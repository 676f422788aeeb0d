"""Pages of bubbles with their reactions and files."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from openclaw.simulator import phone, rows, typedstream
from openclaw.simulator.page import bubbles

ANN, BOB = "+15550100001", "bob@example.com"


def reactions(page: Any, chat: int) -> list[tuple[str, str]]:
    (bubble,) = page.get(f"api/chats/{chat}/bubbles").json["bubbles"]
    return [(each["sender"], each["kind"]) for each in bubble["reactions"]]


def test_the_newest_page_comes_first_and_older_ones_on_asking(page: Any, database: Path) -> None:
    """Fifty at a time, oldest first within a page (brief)."""
    for number in range(120):
        chat = phone.say(database, ANN, f"{number}").chat_id
    texts: list[list[str]] = []
    query, more = "", True
    while more:
        answer = page.get(f"api/chats/{chat}/bubbles{query}").json
        texts.append([each["text"] for each in answer["bubbles"]])
        query, more = f"?before={answer['bubbles'][0]['row']}", answer["more"]
    assert [len(each) for each in texts] == [50, 50, 20]
    assert [text for each in reversed(texts) for text in each] == [f"{number}" for number in range(120)]


def test_a_page_that_ends_exactly_has_no_more(page: Any, database: Path) -> None:
    """`more` is never a promise of an empty page."""
    for number in range(50):
        chat = phone.say(database, ANN, f"{number}").chat_id
    assert page.get(f"api/chats/{chat}/bubbles").json["more"] is False


def test_a_place_that_is_no_number_is_refused(page: Any, database: Path) -> None:
    """Bad input gets a message with the name of the field (style, 21)."""
    chat = phone.say(database, ANN, "hello").chat_id
    for bad in ("x", "-1", "1e3", ""):
        answer = page.get(f"api/chats/{chat}/bubbles?before={bad}")
        assert (answer.code, "before" in answer.json["error"]) == (400, True)


def test_both_sides_are_told_apart(page: Any, database: Path) -> None:
    """The account's bubbles have no sender; text may stand in the styled body alone (imsg contract 3.5)."""
    chat = phone.say(database, ANN, "question", body_only=True).chat_id
    phone.owner_types(database, "answer", chat=chat)
    asked, answered = page.get(f"api/chats/{chat}/bubbles").json["bubbles"]
    assert (asked["from_account"], asked["sender"], asked["text"]) == (False, ANN, "question")
    assert (answered["from_account"], answered["sender"], answered["text"]) == (True, "", "answer")


def test_a_person_has_one_reaction_to_a_message(page: Any, database: Path) -> None:
    """A new one replaces the last, a removal takes it away, others keep theirs (imsg contract 3.6)."""
    chat = phone.make_group(database, "Trip", [ANN, BOB])
    guid = phone.say(database, ANN, "nice", chat=chat).guid
    phone.tapback(database, ANN, guid, "love")
    phone.tapback(database, BOB, guid, "like")
    phone.tapback(database, ANN, guid, "question")
    assert reactions(page, chat) == [(BOB, "like"), (ANN, "question")]
    phone.tapback(database, BOB, guid, "like", remove=True)
    assert reactions(page, chat) == [(ANN, "question")]


def test_an_emoji_is_a_reaction_of_its_own(page: Any, database: Path) -> None:
    """Newer systems react with any emoji."""
    said = phone.say(database, ANN, "nice")
    phone.tapback(database, ANN, said.guid, "🦀")
    (bubble,) = page.get(f"api/chats/{said.chat_id}/bubbles").json["bubbles"]
    assert [each["emoji"] for each in bubble["reactions"]] == ["🦀"]


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_a_text_is_read_the_same_from_column_and_body(text: str) -> None:
    """Where macOS keeps a text makes no difference; marks of files are not text."""
    shown = text.replace(rows.ATTACHMENT_MARK, "")
    assert bubbles.plain_text(text, None) == shown
    assert bubbles.plain_text(None, typedstream.encode(text)) == shown
