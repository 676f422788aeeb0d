from __future__ import annotations

import re

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from openclaw.domain.chats import ChatSelector
from openclaw.domain.handles import Handle
from openclaw.errors import TargetError
from openclaw.outbound.targets import Addressee, format_target, parse_target

ANN = Handle("+15550100001")
REGIONS = st.sampled_from(("US", "GB", "DE", "IT", "MX"))
# What people paste: numbers, ids, names and pieces of the grammar, in any order.
PIECES = st.lists(
    st.one_of(
        st.text("0123456789+-. ()", max_size=12),
        st.text(max_size=4),
        st.sampled_from(
            ("sms:", "imessage:", "auto:", "tel:", "chat_id:", "chat:", "guid:", ";-;", "@", ".com", "abc")
        ),
    ),
    max_size=5,
).map("".join)


def digits(text: str) -> str:
    return re.sub(r"[^0-9]", "", text)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("chat_id:7", ChatSelector("chat_id", "7")),
        ("ChatID: 7 ", ChatSelector("chat_id", "7")),
        ("chat:7", ChatSelector("chat_id", "7")),
        ("imessage:chat_id:7", ChatSelector("chat_id", "7")),
        ("chat_guid:iMessage;+;chat551234", ChatSelector("chat_guid", "iMessage;+;chat551234")),
        ("guid:any;-;+15550100001", ChatSelector("chat_guid", "any;-;+15550100001")),
        ("chat_identifier:chat551234", ChatSelector("chat_identifier", "chat551234")),
        ("chatident:chat551234", ChatSelector("chat_identifier", "chat551234")),
        ("+15550100001", Addressee(ANN)),
        ("+1 (555) 010-0001", Addressee(ANN)),
        ("\u202a+1 555 010 0001\u202c", Addressee(ANN)),
        ("imessage:+15550100001", Addressee(ANN, "imessage")),
        ("SMS: +15550100001", Addressee(ANN, "sms")),
        ("rcs:+15550100001", Addressee(ANN, "sms")),
        ("auto:sms:+15550100001", Addressee(ANN, "sms")),
        ("tel:+15550100001", Addressee(ANN)),
        ("Ann@Example.com", Addressee(Handle("ann@example.com"))),
        ("mailto:ann@example.com", Addressee(Handle("ann@example.com"))),
        ("sms:242733", Addressee(Handle("242733"), "sms")),
    ],
)
def test_every_documented_spelling_is_read(typed: str, meant: object):
    """Chats by row, guid and identifier with their aliases, handles with their service (requirements: targets)."""
    assert parse_target(typed, "US") == meant


@pytest.mark.parametrize(
    ("typed", "region", "handle"),
    [
        ("(212) 736-5000", "US", "+12127365000"),
        ("1 212 736 5000", "US", "+12127365000"),
        ("020 7946 0018", "GB", "+442079460018"),
        ("030 901820", "DE", "+4930901820"),
        ("06 698 2001", "IT", "+39066982001"),
        ("8 (495) 606-36-02", "RU", "+74956063602"),
        ("011 44 20 7946 0018", "US", "+442079460018"),
    ],
)
def test_a_national_number_is_one_of_the_accounts_region(typed: str, region: str, handle: str):
    """The account's region completes a number without a plus (ruling 4)."""
    assert parse_target(typed, region) == Addressee(Handle(handle))


@pytest.mark.parametrize(
    ("typed", "hint"),
    [
        ("", "names nobody"),
        ("sms:", "names nobody"),
        ("abc123", "neither a number nor a mail address"),
        ("5", "chat_id:5"),
        ("24273", "sms:24273"),
        ("sms:5", "chat_id:5"),
        ("()", "too short"),
        ("1234567890123456789", "19 digits"),
        ("+1234567890123456", "16 digits"),
        ("chat551234567890", "write chat_identifier: before it"),
        ("iMessage;-;+15550100001", "write chat_guid: before it"),
        ("chat_id:abc", "row number"),
        ("chat_id:12abc", "row number"),
        ("chat_id:0", "count from 1"),
        ("chat_id:1,chat_id:2", "one at a time"),
        ("chat_guid:", "without the name of a chat"),
        ("+15550100001,+15550100002", "one at a time"),
        ("+15550100001\n+15550100002", "one at a time"),
        ("+15550100001 +15550100002", "neither"),
        ("+１５５５０１００００１", "type it anew"),
        ("+1555O100001", "neither"),
        ("Mum", "no address book"),
        ("discord:1234567890", "discord: is no prefix"),
        ("imessage:sms:+15550100001", "two services"),
        ("ann@localhost", "no mail address"),
        ("ann@exаmple.com", "type it anew"),
        ("4915550100001", "not a number in use in region US"),
        ("1732270000", "not a number in use in region US"),
        ("192.168.100.1", "not a number in use in region US"),
        ("+2612000000", "not a possible number of any country"),
        ("+1555", "not a possible number of any country"),
        ("+999123456789", "not a possible number of any country"),
        ("\udc80bc", "'\\udc80bc'"),
    ],
)
def test_what_is_no_target_beyond_doubt_is_an_error_with_the_way_out(typed: str, hint: str):
    """No id becomes somebody's number; the message says what to write (demand B7, B8)."""
    with pytest.raises(TargetError, match=re.escape(hint)) as error:
        parse_target(typed, "US")
    str(error.value).encode()


