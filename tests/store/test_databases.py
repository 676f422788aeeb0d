"""Which database an account reads: anchors, another one in its place, and the sessions of groups that move."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from sqlalchemy import select, update
from tests.making import ACCOUNT, NOON, inbound

from openclaw.domain.acp import AcpSession
from openclaw.domain.chats import ChatRef
from openclaw.domain.ids import AccountId, AgentId, ChatRowId, MessageGuid, RowId, SessionKey, TurnId
from openclaw.domain.sessions import TranscriptEntry
from openclaw.store import (
    Ledger,
    Tx,
    accounts,
    acp_sessions,
    databases,
    messages,
    schema,
    session_settings,
    sessions,
)

LATER = NOON + timedelta(hours=1)


def group(number: int, name: str) -> ChatRef:
    """A group of the phone."""
    return ChatRef(ChatRowId(number), f"iMessage;+;{name}", name)


def hear(tx: Tx, number: int, chat: ChatRef, *, at: timedelta = timedelta()) -> None:
    """A row of a group was kept, and something said in its session."""
    row = replace(inbound(number, "hi"), chat=chat, guid=MessageGuid(f"G{number}-{at}"))
    (kept,) = messages.receive(tx, [row], NOON + at)
    accounts.note_chat(tx, row, is_group=True)
    key = SessionKey(f"agent:main:imessage:group:{chat.row_id}")
    tx.execute(update(schema.message).where(schema.message.c.id == kept).values(session_key=key))
    session = sessions.find(tx, key) or sessions.start(tx, key, AgentId("main"), NOON)
    sessions.add(tx, session, TurnId(number), (TranscriptEntry("user", f"words of {chat.identifier}"),))


def words(tx: Tx, number: int) -> list[str]:
    """What the agent remembers of the group with this number."""
    session = sessions.find(tx, SessionKey(f"agent:main:imessage:group:{number}"))
    return [entry.text for entry in sessions.history(tx, session)] if session else []


async def test_the_newest_rows_and_all_chats_are_what_is_known(ledger: Ledger) -> None:
    """Twenty anchors (design 5); rows without a guid or a chat are none."""

    def work(tx: Tx) -> None:
        accounts.begin(tx, ACCOUNT, RowId(4), NOON)
        for number in range(5, 40):
            hear(tx, number, group(7, "one"))
        messages.receive(
            tx, [replace(inbound(40, "x"), guid=MessageGuid("")), replace(inbound(41, "x"), chat=None)], NOON
        )
        known = databases.known(tx, ACCOUNT)
        assert known is not None
        assert [anchor.row_id for anchor in known.anchors] == list(range(39, 19, -1))
        assert known.chats == (group(7, "one"),)
        assert (known.cursor, known.unproven) == (4, False)

    await ledger.write(work)


async def test_an_account_that_never_ran_knows_nothing(ledger: Ledger) -> None:
    """Its first start fixes where it begins."""
    assert await ledger.read(lambda tx: databases.known(tx, ACCOUNT)) is None


async def test_another_database_freezes_the_account_until_it_is_confirmed(ledger: Ledger) -> None:
    """A new epoch from the newest row on; rows of the old one are no anchors any more."""

    def work(tx: Tx) -> None:
        accounts.begin(tx, ACCOUNT, RowId(4), NOON)
        hear(tx, 5, group(7, "one"))
        databases.replaced(tx, ACCOUNT, RowId(2), [group(7, "one")], LATER)
        assert accounts.cursor(tx, ACCOUNT) == 2
        assert databases.epoch(tx, ACCOUNT) == 2
        assert databases.is_unproven(tx, ACCOUNT)
        assert databases.anchors(tx, ACCOUNT) == []
        hear(tx, 3, group(7, "one"), at=timedelta(hours=2))
        assert [anchor.row_id for anchor in databases.anchors(tx, ACCOUNT)] == [3]
        assert databases.confirm(tx, ACCOUNT, LATER)
        assert not databases.confirm(tx, ACCOUNT, LATER), "there is nothing to confirm twice"
        assert not databases.is_unproven(tx, ACCOUNT)

    await ledger.write(work)


async def test_a_chat_is_trusted_under_its_name_and_number_only(ledger: Ledger) -> None:
    """A group under another number is not, and nobody is under the number of another (design 5)."""

    def work(tx: Tx) -> None:
        accounts.begin(tx, ACCOUNT, RowId(4), NOON)
        for number, chat in ((5, group(7, "same")), (6, group(8, "moved")), (7, group(9, "gone"))):
            hear(tx, number, chat)
        moved = databases.replaced(
            tx, ACCOUNT, RowId(2), [group(7, "same"), group(9, "moved"), group(8, "new")], LATER
        )
        assert sorted(moved) == [("+;gone", 9, 0), ("+;moved", 8, 9)]
        trusted = [group(7, "same")]
        others = [
            group(9, "moved"),
            group(8, "moved"),
            group(8, "new"),
            group(9, "gone"),
            ChatRef(ChatRowId(7), ""),
        ]
        assert all(databases.knows_chat(tx, ACCOUNT, chat) for chat in trusted)
        assert not any(databases.knows_chat(tx, ACCOUNT, chat) for chat in others)

    await ledger.write(work)


async def test_what_was_set_for_a_group_goes_with_it(ledger: Ledger) -> None:
    """A mode that a command set for one group is not another's."""

    def work(tx: Tx) -> list[str]:
        accounts.begin(tx, ACCOUNT, RowId(4), NOON)
        hear(tx, 5, group(8, "moved"))
        keys = [SessionKey(f"agent:main:imessage:group:{number}") for number in (8, 9)]
        session_settings.change(tx, keys[0], activation="always")
        databases.replaced(tx, ACCOUNT, RowId(2), [group(9, "moved")], LATER)
        databases.confirm(tx, ACCOUNT, LATER)
        return [session_settings.load(tx, key).activation for key in keys]

    assert await ledger.write(work) == ["", "always"]


