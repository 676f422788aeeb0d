"""Chats: one conversation under all its names."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.making import ANN, direct_chat, group_chat

from openclaw.domain.chats import (
    ChatRef,
    ChatSelector,
    Everyone,
    chat_key,
    parse_allow_entry,
    parse_selector,
    row_selector,
)
from openclaw.domain.ids import ChatRowId

SERVICES = ["iMessage", "SMS", "RCS", "any"]
IDENTIFIERS = st.text(min_size=1, max_size=30)


@given(IDENTIFIERS, st.sampled_from("-+"), st.sampled_from(SERVICES), st.sampled_from(SERVICES))
def test_a_chat_keeps_its_key_when_its_service_is_renamed(
    identifier: str, shape: str, before: str, after: str
) -> None:
    """macOS 26 turns iMessage;-;X into any;-;X, and that is the same chat (design section 4)."""
    assert chat_key(f"{before};{shape};{identifier}") == chat_key(f"{after};{shape};{identifier}")


@given(IDENTIFIERS, IDENTIFIERS, st.sampled_from(SERVICES))
def test_two_chats_have_two_keys(one: str, other: str, service: str) -> None:
    """Equal keys would mix two conversations: only the service may differ, never the shape or the identifier."""
    direct = chat_key(f"{service};-;{one}")

    assert (direct == chat_key(f"{service};-;{other}")) == (one == other)
    assert direct != chat_key(f"{service};+;{one}")


def test_a_chat_without_a_guid_is_known_by_its_row() -> None:
    """An old imsg without chat_guid still names the row (imsg contract 1.7)."""
    chat = ChatRef(ChatRowId(7), "", ANN)

    assert chat.key == "row:7"
    assert chat.service == "any"
    assert not chat.has_group_shape


def test_a_guid_that_is_no_guid_is_its_own_key() -> None:
    """Nothing is cut off a name of an unknown form."""
    assert chat_key("something else") == "something else"


@pytest.mark.parametrize(
    ("guid", "identifier", "is_group"),
    [
        ("iMessage;+;chat7", "chat7", True),
        ("any;+;chat7", "", True),
        ("", "iMessage;+;chat7", True),
        (f"iMessage;-;{ANN}", ANN, False),
        (f"any;-;{ANN}", f"iMessage;-;{ANN}", False),
        ("iMessage;-;odd;+;name", "", False),
    ],
)
def test_the_shape_of_guid_or_identifier_tells_a_group(guid: str, identifier: str, is_group: bool) -> None:
    """A group has ;+; in its guid or identifier; the phone's own flag lies (imsg contract 3.4)."""
    assert ChatRef(ChatRowId(7), guid, identifier).has_group_shape is is_group


@pytest.mark.parametrize(
    ("guid", "service"), [("SMS;-;x", "sms"), ("iMessage;-;x", "imessage"), ("x", "any")]
)
def test_the_guid_tells_the_service(guid: str, service: str) -> None:
    """Replies keep the service of the chat they answer (ruling 11)."""
    assert ChatRef(ChatRowId(1), guid).service == service


@pytest.mark.parametrize("alias", ["chat_id:7", "chatid: 7", "CHAT:7", "imessage:chat_id:007"])
def test_a_row_number_names_its_chat_in_every_spelling(alias: str) -> None:
    """All documented spellings mean the same (ruling 5, behaviour facts C.1); numbers compare as numbers."""
    selector = parse_selector(alias)

    assert selector == ChatSelector("chat_id", "7")
    assert selector.matches(group_chat(7))
    assert not selector.matches(group_chat(8))


@pytest.mark.parametrize("alias", ["chat_guid", "chatguid", "GUID", "sms:guid"])
@pytest.mark.parametrize("service", SERVICES)
def test_a_guid_names_its_chat_under_any_service(alias: str, service: str) -> None:
    """A configured guid outlives the renaming of its service (design section 4)."""
    selector = parse_selector(f"{alias}:{service};+;chat7")

    assert selector is not None
    assert selector.matches(group_chat(7))
    assert not selector.matches(direct_chat("chat7"))
    assert not selector.matches(ChatRef(ChatRowId(7), ""))


@pytest.mark.parametrize("alias", ["chat_identifier", "chatidentifier", "ChatIdent"])
def test_an_identifier_names_its_chat(alias: str) -> None:
    """The identifier counts as the phone told it, or as the end of the guid when it told none (ruling 5)."""
    selector = parse_selector(f"{alias}: chat7 ")

    assert selector is not None
    assert selector.matches(group_chat(7))
    assert selector.matches(ChatRef(ChatRowId(9), "any;+;chat7"))
    assert not selector.matches(ChatRef(ChatRowId(9), "", ""))


@pytest.mark.parametrize(
    "text",
    [
        "chat_id:",
        "chat_id:x",
        "chat_id:٧",
        "chat_id:-7",
        "chat_id:0",
        "chat_id:00",
        "chat_guid: ",
        "room:7",
        "7",
        "",
    ],
)
def test_what_names_no_chat_is_none(text: str) -> None:
    """An empty or unknown selector must not match whatever is empty too (demand B8)."""
    assert parse_selector(text) is None


@pytest.mark.parametrize(
    ("text", "value"), [("7", "7"), ("007", "7"), ("0", None), ("seven", None), ("٧", None), ("9" * 19, None)]
)
def test_a_row_number_is_plain_digits(text: str, value: str | None) -> None:
    """A bare key of groups is a row number only in ASCII digits that a row can have."""
    selector = row_selector(text)

    assert (selector.value if selector else None) == value


def test_an_allow_entry_is_everyone_a_chat_or_a_handle() -> None:
    """The three kinds of entries (behaviour facts C.2); what can never match is none of them."""
    assert parse_allow_entry(" * ", "US") == Everyone()
    assert parse_allow_entry("chat_id:7", "US") == ChatSelector("chat_id", "7")
    assert parse_allow_entry("(555) 010-0001", "US") == ANN
    assert parse_allow_entry("chat_id:seven", "US") is None