HANDLES = st.one_of(
    st.integers(10**9, 10**10 - 1).map(lambda value: f"+1 {value}"),
    st.integers(100, 999_999).map(lambda value: f"auto:{value}"),
    st.from_regex(r"[a-zA-Z0-9+._-]{1,12}@[a-zA-Z0-9-]{1,8}\.[A-Za-z]{2,5}", fullmatch=True),
)
CHATS = st.one_of(
    st.integers(1, 10**18 - 1).map(lambda row: f"chat:{row}"),
    st.from_regex(r"(chat_guid|guid|chat_identifier|chatident):[!-+./-~]{1,30}", fullmatch=True),
)


@given(st.sampled_from(("", "sms:", "iMessage: ", "auto:", "rcs:")), st.one_of(HANDLES, CHATS), REGIONS)
def test_what_is_read_is_written_back_to_the_same_target(prefix: str, typed: str, elsewhere: str):
    """One spelling of a target holds in every region, so it can be shown, kept and typed again."""
    target = parse_target(prefix + typed, "US")
    assert parse_target(format_target(target), elsewhere) == target


@given(PIECES, REGIONS)
def test_no_number_comes_out_of_a_text_with_a_letter(typed: str, region: str):
    """Letters outside the known prefixes make a text something else than a number (demand B8)."""
    bare = re.sub(r"(?i)\b(sms|imessage|auto|tel|rcs|mailto):", "", typed)
    assume(any(character.isalpha() for character in bare))
    try:
        target = parse_target(typed, region)
    except TargetError:
        return
    assert isinstance(target, ChatSelector) or "@" in target.handle


@given(
    st.text("0123456789 ()-.", min_size=1, max_size=24), st.sampled_from(("", "+", "sms:", "sms:+")), REGIONS
)
def test_a_number_has_the_digits_that_were_typed(typed: str, prefix: str, region: str):
    """Only the country code comes from the region, and only a trunk zero is left out (demand B7)."""
    try:
        target = parse_target(prefix + typed, region)
    except TargetError:
        return
    assert isinstance(target, Addressee)
    found, given_digits = digits(target.handle), digits(typed)
    assert len(found) <= 15
    if "+" in prefix:
        remaining = iter(given_digits)
        assert all(digit in remaining for digit in found)
    # Of a number without its plus, three digits of a country code may stand in front.
    assert any(given_digits.endswith(found[code:]) for code in range(4))


@given(st.integers(10**15, 10**30))
def test_a_long_id_is_never_a_number(value: int):
    """Sixteen digits and more are an id of some other system (demand B7: an Apple ID was flagged as spam)."""
    for prefix in ("", "+", "sms:"):
        with pytest.raises(TargetError):
            parse_target(f"{prefix}{value}", "US")


# What the original takes, line by line (behaviour facts E.1). Where it guesses, nothing is sent and a hint is given.
ORIGINAL: list[tuple[str, object]] = [
    *(
        (f"{prefix}5", ChatSelector("chat_id", "5"))
        for prefix in ("chat_id:", "chatid:", "chat:", "CHAT_ID: ", " Chat: ")
    ),
    *(
        (f"{prefix}any;-;X", ChatSelector("chat_guid", "any;-;X"))
        for prefix in ("chat_guid:", "chatguid:", "guid:", "GUID: ")
    ),
    *(
        (f"{prefix}chat9", ChatSelector("chat_identifier", "chat9"))
        for prefix in ("chat_identifier:", "chatidentifier:", "chatident:", "ChatIdent: ")
    ),
    *(
        (f"{prefix}:{ANN}", Addressee(ANN, prefix.strip().lower()))
        for prefix in ("imessage", "sms", "auto", "SMS", " iMessage")
    ),  # type: ignore[arg-type]
    *((f"{prefix}:chat_id:5", ChatSelector("chat_id", "5")) for prefix in ("imessage", "sms", "auto")),
    ("ann@example.com", Addressee(Handle("ann@example.com"))),
    *(
        (wrong, None)
        for wrong in ("", "  ", "imessage:", "sms: ", "chat_id:", "chat_id:abc", "chat_guid:", "chatident: ")
    ),
    # Taken by the original as the chat 12, and as handles that nobody has: each leads to somebody else or nowhere.
    *((wrong, None) for wrong in ("chat_id:12abc", "Mum", "abc123", "5")),
]


@pytest.mark.parametrize(("typed", "meant"), ORIGINAL)
def test_the_grammar_of_the_original_is_understood_where_it_is_not_a_guess(typed: str, meant: object):
    """Facts E.1; what could be read in two ways is refused with what to write instead (issue: targets)."""
    if meant is None:
        with pytest.raises(TargetError) as refused:
            parse_target(typed, "US")
        assert len(str(refused.value)) > 20
    else:
        assert parse_target(typed, "US") == meant
