"""A recording of a real phone's conversation, fit to be shown: ``openclaw channels record``."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from openclaw.domain.ids import AccountId, RowId
from openclaw.imessage import wire
from openclaw.imessage.command import ImsgCommand
from openclaw.imessage.connection import START_LIMIT, list_chats, newest_row, open_imsg, subscribe
from openclaw.imessage.disguise import Disguise
from openclaw.imessage.release import reading_release
from openclaw.imessage.versions import known_params, render_version
from openclaw.jsonrpc.transcript import open_transcript

# Enough to see every kind of chat, little enough to read through before it is shown to anybody.
_CHATS = 10
_BACKLOG = 1000
_DEBOUNCE_MS = 250


@dataclass(frozen=True, slots=True)
class Recorded:
    """What was recorded: where, from which imsg, and how many notifications came."""

    path: Path
    version: str
    notifications: int


async def record_phone(command: ImsgCommand, path: Path, seconds: float) -> Recorded:
    """Talk to imsg and listen for ``seconds``; everything said is written to ``path`` (0600), disguised.

    Raises ``FileExistsError`` when ``path`` is there, ``WireError`` or ``PhoneUnusable`` when imsg does not serve;
    what was said until then is in the file.
    """
    account, told = AccountId("recording"), 0
    async with reading_release(command) as release:
        version = await release.version()
    header = {"peer": "imsg", "version": render_version(version)}
    with open_transcript(path, header, Disguise()) as transcript:
        async with open_imsg(command, _BACKLOG, transcript) as peer:
            await list_chats(peer, _CHATS)
            since = await newest_row(peer, account) or RowId(0)
            params = wire.subscribe_params(since, _DEBOUNCE_MS, attachments=True, tapbacks=True)
            number = await subscribe(peer, known_params(version, "watch.subscribe", params))
            with suppress(TimeoutError):
                async with asyncio.timeout(seconds):
                    while True:
                        told += len(await peer.notifications(_BACKLOG))
            await peer.request("watch.unsubscribe", wire.unsubscribe_params(number), START_LIMIT)
    return Recorded(path, render_version(version), told)
