"""The fetcher of one account: announced files are brought here beside the journey of texts, few at a time.

It looks at the ledger for what to do, so that a restart goes on where it stopped; what comes of each file is written
there, and the lane whose turn may wait for it is woken.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

import structlog

from openclaw.domain.file_names import safe_name
from openclaw.domain.files import FileState, Forms, WantedFile
from openclaw.domain.ids import AccountId, SessionKey
from openclaw.domain.messages import Attachment, InboundMessage
from openclaw.errors import OpenClawError
from openclaw.fetching.shelf import Shelf
from openclaw.fetching.verdicts import GiveUp, Take, TryAgain, after_fetching, again, before_fetching
from openclaw.imessage.files import Fault, Fetched, NotFetched, PhoneFiles, Progress, Tell
from openclaw.media.kinds import suffixes_of
from openclaw.media.results import Prepared, Refused
from openclaw.media.workshop import Workshop
from openclaw.store import Ledger, Tx, attachments, media_folders, messages
from openclaw.store.changes import Listener

log = structlog.get_logger("openclaw.fetching")

AT_ONCE = 3
"""Files of one account that are fetched at the same time: a slow one must not hold up the next, nor all the disk."""

LONGEST_S = 600.0
"""One try, whatever the phone's machine does."""

# The copy as it comes, until it is known what it is.
_INCOMING = "incoming"
# With nothing due it is looked again all the same: the clock of the machine may have been set.
_LONGEST_REST_S = 300.0

Reread = Callable[[InboundMessage], Awaitable[InboundMessage | None]]
"""Asks a phone for a row as it has it now."""


@dataclass(frozen=True, slots=True)
class Source:
    """Where an account's files come from: its phone, that phone's rows, and how many bytes a file may have."""

    files: PhoneFiles
    reread: Reread
    limit_bytes: int


