"""Fitting: of a picture that is too large to leave, a smaller one leaves; everything else leaves byte for byte.

The picture is opened in the bounded child of ``media`` and nowhere else. What cannot be made to fit is refused to
whoever wanted it sent; nobody it was meant for hears of it.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from openclaw.domain.delivery import OutboundFile
from openclaw.errors import FileRefused
from openclaw.media.results import Prepared
from openclaw.media.workshop import Workshop
from openclaw.outbound.shelf import MEGABYTE, Shelf, blocks_of, open_regular


@dataclass(frozen=True, slots=True)
class Fitting:
    """Copies on ``shelf`` that end up within ``limit_mb``. A copy that was put or taken is not to leave before
    :meth:`fit` had it.
    """

    shelf: Shelf
    limit_mb: float
    workshop: Workshop

    def put(self, name: str, blocks: Iterable[bytes]) -> OutboundFile:
        """As ``Shelf.put``; a picture may still be too large."""
        return self.shelf.put(name, blocks, self.limit_mb, will_fit=True)

    def copy(self, name: str, folder: int, shown: str) -> OutboundFile:
        """As ``Shelf.copy``; a picture may still be too large."""
        return self.shelf.copy(name, folder, shown, self.limit_mb, will_fit=True)

    async def fit(self, file: OutboundFile) -> OutboundFile:
        """``file`` itself when it is within the limit, else a smaller picture in its place.

        Raises:
            FileRefused: it cannot be made to fit; its copy is gone.
        """
        if file.size <= self.limit_mb * MEGABYTE:
            return file
        try:
            return await self._smaller(file)
        finally:
            await asyncio.to_thread(self.shelf.discard, file)

    async def _smaller(self, file: OutboundFile) -> OutboundFile:
        with self.shelf.draft() as folder:
            made = await self.workshop.fit(Path(file.path), folder, int(self.limit_mb * MEGABYTE))
            if not isinstance(made, Prepared):
                raise FileRefused(
                    f"{file.name} is larger than {self.limit_mb:g} MB (mediaMaxMb) and cannot be made smaller: "
                    f"{made.reason}"
                )
            name = Path(file.name).with_suffix(Path(made.form).suffix).name
            return await asyncio.to_thread(self._put, folder / made.form, name)

    def _put(self, made: Path, name: str) -> OutboundFile:
        descriptor = open_regular(str(made), follow_links=False, shown=name)
        try:
            return self.shelf.put(name, blocks_of(descriptor), self.limit_mb)
        finally:
            os.close(descriptor)
