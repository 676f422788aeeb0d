"""Our own words coming back (design section 4, "Matching our own words")."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.making import NOON, inbound

from openclaw.domain.admission import Held, Ours, Reason
from openclaw.domain.delivery import OutboundFile
from openclaw.domain.ids import DeliveryId
from openclaw.domain.messages import Attachment, InboundMessage, canonical_text
from openclaw.domain.own_words import OwnWords, match_own, may_be_ours, repeats_us

LONG = "The train leaves at nine from platform four."
BLOB = "\x04\x0bstreamtyped\x81\xe8\x03\x84\x01@\x84\x84\x84\x12NSAttributedString"


def said(
    text: str = LONG, *, delivery: int = 1, ago: float = 10, is_open: bool = True, guid: str = ""
) -> OwnWords:
    """Words of ours, ``ago`` seconds before noon."""
    return OwnWords(DeliveryId(delivery), text, NOON - timedelta(seconds=ago), is_open, guid)


@pytest.mark.parametrize("from_me", [True, False, None])
@pytest.mark.parametrize("is_open", [True, False])
def test_our_guid_is_ours_whatever_else_the_row_says(from_me: bool | None, is_open: bool) -> None:
    """Rule 2: a guid equal to a delivery's guid is ours, for ever and before any text."""
    row = inbound(1, "other words", from_me=from_me)
    own = (said(), said("x", delivery=2, ago=99_999, is_open=is_open, guid="guid-1"))

    assert match_own(row, own, NOON) == Ours(Reason.OWN_GUID, DeliveryId(2))


def test_rows_without_guid_never_match_by_guid() -> None:
    """Two missing guids are not the same guid."""
    assert match_own(replace(inbound(1, "hello"), guid=""), (said(guid=""),), NOON) is None  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "seen",
    [
        LONG,
        f" {LONG}\n",
        f"\x00\ufffc{LONG}",
        LONG.replace(" ", "  "),
        f"+A\x05{LONG}",
        f"12345678{LONG}",
        LONG[8:],
    ],
    ids=["equal", "space", "noise", "folded", "stray bytes", "eight stray characters", "eight missing"],
)
@pytest.mark.parametrize("from_me", [True, False, None])
def test_the_same_words_in_the_window_are_ours(seen: str, from_me: bool | None) -> None:
    """Rule 3: canonical texts equal, or one ends with the other and they differ by eight characters at most."""
    assert match_own(inbound(1, seen, from_me=from_me), (said(),), NOON) == Ours(
        Reason.OWN_TEXT, DeliveryId(1)
    )


@pytest.mark.parametrize(
    "seen", [f"123456789{LONG}", LONG[9:], LONG + "!", "Something else said by somebody."]
)
def test_other_words_are_not_ours(seen: str) -> None:
    """Nine characters more are another message; what follows our words counts as well."""
    assert match_own(inbound(1, seen, from_me=True), (said(),), NOON) is None


@pytest.mark.parametrize(
    ("ago", "sent_ago", "ours"),
    [
        (120, 0, True),
        (121, 0, False),
        (121, 1, True),
        (9000, 9050, True),
        (9000, 9121, False),
        (-60, 0, True),
    ],
)
def test_the_window_is_two_minutes_by_either_clock(ago: float, sent_ago: float, ours: bool) -> None:
    """Within 120 s of the phone's time or of ours: after a stop, rows of the past still find their bubbles."""
    row = inbound(1, LONG, from_me=True, at=NOON - timedelta(seconds=sent_ago))

    assert (match_own(row, (said(ago=ago),), NOON) is not None) is ours


@pytest.mark.parametrize("seen", ["", "\ufffc", " \x00"])
def test_no_words_match_nothing(seen: str) -> None:
    """Empty canonical text never matches, on either side."""
    assert match_own(inbound(1, seen, from_me=True), (said(""), said("\ufffc")), NOON) is None
    assert match_own(inbound(1, "a", from_me=True), (said(""),), NOON) is None


def test_one_row_settles_one_delivery_the_oldest_first() -> None:
    """A delivery needs its own row: two equal bubbles are confirmed by two rows, in order."""
    row = inbound(1, LONG, from_me=True)
    own = (said(delivery=1, is_open=False), said(delivery=2), said(delivery=3))

    assert match_own(row, own, NOON) == Ours(Reason.OWN_TEXT, DeliveryId(2))


@pytest.mark.parametrize("text", ["ok", "see you tomorrow", "Yes, I do"])
def test_short_words_of_a_person_are_a_persons(text: str) -> None:
    """Rule 4: fewer than four words are what people say too, whether the bubble is open or confirmed."""
    for is_open in (True, False):
        assert match_own(inbound(1, text), (said(text, is_open=is_open),), NOON) is None


def test_short_words_on_an_own_row_are_ours() -> None:
    """An own row with our short words is our bubble, not the owner typing."""
    assert match_own(inbound(1, "ok", from_me=True), (said("ok"),), NOON) == Ours(
        Reason.OWN_TEXT, DeliveryId(1)
    )


