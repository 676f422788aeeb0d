"""Is it the same database? Rows that are known, against rows in sight."""

from __future__ import annotations

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from openclaw.domain.chats import ChatRef
from openclaw.domain.databases import Anchor, AnotherDatabase, KnownDatabase, RestoredDatabase, SameDatabase
from openclaw.domain.ids import AccountId, ChatRowId, MessageGuid, RowId
from openclaw.domain.messages import InboundMessage
from openclaw.imessage.ground import Sight, compare

ANN = ChatRef(ChatRowId(1), "iMessage;-;+15550100001")
BOB = ChatRef(ChatRowId(1), "iMessage;-;+15550100002")


def known(cursor: int, *rows: int, chat: ChatRef = ANN) -> KnownDatabase:
    """A ledger that has kept ``rows``, each with the guid of its number, newest first."""
    anchors = tuple(Anchor(RowId(row), MessageGuid(f"G{row}"), chat) for row in sorted(rows, reverse=True))
    return KnownDatabase(RowId(cursor), anchors, (chat,) if rows else ())


def sight(*rows: int, chat: ChatRef = ANN, guid: str = "G{}") -> Sight:
    """A phone with one chat in which ``rows`` are the newest."""
    shown = [
        InboundMessage(
            AccountId("default"),
            RowId(row),
            MessageGuid(guid.format(row)),
            chat,
            "+15550100001",
            False,
            "hi",
            datetime(2026, 1, 2, tzinfo=UTC),
        )
        for row in rows
    ]
    return Sight([chat] if rows else [], shown, frozenset([ANN.row_id]))


def test_known_rows_under_their_numbers_are_the_same_database() -> None:
    """With rows above that are new, and with a service prefix that macOS changed (design 5)."""
    renamed = ChatRef(ChatRowId(1), "any;-;+15550100001")

    assert compare(known(9, 8, 9), sight(9, 8)) == SameDatabase()
    assert compare(known(9, 8, 9), sight(11, 10, 9, chat=renamed)) == SameDatabase()


def test_a_backlog_that_hides_the_known_rows_is_no_other_database() -> None:
    """After a long absence only new rows are in sight; they are above the cursor."""
    assert compare(known(9, 8, 9), sight(5000, 4999)) == SameDatabase()


def test_another_message_under_a_known_number_is_another_database() -> None:
    """It starts behind what is there: nothing old is answered."""
    verdict = compare(known(9, 8, 9), sight(9, 8, guid="H{}"))

    assert isinstance(verdict, AnotherDatabase)
    assert verdict.start == 9


def test_known_messages_under_other_numbers_are_another_database() -> None:
    """Another Mac of the same Apple ID: the same guids, counted differently."""
    assert isinstance(compare(known(9, 8, 9), sight(3, 2, guid="G9")), AnotherDatabase)


def test_another_conversation_under_a_known_number_is_another_database() -> None:
    """Also when its rows are above the cursor."""
    verdict = compare(known(9, 8, 9), sight(70, 69, chat=BOB))

    assert verdict == AnotherDatabase(RowId(70), "chat 1 is another conversation now")


def test_rows_that_end_below_the_cursor_with_none_known_are_another_database() -> None:
    """Their numbers would be passed over for ever."""
    assert compare(known(90, 89, 90), sight(5, 4)) == AnotherDatabase(
        RowId(5), "its rows end at 5, and none of them is known"
    )
    assert isinstance(compare(known(90, 89, 90), sight()), AnotherDatabase)


def test_an_older_copy_goes_on_from_the_last_row_that_is_known() -> None:
    """Its new rows get numbers that were used before (imsg contract 5.2)."""
    assert compare(known(9, 7, 8, 9), sight(7)) == RestoredDatabase(RowId(7))


def test_an_older_copy_that_has_gone_on_is_recognised() -> None:
    """A known row below, a strange one above it: what is above the known one is new."""
    grown = Sight([ANN], [*sight(8, guid="N{}").rows, *sight(7).rows], frozenset([ANN.row_id]))

    assert compare(known(9, 7, 8, 9), grown) == RestoredDatabase(RowId(7))


def test_a_ledger_that_kept_nothing_yet_follows_the_phone() -> None:
    """There is nothing that could be mistaken for anything."""
    assert compare(known(90), sight(5)) == RestoredDatabase(RowId(5))
    assert compare(known(5), sight(5)) == SameDatabase()


@given(st.sets(st.integers(1, 50), min_size=1, max_size=12), st.data())
def test_no_part_of_the_same_rows_is_ever_another_database(rows: set[int], data: st.DataObject) -> None:
    """Whatever was deleted meanwhile, as long as one known row is in sight."""
    left = data.draw(st.sets(st.sampled_from(sorted(rows)), min_size=1))

    assert not isinstance(compare(known(max(rows), *rows), sight(*left)), AnotherDatabase)
