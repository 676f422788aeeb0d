"""What `to` may be."""

from __future__ import annotations

import pytest

from openclaw.simulator import addresses

BOOK = {"+15550100001": "Ann Example", "bob@example.com": "Bob Example"}


@pytest.mark.parametrize(
    ("text", "region", "number"),
    [
        ("(555) 010-0001", "US", "+15550100001"),
        ("1 555 010 0001", "US", "+15550100001"),
        ("+44 20 7946 0000", "US", "+442079460000"),
        ("020 7946 0000", "GB", "+442079460000"),
        ("55501", "US", "55501"),
        ("bob@example.com", "US", "bob@example.com"),
        ("5550100001", "XX", "5550100001"),
    ],
)
def test_numbers_become_e164_and_the_rest_stays(text: str, region: str, number: str) -> None:
    """Unparsable input is passed on unchanged (imsg contract 4.2)."""
    assert addresses.normal(text, region) == number


@pytest.mark.parametrize(
    ("text", "found"), [("ann", "+15550100001"), ("+1", "+1"), ("carl", "carl"), ("b@c", "b@c")]
)
def test_names_are_looked_up(text: str, found: str) -> None:
    """Case-insensitive substring; none is used as it is (imsg contract 4.2)."""
    assert addresses.by_name(text, BOOK) == found


def test_a_name_of_two_is_ambiguous() -> None:
    """The message lists them (imsg contract 1.3)."""
    with pytest.raises(addresses.Ambiguous, match="Ann Example"):
        addresses.by_name("example", BOOK)


@pytest.mark.parametrize(
    ("text", "is_one"),
    [("+1 (555) 01-0", True), ("a@b", True), ("sms:x", True), ("chat123", False), ("", False)],
)
def test_handle_like_identifiers(text: str, is_one: bool) -> None:
    """Digits and marks, mail, or a service prefix (imsg contract 4.2)."""
    assert addresses.looks_like_handle(text) is is_one
