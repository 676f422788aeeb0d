"""imsg's objects as domain values: what is odd is left out, never fatal."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openclaw.domain.chats import ChatRef
from openclaw.domain.delivery import Sent
from openclaw.domain.ids import AccountId, ChatRowId, MessageGuid, RowId
from openclaw.domain.messages import Attachment, InboundMessage, Quote
from openclaw.imessage import wire

ACCOUNT = AccountId("default")

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)
FIELDS = (
    *("chat_id", "guid", "sender", "is_from_me", "text", "created_at", "attachments", "chat_identifier"),
    *("chat_guid", "chat_name", "participants", "reply_to_guid", "thread_originator_guid", "is_reaction"),
    *("reply_to_text", "reply_to_sender", "sender_name"),
    *("is_reaction_add", "reacted_to_guid", "reaction_type", "reaction_emoji"),
)


def test_a_whole_row_is_read() -> None:
    """Every field that we use (imsg contract 1.6)."""
    row = {
        "id": 812,
        "chat_id": 7,
        "guid": "G1",
        "sender": "+15550100001",
        "is_from_me": False,
        "text": "look",
        "created_at": "2026-01-02T03:04:05.678Z",
        "attachments": [
            {
                "filename": "~/a/IMG_1.png",
                "transfer_name": "IMG_1.png",
                "mime_type": "image/png",
                "total_bytes": 72,
                "original_path": "/Users/u/a/IMG_1.png",
                "missing": False,
            },
            "no object",
        ],
        "chat_identifier": "chat55",
        "chat_guid": "iMessage;+;chat55",
        "chat_name": "Family",
        "participants": ["+15550100001", 7, "ann@example.com"],
        "is_group": False,
        "destination_caller_id": "me@example.com",
        "thread_originator_guid": "G0",
        "reply_to_text": "\n\x04when",
        "reply_to_sender": "ann@example.com",
        "sender_name": "Ann",
        "a_new_field": {},
    }

    assert wire.parse_message(row, ACCOUNT) == InboundMessage(
        account=ACCOUNT,
        row_id=RowId(812),
        guid=MessageGuid("G1"),
        chat=ChatRef(ChatRowId(7), "iMessage;+;chat55", "chat55"),
        sender="+15550100001",
        from_me=False,
        text="look",
        sent_at=datetime(2026, 1, 2, 3, 4, 5, 678000, UTC),
        participants=("+15550100001", "ann@example.com"),
        destination="me@example.com",
        chat_name="Family",
        attachments=(Attachment("IMG_1.png", "/Users/u/a/IMG_1.png", "image/png", 72, missing=False),),
        reply_to_guid=MessageGuid("G0"),
        quote=Quote("when", "ann@example.com"),
        sender_name="Ann",
    )


@given(st.integers(), st.dictionaries(st.sampled_from(FIELDS), json_values))
def test_a_row_with_a_number_is_always_a_message(number: int, fields: dict[str, object]) -> None:
    """Fields may be absent, null or of a wrong type; the row is never lost for that (promise 3)."""
    message = wire.parse_message({"id": number, **fields}, ACCOUNT)

    assert message is not None
    assert message.row_id == number
    assert message.from_me is (fields["is_from_me"] if isinstance(fields.get("is_from_me"), bool) else None)


@given(json_values)
def test_what_has_no_number_is_no_row(value: object) -> None:
    """Without a row number nothing can be kept or acknowledged."""
    assert wire.parse_message(value, ACCOUNT) is None
    assert wire.parse_told_message(value, ACCOUNT) is None


def test_direction_is_unknown_unless_the_phone_says_it() -> None:
    """A missing or odd ``is_from_me`` is suspect, not false (design 4)."""
    for value in (None, 0, "false"):
        message = wire.parse_message({"id": 1, "is_from_me": value}, ACCOUNT)
        assert message is not None
        assert message.from_me is None


def test_chat_zero_is_no_chat() -> None:
    """A row without its join comes with ``chat_id`` 0 (imsg contract 5.2)."""
    message = wire.parse_message({"id": 1, "chat_id": 0, "chat_guid": "iMessage;-;x"}, ACCOUNT)

    assert message is not None
    assert message.chat is None


def test_a_bad_date_is_the_date_of_a_row_without_one() -> None:
    """imsg itself shows 2001 for a row without a date (imsg contract 3.3); a date without zone is UTC."""
    odd = wire.parse_message({"id": 1, "created_at": "yesterday"}, ACCOUNT)
    bare = wire.parse_message({"id": 1, "created_at": "2026-01-02T03:04:05"}, ACCOUNT)

    assert odd is not None
    assert bare is not None
    assert odd.sent_at == datetime(2001, 1, 1, tzinfo=UTC)
    assert bare.sent_at == datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


@given(st.text(max_size=300))
def test_the_length_prefix_is_taken_off_where_it_fits_exactly(text: str) -> None:
    """One protobuf field around the whole text is a wrapper (behaviour facts D.8)."""
    body = text.encode()
    if len(body) < 128:
        assert wire.unwrap_text((b"\n" + bytes([len(body)]) + body).decode()) == text
    assert wire.unwrap_text("x" + text) == "x" + text


def test_a_text_that_only_begins_with_a_newline_is_left_alone() -> None:
    """People write such texts."""
    for text in ("\n", "\n\n", "\nhello", "\n\x05hell", "\n\x05hello!", ""):
        assert wire.unwrap_text(text) == text


def test_send_results() -> None:
    """Accepted with or without a name for the bubble (imsg contract 4.5)."""
    assert wire.parse_accepted({"ok": True}) == (True, "", None)
    assert wire.parse_accepted({"ok": True, "id": 9, "guid": "G"}) == (True, "G", 9)
    assert wire.parse_accepted({"ok": False}) == (False, "", None)
    assert wire.parse_accepted("ok") == (False, "", None)
    assert Sent() == Sent(MessageGuid(""), None)


def test_a_subscription_never_starts_at_zero() -> None:
    """0 means "from now", -1 everything (imsg contract 8.1)."""
    assert wire.subscribe_params(RowId(0), 250, attachments=False, tapbacks=False)["since_rowid"] == -1
    assert wire.subscribe_params(RowId(9), 250, attachments=False, tapbacks=False)["since_rowid"] == 9


def test_chats_are_read_with_their_names() -> None:
    """``chats.list`` (imsg contract 1.6); one without a number is left out."""
    chats = wire.parse_chats(
        {"chats": [{"id": 3, "guid": "SMS;-;+1555", "service": "SMS", "name": ""}, {"guid": "x"}, None]}
    )

    assert [(chat.chat.row_id, chat.service, chat.chat.service) for chat in chats] == [(3, "SMS", "sms")]


def test_the_end_of_a_watch_is_read_in_both_forms() -> None:
    """``error`` to 0.13, ``watch.overflow`` from 0.14 on (imsg contract 1.7, 1.10)."""
    assert wire.parse_watch_end({"subscription": 2, "error": {"message": "locked"}}) == wire.WatchEnd(
        2, "locked"
    )
    assert wire.parse_watch_end({"subscription": 2, "reason": "full"}) == wire.WatchEnd(2, "full")
    assert wire.parse_watch_end(None).subscription is None


@pytest.mark.parametrize(
    ("told", "word", "target"),
    [
        ({"reaction_type": "love", "reaction_emoji": "❤️", "is_reaction_add": True}, "love", "G1"),
        ({"reaction_type": "emphasis", "is_reaction_add": False}, "remove-emphasize", "G1"),
        ({"reaction_type": "custom", "reaction_emoji": "🎉", "reacted_to_guid": "bp:G2"}, "🎉", "G2"),
        ({"reacted_to_guid": "p:0/G3"}, "", "G3"),
    ],
)
def test_a_tapback_is_its_word_on_a_message(told: dict[str, object], word: str, target: str) -> None:
    """imsg contract 1.6 and 3.6: other words for events, an emoji that is not found, the mark of a balloon."""
    row = {"id": 9, "is_reaction": True, "text": "Loved “hi”", "reacted_to_guid": "G1", **told}
    found = wire.parse_message(row, ACCOUNT)
    assert found is not None
    assert (found.is_reaction, found.text, found.reply_to_guid) == (True, word, target)


def test_a_sticker_on_a_message_is_a_tapback_and_a_reply_about_one_is_not() -> None:
    """imsg contract 3.6: with ``include_reactions`` it comes as a plain message, which nobody wrote."""
    row = {"id": 9, "text": "Reacted with a sticker to “hi”", "reply_to_guid": "G1"}
    sticker = wire.parse_message(row, ACCOUNT)
    reply = wire.parse_message({**row, "thread_originator_guid": "G1"}, ACCOUNT)
    assert sticker is not None
    assert (sticker.is_reaction, sticker.text) == (True, "sticker")
    assert reply is not None
    assert not reply.is_reaction
