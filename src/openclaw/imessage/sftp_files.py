"""Files of another Mac where its server speaks SFTP: looks, copies, and what was put there."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncGenerator
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

from openclaw.errors import PhoneFileFailed
from openclaw.imessage.far_files import ORPHANED_AFTER_S, OUTBOUND, Look, not_a_file
from openclaw.imessage.files import Fault
from openclaw.imessage.sftp import PIECE, Sftp
from openclaw.imessage.sftp_wire import Attributes

_OPEN_TO_OTHERS = 0o077
# Written in windows of half a megabyte.
_WINDOW = 16


class SftpFiles:
    """See ``FarFiles``."""

    def __init__(self, sftp: Sftp) -> None:
        self._sftp = sftp

    async def look(self, path: str) -> Look:
        """The real path and the size of an ordinary file."""
        real = await self._sftp.real_path(path)
        found = await self._sftp.attributes(real)
        if not found.is_file or found.size is None:
            raise not_a_file(path)
        return Look(real, found.size)

    def read(self, path: str) -> AsyncGenerator[bytes]:
        """Its bytes."""
        return self._sftp.read(path)

    async def put(self, file: Path, folder: str, name: str) -> str:
        """A copy of our ``file`` as ``<outbound>/<folder>/<name>``; returns its path there."""
        place = f"{await self._prepare()}/{folder}"
        await self._sftp.make_folder(place)
        path = f"{place}/{name}"
        with file.open("rb") as source:
            handle, position = await self._sftp.write_new(path, []), 0
            while pieces := await asyncio.to_thread(_pieces, source):
                await self._sftp.write_new(path, pieces, handle, position)
                position += sum(map(len, pieces))
        await self._sftp.close(path, handle)
        return path

    async def remove(self, folder: str, name: str) -> None:
        """Remove that copy and its folder."""
        place = f"{await self._home()}/{'/'.join(OUTBOUND)}/{folder}"
        await self._sftp.remove(f"{place}/{name}")
        await self._sftp.remove_folder(place)

    async def reap(self, now: float) -> None:
        """Remove copies that are orphans at ``now`` (seconds since 1970)."""
        outbound = f"{await self._home()}/{'/'.join(OUTBOUND)}"
        outer = await self._folder(outbound)
        if outer is None or not outer.is_folder:
            return  # a link may lead anywhere
        for folder, found in await self._sftp.entries(outbound):
            old = found.modified is not None and found.modified < now - ORPHANED_AFTER_S
            if not old or not found.is_folder:
                continue
            with suppress(PhoneFileFailed):
                for name, _ in await self._sftp.entries(f"{outbound}/{folder}"):
                    await self._sftp.remove(f"{outbound}/{folder}/{name}")
                await self._sftp.remove_folder(f"{outbound}/{folder}")

    async def can_list(self, folder: str) -> bool:
        """Whether a folder below the home directory may be read; one that is not there counts as readable."""
        try:
            await self._sftp.entries(f"{await self._home()}/{folder}")
        except PhoneFileFailed as error:
            return error.fault != Fault.UNREADABLE
        return True

    async def _home(self) -> str:
        return await self._sftp.real_path(".")

    async def _prepare(self) -> str:
        """The folder for what goes out, made and shut if need be."""
        place = await self._home()
        for part in OUTBOUND:
            place = f"{place}/{part}"
            if await self._folder(place) is None:
                with suppress(PhoneFileFailed):  # another transfer may have made it meanwhile
                    await self._sftp.make_folder(place)
        found = await self._folder(place)
        if found is None or not found.is_folder:
            raise PhoneFileFailed(f"{place} on that Mac is not a folder", fault=Fault.FAILED, again=False)
        if (found.mode or 0) & _OPEN_TO_OTHERS:
            await self._sftp.protect(place)
        return place

    async def _folder(self, path: str) -> Attributes | None:
        try:
            return await self._sftp.attributes(path, follow=path.rpartition("/")[2] != OUTBOUND[-1])
        except PhoneFileFailed as error:
            if error.fault == Fault.MISSING:
                return None
            raise


def _pieces(source: BinaryIO) -> list[bytes]:
    data = source.read(_WINDOW * PIECE)
    return [data[at : at + PIECE] for at in range(0, len(data), PIECE)]


def safe_name(name: str) -> str:
    """``name`` as one that every disk takes and nobody misreads: no folder, no hidden file, no option."""
    kept = "".join(sign for sign in os.path.basename(name) if sign.isprintable() and sign not in ":\\")
    kept = kept.strip().lstrip(".-")
    stem, dot, ending = kept.rpartition(".")
    room = 200 - len(ending.encode()) if dot else 200
    if len(kept.encode()) > 200 and room > 0:
        kept = (
            (stem if dot else kept).encode()[:room].decode("utf-8", "ignore") + dot + (ending if dot else "")
        )
    return kept or "file"