@pytest.mark.parametrize(("minutes", "held"), [(0, True), (9.9, True), (10.1, False), (-9, True)])
def test_long_words_after_confirmation_are_a_suspect_echo(minutes: float, held: bool) -> None:
    """Rule 4: four words or more within ten minutes are held, and can be released."""
    row = inbound(1, LONG, at=NOON + timedelta(minutes=minutes))
    own = (said(ago=0, is_open=False),)

    assert match_own(row, own, NOON) == (Held(Reason.SUSPECT_ECHO) if held else None)


def test_the_owner_who_repeats_us_is_no_echo() -> None:
    """An own row never becomes a turn of somebody else's chat, so there is nothing to hold."""
    row = inbound(1, LONG, from_me=True)

    assert match_own(row, (said(is_open=False),), NOON) is None
    assert repeats_us(row, (said(is_open=False),))
    assert not repeats_us(row, (said(),))


def test_an_undecoded_blob_is_the_only_candidate() -> None:
    """Rule 3: old imsg garbles long bodies; a blob of ours settles the one bubble that waits for a row."""
    row = inbound(1, BLOB, from_me=True)
    old = said("long ago", delivery=3, ago=500)

    assert match_own(row, (said(), old), NOON) == Ours(Reason.OWN_TEXT, DeliveryId(1))
    assert match_own(row, (said(), said("more", delivery=2)), NOON) is None
    assert match_own(row, (old,), NOON) is None
    assert match_own(replace(row, from_me=False), (said(),), NOON) is None


@given(st.text(), st.text(max_size=8), st.booleans())
def test_every_own_row_of_an_open_bubble_is_recognised(text: str, stray: str, from_me: bool) -> None:
    """Whatever we said and however it is decorated in front: an own row of it is never taken for a person's."""
    row = inbound(1, stray + text, from_me=from_me)
    seen, ours = canonical_text(stray + text), canonical_text(text)
    found = match_own(row, (said(text),), NOON)

    if from_me and ours and seen.endswith(ours):
        assert found == Ours(Reason.OWN_TEXT, DeliveryId(1))
    if not ours:
        assert found is None


PICTURE = OutboundFile("/state/media/outbound/1/map.png", "map.png", "image/png", 7000, "d" * 64)


def sent_file(*, delivery: int = 1, ago: float = 10, is_open: bool = True) -> OwnWords:
    """A file of ours, ``ago`` seconds before noon."""
    return OwnWords(DeliveryId(delivery), "", NOON - timedelta(seconds=ago), is_open, file=PICTURE)


def with_file(name: str = "map.png", size: int = 7000, *, from_me: bool | None = True) -> InboundMessage:
    """A row that a file came with, as imsg tells it."""
    return replace(
        inbound(1, "\ufffc", from_me=from_me),
        attachments=(Attachment(name, f"/x/{name}", "image/png", size, missing=False),),
    )


@pytest.mark.parametrize("size", [7000, 0])
@pytest.mark.parametrize("name", ["map.png", "MAP.png"])
def test_a_file_of_ours_is_known_by_direction_name_and_size(name: str, size: int) -> None:
    """Design section 4: files match on direction, transfer name and size; 0 is a size that is not known yet."""
    assert match_own(with_file(name, size), (sent_file(),), NOON) == Ours(Reason.OWN_FILE, DeliveryId(1))


@pytest.mark.parametrize(
    "row",
    [
        with_file("other.png"),
        with_file(size=6999),
        with_file(from_me=False),
        with_file(from_me=None),
        inbound(1, "\ufffc", from_me=True),
    ],
    ids=["name", "size", "theirs", "nobody's", "no file"],
)
def test_what_differs_in_one_of_them_is_not_ours(row: InboundMessage) -> None:
    """A picture that the owner or the peer sends is no receipt of ours."""
    assert match_own(row, (sent_file(),), NOON) is None


def test_each_row_settles_the_oldest_open_file_and_a_window_ends_it() -> None:
    """A row settles at most one delivery, and a delivery needs its own row."""
    own = (sent_file(is_open=False), sent_file(delivery=2), sent_file(delivery=3))
    assert match_own(with_file(), own, NOON) == Ours(Reason.OWN_FILE, DeliveryId(2))
    late = replace(with_file(), sent_at=NOON + timedelta(minutes=9))
    assert match_own(late, (sent_file(),), NOON + timedelta(minutes=9)) is None


def test_a_file_shown_as_the_peers_is_looked_at_again_and_its_copy_is_held() -> None:
    """macOS may show an own row as the peer's for a moment (imsg#80); a mirror of a settled one is an echo."""
    theirs = with_file(from_me=False)
    assert may_be_ours(theirs, (sent_file(),), NOON)
    assert match_own(theirs, (sent_file(is_open=False),), NOON) == Held(Reason.SUSPECT_ECHO)
    assert match_own(with_file(size=0, from_me=False), (sent_file(is_open=False),), NOON) is None


def test_a_file_never_passes_for_a_garbled_text() -> None:
    """The only candidate of an undecoded row is a text."""
    assert match_own(inbound(1, BLOB, from_me=True), (sent_file(),), NOON) is None
