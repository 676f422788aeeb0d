"""Handles: what two spellings of one person have in common, and what must never be taken for a person."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openclaw.domain.handles import is_automated, mask_handle, parse_handle, strip_service

REGIONS = st.sampled_from(["US", "DE", "GB", "BR", "IT", "JP", "us", "", "ZZ"])
NUMBER_TEXT = st.text("+0123456789 ()-./\u00a0\u2011", max_size=24)


@pytest.mark.parametrize(
    ("text", "region", "handle"),
    [
        ("+15550100001", "US", "+15550100001"),
        ("+1 (555) 010-0001", "US", "+15550100001"),
        ("555 010 0001", "US", "+15550100001"),
        ("5550100001", "us", "+15550100001"),
        ("1.555.010.0001", "US", "+15550100001"),
        ("020 7946 0018", "GB", "+442079460018"),
        ("+44 (0)20 7946 0018", "US", "+442079460018"),
        ("0044 20 7946 0018", "GB", "+442079460018"),
        ("447700900123", "US", "+447700900123"),
        ("\u202a+1\u00a0555\u2011010\u20110001\u202c", "US", "+15550100001"),
        ("\u2068+15550100001\u2069", "US", "+15550100001"),
        ("\u061c+15550100001", "US", "+15550100001"),
    ],
)
def test_a_number_is_its_e164_form(text: str, region: str, handle: str) -> None:
    """Numbers compare in E.164 with the account's region, whatever marks stand around them (ruling 4)."""
    assert parse_handle(text, region) == handle


@pytest.mark.parametrize("text", ["Ann@Example.com", " ann@example.COM ", "mailto:ANN@example.com"])
def test_a_mail_address_is_lower_cased(text: str) -> None:
    """Mail addresses compare without case (ruling 4)."""
    assert parse_handle(text) == "ann@example.com"


@pytest.mark.parametrize(
    "text",
    ["imessage:+15550100001", "SMS: +15550100001", "auto:sms:iMessage:+15550100001", "tel:+15550100001"],
)
def test_service_words_in_front_mean_nothing(text: str) -> None:
    """Service prefixes are stripped in any case and any number (behaviour facts C.1)."""
    assert parse_handle(text) == "+15550100001"
    assert strip_service(text) == "+15550100001"


@pytest.mark.parametrize(
    ("text", "region"), [("60777", "GB"), ("22000", "DE"), ("262966", "US"), ("911", "US")]
)
def test_a_short_code_keeps_its_digits(text: str, region: str) -> None:
    """A short code belongs to a carrier: a country code in front would make it somebody's number."""
    assert parse_handle(text, region) == text


@pytest.mark.parametrize("text", ["5550101", "5551234"])
def test_a_number_without_its_town_is_not_completed(text: str) -> None:
    """A number that is complete only inside one town stays as it is (demand B8)."""
    assert parse_handle(text, "US") == text


@pytest.mark.parametrize(
    ("text", "automated"),
    [
        ("262966", True),
        ("911", True),
        ("AMAZON", True),
        ("+15550100001", False),
        ("555 0100", False),
        ("ann@example.com", False),
        ("a@b", False),
    ],
)
def test_machines_write_from_short_codes_and_names(text: str, automated: bool) -> None:
    """A person has a number or a mail address."""
    handle = parse_handle(text)
    assert handle is not None
    assert is_automated(handle) is automated


@pytest.mark.parametrize("text", ["AMAZON", "abc123", "AT&T Free", "My-Bank.1", "amazon"])
def test_a_sender_name_stays_as_it_is(text: str) -> None:
    """Alphanumeric senders are names, and the digits in them are nobody's number (ruling 4, demand B8)."""
    assert parse_handle(text) == text


@pytest.mark.parametrize("text", ["1234567890123456789", "+1234567890123456", "12", "+1", "+", "-", "()"])
def test_too_many_or_too_few_digits_are_no_handle(text: str) -> None:
    """More than fifteen digits are an id of something else (demand B7), less than three reach nobody."""
    assert parse_handle(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "٥٥٥٠١٠٠٠٠١",
        "+1555010000\u0661",
        "\uff0b15550100001",
        "+１５５５０１００００１",
        "+1555010000l",
        "𝟓𝟓𝟓𝟎𝟏𝟎𝟎𝟎𝟎𝟏",
        "①②③④⑤⑥⑦",
    ],
)
def test_digits_of_other_scripts_are_not_folded_into_a_number(text: str) -> None:
    """A look-alike of a number is not that number: it would pass for somebody on the allowlist."""
    assert parse_handle(text, "US") is None


def test_look_alike_letters_do_not_make_another_persons_address() -> None:
    """The Kelvin sign lower-cases to k and a Cyrillic a looks like one; neither is Kate nor Ann."""
    assert parse_handle("\u212aate@example.com") != "kate@example.com"
    assert parse_handle("\u0430nn@example.com") != "ann@example.com"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "  ",
        "*",
        "chat_id:7",
        "a@b@c",
        "ann@",
        "@example.com",
        "a b@c.d",
        "iMessage;-;+15550100001",
        "Zoë",
        "x" * 40,
    ],
)
def test_what_is_no_handle_is_none(text: str) -> None:
    """Parsing never guesses (ruling 4)."""
    assert parse_handle(text) is None


@given(st.text(max_size=40) | NUMBER_TEXT, REGIONS)
def test_normalising_twice_changes_nothing(text: str, region: str) -> None:
    """A normalised handle is a fixed point, in every region, or lists and ledger would disagree."""
    once = parse_handle(text, region)

    assert once is None or parse_handle(once, region) == once


@given(NUMBER_TEXT, REGIONS)
def test_a_number_is_never_longer_than_e164(text: str, region: str) -> None:
    """Fifteen digits is the most that E.164 allows; a country code must not carry it beyond."""
    handle = parse_handle(text, region)

    assert handle is None or 3 <= len(handle.removeprefix("+")) <= 15


@given(NUMBER_TEXT)
def test_an_international_number_is_the_same_in_every_region(text: str) -> None:
    """The region only reads numbers that were written without a country code (ruling 4)."""
    assert parse_handle(f"+{text}", "US") == parse_handle(f"+{text}", "DE")


@pytest.mark.parametrize(
    ("text", "masked"),
    [("+15550100001", "+1•••0001"), ("ann@example.com", "a•••@example.com"), ("22000", "•••"), ("", "•••")],
)
def test_a_masked_handle_is_recognisable_and_useless(text: str, masked: str) -> None:
    """Logs name people so that the owner knows whom and a thief does not (requirements, security)."""
    assert mask_handle(text) == masked
