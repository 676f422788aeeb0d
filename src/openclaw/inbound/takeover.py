"""Taking over who the original had let in, and who was asking it: each entry once, whatever happens to it here later.

A person who was revoked or forgotten here does not come back with the next start, because the file still names them.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import structlog

from openclaw.domain.access import Grant, PairingRequest
from openclaw.domain.chats import ChatRef, ChatSelector, Everyone, parse_allow_entry
from openclaw.domain.handles import Handle, parse_handle
from openclaw.domain.ids import NO_NUMBER, AccountId
from openclaw.domain.notices import Notice, NoticeKind
from openclaw.inbound.pairing import ALPHABET, CODE_LENGTH, MAX_OPEN_REQUESTS
from openclaw.store import Ledger, Tx, checkpoints, notices, pairing, taken_over
from openclaw.store.original_pairing import Approved, Asked, Files, Unusable, read_files
from openclaw.store.rehearsal import rehearsal

log = structlog.get_logger("openclaw.pairing")

BY_IMPORT = "import"
"""Who let somebody in, as the grant says it."""

_CODE = re.compile(f"[{ALPHABET}]{{{CODE_LENGTH}}}")
# Two clocks of one computer differ by less; a request from the future would stay open for longer than its hour.
_CLOCKS_DIFFER = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Refused:
    """An entry that was not taken over, and why."""

    file: str
    entry: str
    why: str


@dataclass(slots=True)
class TakenOver:
    """What came of the files; ``known`` entries had been taken before."""

    grants: list[Grant] = field(default_factory=list[Grant])
    requests: list[PairingRequest] = field(default_factory=list[PairingRequest])
    refused: list[Refused] = field(default_factory=list[Refused])
    unusable: Sequence[Unusable] = ()
    known: int = 0


async def take_over_files(
    ledger: Ledger, directory: Path, regions: Mapping[AccountId, str], now: Callable[[], datetime]
) -> None:
    """Take over what is new in the files of the original in ``directory``; a file that cannot be used is told."""
    files = await asyncio.to_thread(read_files, directory, regions)
    done = await ledger.write(lambda tx: take_over(tx, files, regions, now()))
    if done.grants or done.requests:
        log.info("pairing.taken_over", grants=len(done.grants), requests=len(done.requests))
    for refused in done.refused:
        log.warning("pairing.not_taken_over", file=refused.file, entry=refused.entry, cause=refused.why)
    for file in done.unusable:
        log.error(
            "pairing.file_unusable",
            file=file.file,
            cause=file.why,
            effect="whom only this file lets in is asked to pair again",
            fix="mend or remove it, then: openclaw pairing import",
        )


def take_over(tx: Tx, files: Files, regions: Mapping[AccountId, str], now: datetime) -> TakenOver:
    """Let in whom the files let in, and open the requests that are still open; each entry only once, ever.

    ``regions`` are those of the configured accounts. Files that cannot be used are told as notices.
    """
    unclaimed = [Refused(file.file, "", file.why) for file in files.unclaimed]
    done = TakenOver(refused=unclaimed, unusable=files.unusable)
    for approved in files.approved:
        _grant(tx, approved, regions[approved.account], now, done)
    for asked in files.asked:
        _open(tx, asked, regions, now, done)
    told = [_notice(file, now) for file in files.unusable]
    notices.over(tx, NoticeKind.PAIRING_FILES, {one.subject for one in told})
    for one in told:
        notices.put(tx, one)
    return done


def rehearse(tx: Tx, files: Files, regions: Mapping[AccountId, str], now: datetime) -> TakenOver:
    """What :func:`take_over` would do: it is done and taken back, so that no second way of telling can disagree."""
    with rehearsal(tx):
        return take_over(tx, files, regions, now)


def _grant(tx: Tx, approved: Approved, region: str, now: datetime, done: TakenOver) -> None:
    person = _person(approved.entry, region)
    if person is None:
        done.refused.append(Refused(approved.file, approved.entry, _why_not(approved.entry, region)))
    elif not taken_over.once(tx, now, "grant", approved.account, person):
        done.known += 1
    else:
        done.grants.append(pairing.grant(tx, approved.account, person, BY_IMPORT, now))


def _person(entry: str, region: str) -> Handle | None:
    """Whom an entry lets into direct messages; ``None`` when it names no single person."""
    match parse_allow_entry(entry, region):
        case Everyone() | None:
            return None
        case ChatSelector(kind, value):
            # A direct chat is named by its person; a number may mean another chat by now, and a group is none.
            shape, identifier = value.rpartition(";")[::2]
            direct = kind == "chat_identifier" or (kind == "chat_guid" and shape.endswith(";-"))
            person = parse_handle(identifier, region) if direct else None
            return person if person and ("@" in person or person.lstrip("+").isdecimal()) else None
        case handle:
            return handle


def _why_not(entry: str, region: str) -> str:
    match parse_allow_entry(entry, region):
        case Everyone():
            return "pairing lets in single people; everybody is let in by dmPolicy open alone"
        case ChatSelector():
            return "it names a chat and no person; if it is meant, put it into allowFrom"
        case _:
            return "it is no number and no mail address"


def _open(tx: Tx, asked: Asked, regions: Mapping[AccountId, str], now: datetime, done: TakenOver) -> None:
    account, created_at = asked.account, asked.created_at
    if account not in regions:
        done.refused.append(Refused(asked.file, asked.sender, f"no account {account} is configured"))
        return
    handle = parse_handle(asked.sender, regions[account])
    if handle is None or not _CODE.fullmatch(asked.code):
        done.refused.append(Refused(asked.file, asked.sender, "its sender or its code is none"))
        return
    if created_at is None or not now - pairing.LIFETIME < created_at <= now + _CLOCKS_DIFFER:
        # It had an hour, as everywhere.
        return
    waiting = pairing.open_requests(tx, now)
    here = [one for one in waiting if one.account == account]
    decided = handle in pairing.granted_handles(tx, account) or pairing.denied(tx, account, handle, now)
    if decided or handle in {one.handle for one in here}:
        done.known += 1
    elif len(here) >= MAX_OPEN_REQUESTS or asked.code in {one.code for one in waiting}:
        done.refused.append(
            Refused(asked.file, asked.sender, "there is no room for it, or its code is taken")
        )
    elif not taken_over.once(tx, now, "request", account, handle, asked.code):
        done.known += 1
    else:
        # What the original wrote down of the chat may mean another one by now.
        chat = ChatRef(NO_NUMBER, f"any;-;{handle}", handle)
        made = pairing.add(tx, account, handle, chat, asked.code, now, created_at=min(created_at, now))
        checkpoints.record(tx, "pairing", [made.id], "taken over", now, BY_IMPORT)
        done.requests.append(made)


def _notice(file: Unusable, now: datetime) -> Notice:
    name = Path(file.file).name
    says = f"{name} of the original could not be taken over: whom it lets in has to ask again."
    return Notice(NoticeKind.PAIRING_FILES, file.file, AccountId(""), says, now)
