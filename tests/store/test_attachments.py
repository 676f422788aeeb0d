"""Attachments: every step of the diagram in the module's first lines, and what a turn is shown and misses."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from tests.making import ACCOUNT, ANN, BOB, NOON, direct_chat, inbound
from tests.store.keeping import SESSION, keep_admitted

from openclaw.domain.files import PATIENCE, FiledAttachment, FileState, Forms
from openclaw.domain.ids import AccountId, AttachmentId, MessageId, TurnId
from openclaw.domain.messages import Attachment, InboundMessage
from openclaw.store import Ledger, Tx, accounts, attachments, checkpoints

SECOND = timedelta(seconds=1)
CHAT = direct_chat().key
PICTURE = Forms("f" * 32, "a.heic", "image/heic", "image", 900, "picture.jpg", "image/jpeg")
ARCHIVE = Forms("e" * 32, "a.zip", "application/zip", "file", 700)


def bringing(row: int, *names: str, sender: str = ANN) -> InboundMessage:
    """A message with files."""
    files = tuple(Attachment(name, f"/there/{name}", "image/heic", 1000, missing=False) for name in names)
    return replace(inbound(row, "look", sender=sender), attachments=files)


def admitted(tx: Tx, *rows: InboundMessage) -> list[MessageId]:
    """Messages whose files may be fetched since noon."""
    held = keep_admitted(tx, *rows)
    for one in held:
        attachments.expect(tx, one.id, NOON, NOON + PATIENCE)
    return [one.id for one in held]


def files(tx: Tx, ids: Sequence[MessageId]) -> list[FiledAttachment]:
    """The files of messages."""
    return [one for found in attachments.of_messages(tx, ids).values() for one in found]


def states(tx: Tx, ids: Sequence[MessageId]) -> list[str]:
    """The states that their files are in."""
    return [one.state for one in files(tx, ids)]


def due(tx: Tx, at: datetime) -> list[str]:
    """The names of the files that are to be tried."""
    return [wanted.file.name for wanted in attachments.due(tx, ACCOUNT, at, 10)]


def begun(tx: Tx, row: InboundMessage) -> tuple[MessageId, AttachmentId]:
    """A message whose only file is being fetched, and that file."""
    [which] = admitted(tx, row)
    [wanted] = [one.file for one in attachments.due(tx, ACCOUNT, NOON, 10) if one.file.message == which]
    attachments.begin(tx, wanted.id, 1)
    return which, wanted.id


def turn_over(tx: Tx, *ids: MessageId) -> TurnId:
    """A turn over messages, to which their files are handed."""
    turn = TurnId(max(ids))
    attachments.hand_over(tx, turn, ids, SESSION, CHAT)
    return turn


async def test_files_are_announced_with_their_message_and_wait_until_it_is_admitted(ledger: Ledger) -> None:
    """A: nothing is fetched for somebody of whom it is not known whether they are let in."""

    def look(tx: Tx) -> None:
        [held] = keep_admitted(tx, bringing(1, "a", "b"))
        assert states(tx, [held.id]) == [FileState.ANNOUNCED] * 2
        assert due(tx, NOON + timedelta(days=1)) == []
        assert attachments.next_due(tx, ACCOUNT) is None
        attachments.expect(tx, held.id, NOON, NOON + PATIENCE)
        assert due(tx, NOON) == ["a", "b"]
        assert due(tx, NOON - SECOND) == []
        assert attachments.due(tx, AccountId("work"), NOON, 10) == []
        assert attachments.next_due(tx, ACCOUNT) == NOON

    await ledger.write(look)


async def test_more_files_than_a_message_may_bring_are_refused_at_once(ledger: Ledger) -> None:
    """A: one of them is kept, to say that there were more."""

    def look(tx: Tx) -> None:
        most = attachments.MOST_OF_MESSAGE
        ids = admitted(tx, bringing(1, *(str(n) for n in range(most + 5))))
        *kept, over = files(tx, ids)
        assert [one.state for one in kept] == [FileState.ANNOUNCED] * most
        assert (over.state, over.reason) == (FileState.REFUSED, attachments.TOO_MANY)
        assert len(attachments.due(tx, ACCOUNT, NOON, 100)) == most

    await ledger.write(look)


async def test_a_file_that_is_not_there_is_tried_again_when_it_is_time(ledger: Ledger) -> None:
    """B, C and B again: one that is being fetched is not taken twice, and what came of it is forgotten with it."""

    def look(tx: Tx) -> None:
        which, file = begun(tx, bringing(1, "a"))
        assert states(tx, [which]) == [FileState.FETCHING]
        assert due(tx, NOON + SECOND) == []
        assert attachments.is_wanted(tx, file)
        attachments.come_so_far(tx, file, 400)
        assert [one.so_far for one in files(tx, [which])] == [400]
        attachments.not_yet(tx, file, "iCloud has it", NOON + 5 * SECOND, NOON)
        [missing] = files(tx, [which])
        assert (missing.state, missing.reason, missing.so_far) == (FileState.MISSING, "iCloud has it", 0)
        assert not attachments.is_wanted(tx, file)
        assert (due(tx, NOON + 4 * SECOND), due(tx, NOON + 5 * SECOND)) == ([], ["a"])
        attachments.begin(tx, file, 2)
        [again] = files(tx, [which])
        assert (again.state, again.attempts, again.so_far) == (FileState.FETCHING, 2, 0)
        attachments.not_yet(tx, file, "gone", None, NOON)
        assert attachments.next_due(tx, ACCOUNT) is None

    await ledger.write(look)


@pytest.mark.parametrize("state", [FileState.REFUSED, FileState.TOO_LARGE, FileState.FAILED])
async def test_a_file_that_is_not_to_be_had_keeps_its_reason_and_is_not_tried_again(
    ledger: Ledger, state: FileState
) -> None:
    """D: nothing of it is kept, no turn waits for it, and the trail says why."""

    def look(tx: Tx) -> None:
        which, file = begun(tx, bringing(1, "a"))
        attachments.refuse(tx, file, state, "because", NOON + SECOND)
        [refused] = files(tx, [which])
        assert (refused.state, refused.reason, refused.forms) == (state, "because", None)
        assert due(tx, NOON + timedelta(days=1)) == []
        assert attachments.awaited(tx, [which], NOON) == {}
        assert attachments.folders(tx) == set()
        assert attachments.taken_since(tx, ACCOUNT, NOON) == 0
        # What is still told of a fetch that was given up counts nowhere.
        attachments.come_so_far(tx, file, 400)
        assert attachments.taken_since(tx, ACCOUNT, NOON) == 0
        trail = [(one.step, one.reason) for one in checkpoints.story(tx, "attachment", file)]
        assert trail == [(state, "because")]

    await ledger.write(look)


@pytest.mark.parametrize(
    ("forms", "state"),
    [
        (PICTURE, FileState.CONVERTED),
        (replace(ARCHIVE, text="text.txt"), FileState.CONVERTED),
        (ARCHIVE, FileState.READY),
    ],
)
async def test_a_file_that_came_has_its_forms_and_counts(
    ledger: Ledger, forms: Forms, state: FileState
) -> None:
    """E: as it came, or with something made of it; its folder is somebody's now."""

    def look(tx: Tx) -> None:
        which, file = begun(tx, bringing(1, "a"))
        attachments.come_so_far(tx, file, 400)
        attachments.arrive(tx, file, forms, NOON + SECOND)
        [here] = files(tx, [which])
        assert (here.state, here.forms, here.reason, here.so_far) == (state, forms, "", 0)
        assert attachments.folders(tx) == {forms.folder}
        assert attachments.awaited(tx, [which], NOON) == {}
        assert attachments.taken_since(tx, ACCOUNT, NOON) == forms.size
        assert attachments.taken_since(tx, ACCOUNT, NOON + SECOND) == 0
        assert attachments.taken_since(tx, AccountId("work"), NOON) == 0

    await ledger.write(look)


