"""How files of an account travel, asked once from the outside: what ``channels status --probe`` and the doctor show."""

from __future__ import annotations

from dataclasses import dataclass

from openclaw.config.remote_host import RemoteHost
from openclaw.config.wrapper import Unclear
from openclaw.imessage.far_files import FIX_READING
from openclaw.imessage.remote_files import Patience, open_remote_files

_ATTACHMENTS = "Library/Messages/Attachments"


@dataclass(frozen=True, slots=True)
class FilesLook:
    """``words`` are for a person; ``fix`` is "" where files come."""

    works: bool
    words: str
    fix: str = ""


async def look_at_files(remote: RemoteHost | Unclear | None, limit: float) -> FilesLook | None:
    """What keeps files of ``remote`` from coming, after about ``limit`` seconds; ``None`` for this machine."""
    if remote is None:
        return None
    if isinstance(remote, Unclear):
        words = f"cannot be fetched: the wrapper does not show its host ({remote.reason})"
        return FilesLook(works=False, words=words, fix="set remoteHost to user@host")
    async with open_remote_files(remote, (), Patience(tries=1, stall=limit)) as files:
        if problem := await files.check(_ATTACHMENTS):
            return FilesLook(works=False, words=f"cannot be fetched: {problem}", fix=FIX_READING)
        return FilesLook(works=True, words=f"come {files.dialect}")
