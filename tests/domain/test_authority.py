"""Whether a message carries its sender's rights as the owner: one table."""

from __future__ import annotations

import pytest

from openclaw.domain.admission import Reason
from openclaw.domain.authority import refusal_as_owner
from openclaw.domain.chats import ChatRef
from openclaw.domain.handles import Handle
from openclaw.domain.ids import ChatRowId

NUMBER, MAIL = "+15550100009", "owner@example.com"


@pytest.mark.parametrize(
    ("handle", "service", "sms_owner", "refused"),
    [
        (NUMBER, "iMessage", False, False),
        (MAIL, "iMessage", False, False),
        (NUMBER, "SMS", False, True),
        (NUMBER, "RCS", False, True),
        (NUMBER, "any", False, True),
        (MAIL, "any", False, False),
        (MAIL, "SMS", False, True),
        (NUMBER, "SMS", True, False),
        (NUMBER, "RCS", True, False),
        (NUMBER, "any", True, False),
    ],
)
def test_what_may_have_come_by_sms_carries_no_rights(
    handle: str, service: str, sms_owner: bool, refused: bool
) -> None:
    """Ruling 16, and in doubt: deny (ruling 1). A chat of macOS 26 does not say how its messages came."""
    chat = ChatRef(ChatRowId(9), f"{service};-;{handle}", handle)
    found = refusal_as_owner(Handle(handle), chat, sms_owner=sms_owner)
    assert found == (Reason.OWNER_BY_SMS if refused else None)


def test_a_chat_without_a_guid_is_in_doubt() -> None:
    """An old imsg that names no guid names no service."""
    chat = ChatRef(ChatRowId(9), "", NUMBER)
    assert refusal_as_owner(Handle(NUMBER), chat, sms_owner=False) is Reason.OWNER_BY_SMS
