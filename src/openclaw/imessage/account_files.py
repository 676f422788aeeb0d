"""Where the files of one account are: on this machine, on another Mac, or on one that its wrapper does not name."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

from openclaw.config.remote_host import RemoteHost
from openclaw.config.wrapper import Unclear
from openclaw.imessage.command import command_of
from openclaw.imessage.files import Fault, NotFetched, NotStaged, PhoneFiles, Tell, unheard
from openclaw.imessage.local_files import LocalFiles
from openclaw.imessage.ports import PhoneAccount
from openclaw.imessage.remote_files import open_remote_files


class UnknownPlace:
    """Files of a Mac of which nobody knows how to reach it: none comes, none goes, each with the reason.

    A path of another machine is never looked for on this one.
    """

    def __init__(self, reason: str) -> None:
        self._reason = (
            f"set channels.imessage.remoteHost: the wrapper does not say where imsg runs ({reason})"
        )

    async def fetch(self, path: str, into: Path, limit_bytes: int, tell: Tell = unheard) -> NotFetched:
        """Why not."""
        return NotFetched(self._reason, again=False, fault=Fault.UNREACHABLE)

    async def stage(self, file: Path, name: str) -> NotStaged:
        """Why not."""
        return NotStaged(self._reason)

    async def unstage(self, path: str) -> None:
        """Nothing was staged."""


@asynccontextmanager
async def open_files(account: PhoneAccount) -> AsyncGenerator[tuple[PhoneFiles, bool]]:
    """The files of ``account``, and whether they are on another machine; a connection to that ends with the context.

    Nothing is connected before a file is asked for.
    """
    match command_of(account).remote:
        case RemoteHost() as host:
            async with open_remote_files(host, account.remote_attachment_roots) as files:
                yield files, True
        case Unclear(reason):
            yield UnknownPlace(reason), True
        case None:
            yield LocalFiles(account.attachment_roots), False
