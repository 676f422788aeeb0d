"""Condensed messages: one short line each."""

from __future__ import annotations

from openclaw.turns.condensed import in_short


def test_each_message_is_one_short_line_and_their_number_is_told() -> None:
    """messages.queue.drop summarize: nothing silently lost (promise 3), and a bound for each."""
    told = in_short(["one\n two", "x" * 500, " "])

    assert told[0].startswith("⟦2 more came before")
    assert told[1:] == ["- one two", "- " + "x" * 139 + "…", ""]


def test_nothing_is_said_of_nothing() -> None:
    """An ordinary turn looks as ever."""
    assert in_short([]) == in_short(["", " "]) == []
