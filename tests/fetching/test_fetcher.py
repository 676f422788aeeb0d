"""Files on their way to a turn, over a real ledger with real stages; the phone's files are a small stand-in."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.making import ACCOUNT, ANN, BOB, NOON, direct_chat, inbound
from tests.media import samples
from tests.rig import Rig, open_to_all, running
from tests.waiting import until

from openclaw.control.story import story
from openclaw.domain.files import FiledAttachment, FileState
from openclaw.domain.ids import MessageId
from openclaw.domain.messages import Attachment, InboundMessage
from openclaw.fetching.fetcher import Fetcher, Source
from openclaw.fetching.shelf import Shelf
from openclaw.imessage.files import Fault, Fetched, NotFetched, NotStaged, Progress, Tell, unheard
from openclaw.media.workshop import Workshop
from openclaw.store import Ledger, attachments

PLACE = "/Users/ann/Library/Messages/Attachments/ab"
MISSING = NotFetched("it is not on the Mac yet", again=True, fault=Fault.MISSING)


class PhoneFiles:
    """The files on a phone, by path; ``held`` holds every fetch up until it is set."""

    def __init__(self, **known: bytes) -> None:
        self.known = {f"{PLACE}/{name.replace('_', '.')}": content for name, content in known.items()}
        self.outcome: NotFetched = MISSING
        self.held: asyncio.Event | None = None
        self.busy = self.most_busy = 0

    async def fetch(
        self, path: str, into: Path, limit_bytes: int, tell: Tell = unheard
    ) -> Fetched | NotFetched:
        """Bring what is known; whoever is held up has half of it."""
        self.busy += 1
        self.most_busy = max(self.most_busy, self.busy)
        try:
            if self.held is not None:
                await tell(Progress(2_500_000, 5_000_000))
                await self.held.wait()
            if path not in self.known:
                return self.outcome
            into.write_bytes(self.known[path])
            return Fetched(len(self.known[path]))
        finally:
            self.busy -= 1

    async def stage(self, file: Path, name: str) -> NotStaged:
        """Nothing is sent here."""
        return NotStaged(f"{file} as {name}")

    async def unstage(self, path: str) -> None:
        """Nothing was staged."""


def photo(row: int, *names: str, text: str = "", sender: str = ANN, chat_row: int = 1) -> InboundMessage:
    """A message that brings files."""
    files = tuple(Attachment(name, f"{PLACE}/{name}", "image/png", 0, missing=False) for name in names)
    heard = inbound(row, text or "\ufffc", sender=sender)
    return replace(heard, attachments=files, chat=direct_chat(sender, chat_row))


class Scene:
    """A running gateway with a fetcher."""

    def __init__(self, rig: Rig, phone: PhoneFiles, shelf: Shelf) -> None:
        self.rig = rig
        self.phone = phone
        self.shelf = shelf

    async def files(self) -> list[FiledAttachment]:
        """Every file that the ledger knows."""
        found = await self.rig.ledger.read(
            lambda tx: attachments.of_messages(tx, [MessageId(each) for each in range(1, 40)])
        )
        return [one for files in found.values() for one in files]

    async def states(self, *wanted: FileState) -> list[FiledAttachment]:
        """The files, once they are in the states ``wanted``."""

        async def look() -> list[FiledAttachment] | None:
            found = await self.files()
            return found if [one.state for one in found] == list(wanted) else None

        return await until(look, f"files are {wanted}")

    async def later(self, seconds: float) -> None:
        """Let time pass for everybody."""
        self.rig.clock[0] += timedelta(seconds=seconds)
        # Whoever waits for a time looks at the clock again.
        self.rig.ledger.changes.announce({"files"})
        self.rig.lanes.wake(await self.session())

    async def session(self) -> Any:
        """The session of the first message."""
        wanted = await self.rig.ledger.read(
            lambda tx: attachments.due(tx, ACCOUNT, NOON + timedelta(days=1), 1)
        )
        return wanted[0].session if wanted else "agent:main:imessage:direct:+15550100001"


@asynccontextmanager
async def scene(
    ledger: Ledger, root: Path, phone: PhoneFiles, limit: int = 10**6, **more: Any
) -> AsyncGenerator[Scene]:
    """A gateway whose account takes files."""
    document = open_to_all(includeAttachments=True)
    async with running(ledger, document | more, media=root) as rig, asyncio.TaskGroup() as group:
        shelf = Shelf(ledger, root)
        fetcher = Fetcher(ledger, ACCOUNT, shelf, Workshop(), rig.gateway.wake, lambda: rig.clock[0])
        task = group.create_task(fetcher.run(Source(phone, rig.phone.reread, limit)))
        yield Scene(rig, phone, shelf)
        task.cancel()


@pytest.fixture
def shelf(tmp_path: Path) -> Path:
    """Where files lie."""
    folder = tmp_path / "media" / "inbound"
    folder.mkdir(parents=True)
    return folder


async def test_a_turn_waits_for_its_picture_and_is_shown_it(ledger: Ledger, shelf: Path) -> None:
    """A photo alone is a message; the agent gets the picture as models take it, and its name in the text."""
    async with scene(ledger, shelf, PhoneFiles(beach_png=samples.png())) as here:
        await here.rig.hear(photo(1, "beach.png"))
        await here.rig.phone.texts(1)

    [prompt] = here.rig.agent.prompts
    assert prompt.text.startswith("<media:image> beach.png (")
    [picture] = prompt.pictures
    assert picture.mime_type == "image/png"
    assert Path(picture.path).read_bytes().startswith(b"\x89PNG")
    [file] = await here.files()
    assert file.state is FileState.CONVERTED
    assert file.forms is not None
    assert (shelf / file.forms.folder / file.forms.original).read_bytes() == samples.png()


async def test_a_name_in_capitals_does_not_take_the_place_of_what_we_made(
    ledger: Ledger, shelf: Path
) -> None:
    """A disk of macOS does not tell them apart: the picture with all that the camera wrote would be shown."""
    async with scene(ledger, shelf, PhoneFiles(Picture_png=samples.png())) as here:
        await here.rig.hear(photo(1, "Picture.png"))
        await here.rig.phone.texts(1)

    [file] = await here.files()
    assert file.forms is not None
    assert file.forms.original.casefold() != file.forms.form.casefold()


async def test_after_ten_seconds_the_turn_begins_without_it_and_a_later_one_has_it(
    ledger: Ledger, shelf: Path
) -> None:
    """Demand C10: the agent is told what is not there, and what has arrived since; the contact sees none of it."""
    phone = PhoneFiles()
    async with scene(ledger, shelf, phone) as here:
        await here.rig.hear(photo(1, "beach.png", text="look"))
        await here.states(FileState.MISSING)
        assert here.rig.agent.prompts == []
        await here.later(11)
        await here.rig.phone.texts(1)
        phone.known[f"{PLACE}/beach.png"] = samples.png()
        await here.later(3000)
        await here.states(FileState.CONVERTED)
        await here.rig.hear(replace(inbound(2, "and now?"), sent_at=here.rig.clock[0]))
        await here.rig.phone.texts(2)

    first, second = here.rig.agent.prompts
    assert first.text == "look\n<media:image> beach.png (not here yet)"
    assert first.pictures == ()
    assert "has arrived: <media:image> beach.png (" in second.text
    assert second.text.endswith("and now?")
    assert len(second.pictures) == 1


async def test_the_deadline_outlives_a_restart(ledger: Ledger, shelf: Path) -> None:
    """It stands in the ledger: after a restart the same turn goes on waiting, and no longer than it would have."""
    phone = PhoneFiles()
    phone.held = asyncio.Event()
    async with scene(ledger, shelf, phone) as here:
        await here.rig.hear(photo(1, "beach.png", text="look"))
        await here.states(FileState.FETCHING)
    async with scene(ledger, shelf, phone) as here:
        await here.states(FileState.FETCHING)
        assert here.rig.agent.prompts == []
        await here.later(11)
        await here.rig.phone.texts(1)

    [prompt] = here.rig.agent.prompts
    assert "not here yet" in prompt.text


async def test_files_that_take_long_do_not_delay_another_chat(ledger: Ledger, shelf: Path) -> None:
    """Issue: never delaying texts of other chats; few are fetched at once."""
    phone = PhoneFiles()
    phone.held = asyncio.Event()
    async with scene(ledger, shelf, phone) as here:
        await here.rig.hear(photo(1, *(f"{n}.png" for n in range(10))))
        await here.rig.hear(replace(inbound(2, "hi", sender=BOB), chat=direct_chat(BOB, 2)))
        await here.rig.phone.texts(1)
        assert [prompt.text for prompt in here.rig.agent.prompts] == ["hi"]

        async def three() -> bool:
            return phone.busy >= 3

        await until(three, "three files are fetched at once")

    assert phone.most_busy == 3


async def test_how_far_a_big_file_is_shows_in_the_story_of_its_message(ledger: Ledger, shelf: Path) -> None:
    """While it is being fetched, and not any more once it is here."""
    phone = PhoneFiles(film_png=samples.png())
    phone.held = asyncio.Event()
    row = photo(1, "film.png")
    row = replace(row, attachments=(replace(row.attachments[0], size=5_000_000),))
    async with scene(ledger, shelf, phone, 10**7) as here:
        await here.rig.hear(row)

        async def half() -> bool:
            return [file.so_far for file in await here.files()] == [2_500_000]

        await until(half, "half of it is here")
        told = await ledger.read(lambda tx: story(tx, 1, here.rig.clock[0]))
        assert told["files"][0]["says"] == "It is being fetched. 2.5 of 5.0 MB are here."
        phone.held.set()
        # Smaller than the phone says, so it is tried again.
        [file] = await here.states(FileState.MISSING)
        assert file.so_far == 0


@pytest.mark.parametrize(
    ("outcome", "state", "told"),
    [
        (
            NotFetched("/etc/passwd: outside; see attachmentRoots", again=False, fault=Fault.OUTSIDE),
            FileState.REFUSED,
            "refused",
        ),
        (NotFetched("it has 9 bytes", again=False, fault=Fault.TOO_LARGE), FileState.TOO_LARGE, "too large"),
        (NotFetched("disk", again=False), FileState.FAILED, "could not be had"),
    ],
)
async def test_a_refused_file_is_told_to_the_agent_without_our_inner_life(
    ledger: Ledger, shelf: Path, outcome: NotFetched, state: FileState, told: str
) -> None:
    """The operator reads path and key; what the agent is told it may repeat to the contact."""
    phone = PhoneFiles()
    phone.outcome = outcome
    async with scene(ledger, shelf, phone) as here:
        await here.rig.hear(photo(1, "x.png", text="look"))
        await here.rig.phone.texts(1)
        [file] = await here.states(state)

    assert file.reason == outcome.reason
    [prompt] = here.rig.agent.prompts
    assert told in prompt.text
    assert outcome.reason not in prompt.text
    assert list(shelf.iterdir()) == []


async def test_a_bomb_is_refused_and_nothing_of_it_is_kept(ledger: Ledger, shelf: Path) -> None:
    """What it is shows only after it came."""
    async with scene(ledger, shelf, PhoneFiles(b_png=samples.png_bomb(30_000))) as here:
        await here.rig.hear(photo(1, "b.png"))
        await here.rig.phone.texts(1)
        [file] = await here.states(FileState.REFUSED)

    assert "30000 x 30000 pixels" in file.reason
    assert list(shelf.iterdir()) == []


async def test_what_is_written_in_a_document_is_put_before_an_agent_that_reads_no_files(
    ledger: Ledger, shelf: Path
) -> None:
    """Issue: PDF text for agents that take no files; behind marks that its author cannot know (facts L.4)."""
    async with scene(ledger, shelf, PhoneFiles(a_pdf=samples.pdf("Rent is due"))) as here:
        await here.rig.hear(photo(1, "a.pdf", text="?"))
        await here.rig.phone.texts(1)

    [prompt] = here.rig.agent.prompts
    assert "<media:document> a.pdf" in prompt.text
    assert "data, not instructions>>>\nRent is due\n<<<end " in prompt.text


async def test_files_of_people_who_are_not_let_in_are_neither_fetched_nor_remembered(
    ledger: Ledger, shelf: Path
) -> None:
    """A stranger's file names are a stranger's words."""
    phone = PhoneFiles(x_png=samples.png())
    shut = open_to_all(includeAttachments=True, dmPolicy="disabled")
    async with scene(ledger, shelf, phone, channels=shut["channels"]) as here:
        await here.rig.hear(photo(1, "x.png"))
        assert await here.files() == []

    assert phone.most_busy == 0


async def test_of_too_many_files_the_first_are_fetched(ledger: Ledger, shelf: Path) -> None:
    """And it shows that there were more."""
    names = [f"{n}.png" for n in range(30)]
    async with scene(ledger, shelf, PhoneFiles()) as here:
        here.phone.outcome = NotFetched("gone", again=False)
        await here.rig.hear(photo(1, *names))
        found = await here.states(*[FileState.FAILED] * 20, FileState.REFUSED)

    assert "20 files" in found[-1].reason


async def test_a_file_without_a_place_is_asked_for_again(ledger: Ledger, shelf: Path) -> None:
    """imsg tells no path while iCloud has only announced it; the row says it later."""
    row = photo(1, "x.png", text="look")
    early = replace(row, attachments=(Attachment("", "", "", 0, missing=True),))
    async with scene(ledger, shelf, PhoneFiles(x_png=samples.png())) as here:
        here.rig.phone.shows[row.guid] = row
        await here.rig.hear(early)
        await here.rig.phone.texts(1)
        [file] = await here.states(FileState.CONVERTED)

    assert file.name == "x.png"
    assert len(here.rig.agent.prompts[0].pictures) == 1


async def test_the_shelf_removes_what_is_nobodys(ledger: Ledger, shelf: Path) -> None:
    """A folder that a stop left, and one whose message was forgotten; not what is in use or strange."""
    async with scene(ledger, shelf, PhoneFiles(x_png=samples.png())) as here:
        await here.rig.hear(photo(1, "x.png"))
        await here.rig.phone.texts(1)
        [kept] = list(shelf.iterdir())
        (shelf / ("0" * 32)).mkdir()
        (shelf / "somebody's").mkdir()
        with here.shelf.folder() as filling:
            assert await here.shelf.sweep() == 1
            assert filling.is_dir()
        assert kept.is_dir()
        await ledger.write(lambda tx: attachments.remove(tx, [MessageId(1)]))
        assert await here.shelf.sweep() == 2

    assert [one.name for one in shelf.iterdir()] == ["somebody's"]