class Fetcher:
    """Fetches the files of ``account``; ``wake`` has a lane look again at what waits in it."""

    def __init__(
        self,
        ledger: Ledger,
        account: AccountId,
        shelf: Shelf,
        workshop: Workshop,
        wake: Callable[[SessionKey], None],
        now: Callable[[], datetime],
    ) -> None:
        self._ledger = ledger
        self._account = account
        self._shelf = shelf
        self._workshop = workshop
        self._wake = wake
        self._now = now
        self._busy = 0
        self._look = asyncio.Event()

    def adopt(self, source: Source) -> None:
        """Go by other settings from the next file on."""
        self._source = source

    async def run(self, source: Source) -> None:
        """Fetch what is announced, until cancelled; what is cut off is taken up at the next start."""
        self.adopt(source)
        await self._ledger.write(lambda tx: attachments.recover(tx, self._account, self._now()))
        with self._ledger.changes.listen() as listener:
            async with asyncio.TaskGroup() as group:
                group.create_task(self._listen(listener), name=f"news of files {self._account}")
                while True:
                    self._look.clear()
                    for wanted in await self._next():
                        self._busy += 1
                        group.create_task(self._bring(wanted), name=f"file {wanted.file.id}")
                    with contextlib.suppress(TimeoutError):
                        async with asyncio.timeout(await self._rest_s()):
                            await self._look.wait()

    async def _listen(self, listener: Listener) -> None:
        while True:
            if "files" in await listener.changed():
                self._look.set()

    async def _next(self) -> list[WantedFile]:
        free = AT_ONCE - self._busy
        if not free or not await self._ledger.read(lambda tx: self._due(tx, 1)):
            return []
        return await self._ledger.write(lambda tx: self._begin(tx, free))

    def _due(self, tx: Tx, most: int) -> list[WantedFile]:
        return attachments.due(tx, self._account, self._now(), most)

    def _begin(self, tx: Tx, most: int) -> list[WantedFile]:
        found = self._due(tx, most)
        for wanted in found:
            attachments.begin(tx, wanted.file.id, wanted.file.attempts + 1)
        return found

    async def _rest_s(self) -> float:
        """In how many seconds there may be something to do, if nothing changes before."""
        soonest = await self._ledger.read(lambda tx: attachments.next_due(tx, self._account))
        if soonest is None or self._busy == AT_ONCE:
            return _LONGEST_REST_S
        return min(max(0.0, (soonest - self._now()).total_seconds()), _LONGEST_REST_S)

    async def _bring(self, wanted: WantedFile) -> None:
        """One try for one file, with everything that follows from it on disk."""
        attempts = wanted.file.attempts + 1
        # Listed boundary: a bug, or a disk that is full, costs one file its try, not the account its phone.
        try:
            await self._try(wanted, attempts)
        except Exception as error:
            log.exception("file.broken", attachment=wanted.file.id, account=self._account)
            failed = again(f"the gateway could not keep it ({type(error).__name__})", attempts)
            await self._settle(wanted, failed)
        finally:
            self._busy -= 1
            self._look.set()
        self._wake(wanted.session)

    async def _try(self, wanted: WantedFile, attempts: int) -> None:
        source, told = self._source, await self._told(wanted)
        taken = await self._ledger.read(
            lambda tx: attachments.taken_since(tx, self._account, self._now() - timedelta(hours=1))
        )
        refused = before_fetching(told.size, source.limit_bytes, taken)
        if refused is not None:
            return await self._settle(wanted, refused)
        with self._shelf.folder() as folder:
            incoming = folder / _INCOMING
            fetched = await _fetched(source, told, incoming, partial(self._heard, wanted))
            verdict = after_fetching(fetched, told.size, attempts)
            if not isinstance(verdict, Take):
                media_folders.discard(folder)
                return await self._settle(wanted, verdict)
            made = await self._workshop.prepare(incoming, folder)
            if isinstance(made, Refused):
                media_folders.discard(folder)
                return await self._settle(wanted, GiveUp(FileState.REFUSED, made.reason))
            await self._arrived(wanted, _kept(folder, told, made, verdict.size))
        return None

    async def _told(self, wanted: WantedFile) -> Attachment:
        """What the phone says of the file: as it said first, or anew when it had no place then."""
        file = wanted.file
        told = Attachment(file.name, file.path, file.mime_type, file.size, missing=not file.path)
        if file.path:
            return told
        held = await self._ledger.read(lambda tx: messages.load(tx, [file.message]))
        try:
            row = await self._source.reread(held[0].message) if held else None
        except OpenClawError as error:
            log.info("file.not_asked", attachment=file.id, account=self._account, cause=str(error))
            return told
        if row is None or file.position >= len(row.attachments):
            return told
        shown = row.attachments[file.position]
        await self._ledger.write(lambda tx: attachments.show_anew(tx, file.id, shown))
        return shown

    async def _heard(self, wanted: WantedFile, progress: Progress) -> None:
        """Have it seen how far a big file is; it is told at few steps."""
        which = wanted.file.id
        await self._ledger.write(lambda tx: attachments.come_so_far(tx, which, progress.done))
        log.info(
            "file.coming", attachment=which, account=self._account, done=progress.done, size=progress.size
        )

    async def _settle(self, wanted: WantedFile, verdict: TryAgain | GiveUp) -> None:
        which = wanted.file.id

        def write(tx: Tx) -> None:
            now = self._now()
            if not attachments.is_wanted(tx, which):
                return
            match verdict:
                case TryAgain(reason, after):
                    attachments.not_yet(tx, which, reason, now + after if after else None, now)
                case GiveUp(state, reason):
                    attachments.refuse(tx, which, state, reason, now)

        await self._ledger.write(write)
        log.info("file.not_here", attachment=which, account=self._account, reason=verdict.reason)

    async def _arrived(self, wanted: WantedFile, forms: Forms) -> None:
        which = wanted.file.id

        def write(tx: Tx) -> None:
            # Its message may have been forgotten meanwhile; then the folder is nobody's.
            if attachments.is_wanted(tx, which):
                attachments.arrive(tx, which, forms, self._now())

        await self._ledger.write(write)
        log.info("file.here", attachment=which, account=self._account, mime=forms.mime, size=forms.size)


async def _fetched(source: Source, told: Attachment, into: Path, tell: Tell) -> Fetched | NotFetched:
    if not told.path:
        return NotFetched("it is not on the Mac yet", again=True, fault=Fault.MISSING)
    try:
        async with asyncio.timeout(LONGEST_S):
            return await source.files.fetch(told.path, into, source.limit_bytes, tell)
    except TimeoutError:
        return NotFetched(f"it took longer than {LONGEST_S:g} s", again=True, fault=Fault.CUT)


def _kept(folder: Path, told: Attachment, made: Prepared, size: int) -> Forms:
    """Give the file its own name, now that it is known what it is."""
    name = safe_name(told.name, suffixes_of(made.mime))
    # Where case does not tell names apart, a stranger's Picture.jpg would lie in the place of what we made.
    if name.casefold() in {one.casefold() for one in (made.form, made.text, _INCOMING)}:
        name = f"original-{name}"
    (folder / _INCOMING).rename(folder / name)
    return Forms(
        folder.name, name, made.mime, made.family, size, made.form, made.form_mime, made.text, made.note
    )