async def test_what_was_cut_off_is_taken_up_at_once(ledger: Ledger) -> None:
    """F: after a stop in the middle, and only of that account and that state."""

    def look(tx: Tx) -> None:
        cut, _ = begun(tx, bringing(1, "a"))
        missing, file = begun(tx, bringing(2, "b"))
        attachments.not_yet(tx, file, "not yet", NOON + timedelta(hours=1), NOON)
        attachments.recover(tx, AccountId("work"), NOON + SECOND)
        assert states(tx, [cut]) == [FileState.FETCHING]
        attachments.recover(tx, ACCOUNT, NOON + SECOND)
        assert states(tx, [cut, missing]) == [FileState.ANNOUNCED, FileState.MISSING]
        assert due(tx, NOON + SECOND) == ["a"]

    await ledger.write(look)


async def test_a_turn_waits_until_its_time_or_until_all_are_settled(ledger: Ledger) -> None:
    """The time is the ledger's, so that a restart makes it no longer; a message without files is not waited for."""

    def look(tx: Tx) -> None:
        which, file = begun(tx, bringing(1, "a"))
        [plain] = admitted(tx, inbound(2, "hi"))
        until = NOON + PATIENCE
        assert attachments.awaited(tx, [which, plain], NOON) == {which: until}
        attachments.not_yet(tx, file, "not yet", NOON + SECOND, NOON)
        # Once begun, the time is not set anew.
        attachments.expect(tx, which, NOON + SECOND, until + SECOND)
        assert attachments.awaited(tx, [which], until - SECOND) == {which: until}
        assert attachments.awaited(tx, [which], until) == {}
        assert attachments.awaited(tx, [], NOON) == {}

    await ledger.write(look)


