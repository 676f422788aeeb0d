"""The last word on each chat number."""

from __future__ import annotations

from openclaw.domain.chats import ChatRef
from openclaw.domain.ids import ChatRowId
from openclaw.imessage.chatbook import ChatBook


def test_the_phone_has_the_last_word() -> None:
    """A chat may change its guid; one without a guid says nothing about the chat."""
    book, old, new = ChatBook(), ChatRef(ChatRowId(1), "iMessage;-;x"), ChatRef(ChatRowId(1), "any;-;x")

    book.note(old)
    book.note(new)
    book.note(ChatRef(ChatRowId(1), ""))

    assert book.get(ChatRowId(1)) == new
    book.forget()
    assert book.get(ChatRowId(1)) is None


def test_old_chats_are_forgotten_before_memory_fills() -> None:
    """Bounded, the least recently heard first."""
    book = ChatBook()

    for number in range(6000):
        book.note(ChatRef(ChatRowId(number), f"iMessage;-;{number}"))

    assert book.get(ChatRowId(0)) is None
    assert book.get(ChatRowId(5999)) is not None
