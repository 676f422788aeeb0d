"""Files on their way out, where imsg can read them: on this machine as they lie, on another one as a copy there.

A copy is made once however often its bubble is tried, and removed when the bubble is settled. Copies that a stop of the
gateway leaves behind are for whoever made them to find.
"""

from __future__ import annotations

import asyncio
import os
from dataclasses import replace
from pathlib import Path

import structlog

from openclaw.domain.delivery import NotSent, OutboundFile, OutboundMessage
from openclaw.imessage.files import NotStaged, PhoneFiles

_log = structlog.get_logger("openclaw.imessage")

# The largest file that is sent takes this long over a line of half a megabit.
_STAGE_LIMIT_S = 600.0
_UNSTAGE_LIMIT_S = 60.0


class Staging:
    """The files of one account's bubbles; ``files`` is ``None`` where imsg runs on this machine."""

    def __init__(self, files: PhoneFiles | None) -> None:
        self._files = files
        self._staged: dict[str, str] = {}

    async def placed(self, message: OutboundMessage) -> OutboundMessage | NotSent:
        """``message`` with its file named as imsg will find it. A text is returned as it is."""
        file = message.file
        if file is None:
            return message
        if not _is_whole(file):
            return NotSent(f"the file {file.name} is not there any more, or is another one", final=True)
        if self._files is None:
            return message
        if file.path not in self._staged:
            try:
                async with asyncio.timeout(_STAGE_LIMIT_S):
                    staged = await self._files.stage(Path(file.path), file.name)
            except TimeoutError:
                staged = NotStaged(f"it took longer than {_STAGE_LIMIT_S:g} s")
            if isinstance(staged, NotStaged):
                return NotSent(
                    f"the file {file.name} could not be put on the phone's machine: {staged.reason}"
                )
            self._staged[file.path] = staged.path
        return replace(message, file=replace(file, path=self._staged[file.path]))

    async def release(self, file: OutboundFile) -> None:
        """The bubble of ``file`` is settled: its copy on another machine is removed. Never raises for a bad line."""
        path = self._staged.pop(file.path, None)
        if path is None or self._files is None:
            return
        try:
            async with asyncio.timeout(_UNSTAGE_LIMIT_S):
                await self._files.unstage(path)
        except TimeoutError:
            _log.warning("file.left_behind", path=path)


def _is_whole(file: OutboundFile) -> bool:
    try:
        return os.stat(file.path).st_size == file.size
    except OSError:
        return False
