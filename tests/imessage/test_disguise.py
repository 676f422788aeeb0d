"""What a recording shows of people: nothing."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from openclaw.imessage.disguise import Disguise

ANN = "+15550177777"
GUID = "0E6F2A11-1111-4222-8333-444455556666"


def test_people_get_the_same_disguise_everywhere() -> None:
    """So that who wrote to whom can still be followed."""
    hidden = Disguise()(
        {"sender": ANN, "participants": [ANN, "ann@private.example"], "chat_guid": f"iMessage;-;{ANN}"}
    )

    assert hidden == {
        "sender": "+15550100001",
        "participants": ["+15550100001", "person2@example.com"],
        "chat_guid": "iMessage;-;+15550100001",
    }


def test_texts_keep_their_length_and_shape_only() -> None:
    """Attachment marks and line ends decide how a text is read."""
    hidden = Disguise()({"text": "Call 42\nAnn\ufffc!", "a_later_field": "secret"})

    assert hidden == {"text": "xxxx 00\nxxx\ufffcx", "a_later_field": "xxxxxx"}


def test_guids_and_chats_are_hashed_alike_within_a_recording_only() -> None:
    """A reply still points to its message; nothing points to the database."""
    first, second = Disguise(), Disguise()

    assert first({"guid": GUID})["guid"] == first({"reply_to_guid": f"p:0/{GUID}"})["reply_to_guid"][4:]
    assert first({"guid": GUID}) != second({"guid": GUID})
    assert GUID not in str(first({"guid": GUID}))
    assert first({"chat_identifier": "chat551234567890"})["chat_identifier"].startswith("chat")


def test_protocol_words_numbers_and_times_stay() -> None:
    """Otherwise it would be no recording."""
    line = {
        "jsonrpc": "2.0",
        "id": "1",
        "method": "watch.subscribe",
        "params": {"since_rowid": 7, "attachments": True, "created_at": "2026-01-02T03:04:05.678Z"},
    }

    assert Disguise()(line) == line


@given(st.text(alphabet=st.characters(categories=["L", "N"]), min_size=6, max_size=40))
def test_no_word_of_an_unknown_field_survives(secret: str) -> None:
    """Everything is hidden unless it is known to be harmless."""
    hidden = str(Disguise()({"anything": {"deep": [secret]}, "text": secret}))

    assert secret not in hidden or set(secret) <= {"x", "0"}