async def test_groups_that_change_numbers_keep_their_own_words(ledger: Ledger) -> None:
    """Also two that change places; nobody inherits those of a group that is gone (promise 1)."""

    def work(tx: Tx) -> None:
        accounts.begin(tx, ACCOUNT, RowId(4), NOON)
        for number, chat in ((5, group(7, "one")), (6, group(8, "two")), (7, group(9, "gone"))):
            hear(tx, number, chat)
        databases.replaced(tx, ACCOUNT, RowId(2), [group(8, "one"), group(7, "two"), group(9, "new")], LATER)
        assert words(tx, 8) == ["words of one"]
        assert words(tx, 7) == ["words of two"]
        assert words(tx, 9) == []
        kept = sessions.find(tx, SessionKey("agent:main:imessage:group:9-before-2"))
        assert kept is not None
        keys = tx.scalars(select(schema.message.c.session_key).order_by(schema.message.c.row_id))
        assert [key.rpartition(":")[2] for key in keys] == ["8", "7", "9-before-2"]

    await ledger.write(work)


async def test_the_program_of_a_group_goes_with_it(ledger: Ledger) -> None:
    """An outside agent takes up what it remembers by a name of its own, which is for one group alone (promise 1)."""

    def work(tx: Tx) -> list[tuple[str, str]]:
        accounts.begin(tx, ACCOUNT, RowId(4), NOON)
        for number, chat in ((5, group(7, "one")), (6, group(8, "two"))):
            hear(tx, number, chat)
            key = SessionKey(f"agent:main:imessage:group:{number + 2}")
            begun = AcpSession(key, AgentId("codex"), "codex", "persistent", "/srv", chat.identifier)
            acp_sessions.begin(tx, begun, NOON)
        databases.replaced(tx, ACCOUNT, RowId(2), [group(8, "one"), group(7, "two")], LATER)
        return sorted((one.key.rpartition(":")[2], one.label) for one in acp_sessions.newest(tx))

    assert await ledger.write(work) == [("7", "two"), ("8", "one")]


async def test_a_group_that_moves_leaves_that_of_another_phone_alone(ledger: Ledger) -> None:
    """Both have number 7, and only one of the two phones got another database."""
    work = AccountId("work")
    mine, theirs = SessionKey("agent:main:imessage:group:7"), SessionKey("agent:main:imessage:group:7:work")

    def step(tx: Tx) -> list[str]:
        accounts.begin(tx, work, RowId(4), NOON)
        hear(tx, 5, group(7, "mine"))
        row = replace(inbound(6, "hi", account=work), chat=group(7, "theirs"), guid=MessageGuid("W"))
        (kept,) = messages.receive(tx, [row], NOON)
        accounts.note_chat(tx, row, is_group=True)
        tx.execute(update(schema.message).where(schema.message.c.id == kept).values(session_key=theirs))
        session = sessions.start(tx, theirs, AgentId("main"), NOON)
        sessions.add(tx, session, TurnId(6), (TranscriptEntry("user", "words of theirs"),))
        databases.replaced(tx, work, RowId(2), [group(9, "theirs")], LATER)
        moved = sessions.find(tx, SessionKey("agent:main:imessage:group:9:work"))
        assert sessions.find(tx, mine) is not None
        assert sessions.find(tx, theirs) is None
        return [entry.text for entry in sessions.history(tx, moved)] if moved else []

    assert await ledger.write(step) == ["words of theirs"]


async def test_a_row_without_a_guid_is_another_one_in_another_database(ledger: Ledger) -> None:
    """Its number was used before, and means another message now (design 4)."""

    def work(tx: Tx) -> None:
        accounts.begin(tx, ACCOUNT, RowId(4), NOON)
        row = replace(inbound(5, "hi"), guid=MessageGuid(""))
        assert len(messages.receive(tx, [row], NOON)) == 1
        databases.replaced(tx, ACCOUNT, RowId(2), [], LATER)
        assert len(messages.receive(tx, [row], LATER)) == 1
        assert messages.receive(tx, [row], LATER) == []

    await ledger.write(work)


async def test_an_older_copy_goes_on_from_its_last_known_row(ledger: Ledger) -> None:
    """Rows above it are no anchors: their numbers are used again; nothing is frozen."""

    def work(tx: Tx) -> None:
        accounts.begin(tx, ACCOUNT, RowId(4), NOON)
        for number in (5, 6, 7):
            hear(tx, number, group(7, "one"))
        databases.restored(tx, ACCOUNT, RowId(6), LATER)
        assert accounts.cursor(tx, ACCOUNT) == 6
        assert [anchor.row_id for anchor in databases.anchors(tx, ACCOUNT)] == [6, 5]
        assert not databases.is_unproven(tx, ACCOUNT)
        found = databases.unkept(tx, ACCOUNT, {MessageGuid(f"G7-{timedelta()}"), MessageGuid("new")})
        assert found == {"new"}

    await ledger.write(work)


async def test_no_tapback_is_an_anchor(ledger: Ledger) -> None:
    """The history never shows one: it would look like a row that is gone, and its database like an older copy."""

    def work(tx: Tx) -> None:
        accounts.begin(tx, ACCOUNT, RowId(4), NOON)
        hear(tx, 5, group(7, "one"))
        put = replace(inbound(6, "love"), chat=group(7, "one"), is_reaction=True)
        messages.receive(tx, [put], NOON)
        assert [anchor.row_id for anchor in databases.anchors(tx, ACCOUNT)] == [5]

    await ledger.write(work)