async def test_a_turn_is_shown_what_is_here_and_a_later_one_what_came_late(ledger: Ledger) -> None:
    """Each file is shown once beside its own message or once after it, whichever comes first (demand C10)."""

    def look(tx: Tx) -> None:
        [which] = admitted(tx, bringing(1, "here", "late", "never"))
        here, late, never = (one.id for one in files(tx, [which]))
        for one in (here, late, never):
            attachments.begin(tx, one, 1)
        attachments.arrive(tx, here, ARCHIVE, NOON)
        first = turn_over(tx, which)
        assert attachments.come_late(tx, first, [which]) == ()

        attachments.arrive(tx, late, PICTURE, NOON + SECOND)
        attachments.refuse(tx, never, FileState.FAILED, "gone", NOON + SECOND)
        [second] = admitted(tx, inbound(2, "and now?"))
        then = turn_over(tx, second)
        assert [one.id for one in attachments.come_late(tx, then, [second])] == [late]

        [third] = admitted(tx, inbound(3, "and then?"))
        assert attachments.come_late(tx, turn_over(tx, third), [third]) == ()

    await ledger.write(look)


async def test_what_came_late_is_shown_in_its_own_place_alone(ledger: Ledger) -> None:
    """Never to the wrong person: another chat of the same session is another place, and so is another session."""

    def look(tx: Tx) -> None:
        which, file = begun(tx, bringing(1, "a"))
        turn_over(tx, which)
        attachments.arrive(tx, file, PICTURE, NOON + SECOND)
        [other] = admitted(tx, inbound(2, "hi", sender=BOB))
        for place in ((SESSION, direct_chat(BOB).key), ("agent:main:other", CHAT)):
            attachments.hand_over(tx, TurnId(other), [other], *place)
            assert attachments.come_late(tx, TurnId(other), [other]) == ()
        [same] = admitted(tx, inbound(3, "hi"))
        assert len(attachments.come_late(tx, turn_over(tx, same), [same])) == 1

    await ledger.write(look)


async def test_a_turn_that_is_taken_again_is_shown_the_same(ledger: Ledger) -> None:
    """After a crash: what came meanwhile beside its own message is no news of an earlier one."""

    def look(tx: Tx) -> None:
        which, file = begun(tx, bringing(1, "a"))
        turn = turn_over(tx, which)
        attachments.arrive(tx, file, PICTURE, NOON + SECOND)
        assert turn_over(tx, which) == turn
        assert attachments.come_late(tx, turn, [which]) == ()
        [after] = admitted(tx, inbound(2, "hi"))
        assert attachments.come_late(tx, turn_over(tx, after), [after]) == ()

    await ledger.write(look)


async def test_a_row_that_is_read_anew_brings_its_files_anew(ledger: Ledger) -> None:
    """A doubtful message shows other files at a second look; one without a place gets it when it is told."""

    def look(tx: Tx) -> None:
        [held] = keep_admitted(tx, bringing(1, "early"))
        attachments.announce_anew(tx, held.id, bringing(1, "", "b"))
        unnamed, other = files(tx, [held.id])
        assert (unnamed.name, other.name, other.position) == ("", "b", 1)
        attachments.show_anew(tx, unnamed.id, Attachment("a", "/there/a", "image/png", 7, missing=False))
        [told, _] = files(tx, [held.id])
        assert (told.name, told.path, told.mime_type, told.size) == ("a", "/there/a", "image/png", 7)

    await ledger.write(look)


async def test_files_go_with_their_messages_and_nobody_is_told_of_none(ledger: Ledger) -> None:
    """Whoever keeps the shelf clean listens for news of files; most messages that end have none."""
    with ledger.changes.listen() as listener:
        ids = await ledger.write(lambda tx: admitted(tx, bringing(1, "a"), inbound(2, "hi")))
        assert "files" in await listener.changed()
        await ledger.write(lambda tx: attachments.remove(tx, ids[1:]))
        # Whatever was to be told of that is told before this.
        await ledger.write(lambda tx: accounts.set_pause(tx, ACCOUNT, CHAT, NOON))
        assert await listener.changed() == {"pauses"}
        await ledger.write(lambda tx: attachments.remove(tx, ids))
        assert await listener.changed() == {"files"}
    assert await ledger.read(lambda tx: attachments.of_messages(tx, ids)) == {}
