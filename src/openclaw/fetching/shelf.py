"""The shelf: where fetched files lie, and the broom that removes what no message needs any more."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import structlog

from openclaw.errors import StoreError
from openclaw.store import Ledger, attachments, media_folders

log = structlog.get_logger("openclaw.fetching")

# After something changed: soon for whoever asked to be forgotten, rarely enough for a flood of files.
_REST_S = 5.0


class Shelf:
    """The folders of all accounts below ``root``."""

    def __init__(self, ledger: Ledger, root: Path) -> None:
        self._ledger = ledger
        self.root = root
        self._filling: set[str] = set()

    @contextmanager
    def folder(self) -> Generator[Path]:
        """A new folder, which nobody removes while the context lasts; afterwards the ledger has to name it."""
        folder = media_folders.make(self.root)
        self._filling.add(folder.name)
        try:
            yield folder
        finally:
            self._filling.discard(folder.name)

    async def keep_clean(self) -> None:
        """Remove what is nobody's, now and whenever files were forgotten, until cancelled."""
        with self._ledger.changes.listen() as listener:
            while True:
                with contextlib.suppress(StoreError):
                    if removed := await self.sweep():
                        log.info("files.removed", folders=removed)
                await asyncio.sleep(_REST_S)
                while "files" not in await listener.changed():
                    pass

    async def sweep(self) -> int:
        """Remove what is nobody's; how many folders that were. Says nothing: a command may ask for it too.

        Raises:
            StoreError: the ledger could not be read.
        """
        # Looked at first: what is named or being filled afterwards was not among these.
        there = await asyncio.to_thread(media_folders.names, self.root)
        filling = frozenset(self._filling)
        nobodys = there - filling - await self._ledger.read(attachments.folders)
        if nobodys:
            await asyncio.to_thread(media_folders.discard_all, self.root, nobodys)
        return len(nobodys)
