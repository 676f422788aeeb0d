"""The files in which the original keeps who was let in and who asks: read, checked, and never changed.

``imessage-<account>-allowFrom.json``, ``imessage-allowFrom.json`` (of the account ``default``) and
``imessage-pairing.json``, as behaviour facts B.2 describe them. A file that cannot be trusted or read is a finding with
its name, never an empty list.
"""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, cast

from openclaw.config.grammar import normalise_id
from openclaw.domain.ids import DEFAULT_ACCOUNT, AccountId

_PAIRING, _ALLOW, _OLD_ALLOW = (
    "imessage-pairing.json",
    "imessage-{}-allowFrom.json",
    "imessage-allowFrom.json",
)
_VERSION = 1
# A list of ten thousand people is far below it; what is larger was not written by the original.
_LARGEST = 4 * 1024 * 1024
_WRITABLE_BY_OTHERS = stat.S_IWGRP | stat.S_IWOTH


@dataclass(frozen=True, slots=True)
class Approved:
    """An entry of an allow file, as it is written there."""

    account: AccountId
    entry: str
    file: str


@dataclass(frozen=True, slots=True)
class Asked:
    """A request that was open when the file was written. ``created_at`` is ``None`` when it cannot be read."""

    account: AccountId
    sender: str
    code: str
    created_at: datetime | None
    file: str


@dataclass(frozen=True, slots=True)
class Unusable:
    """A file of which nothing is taken, and why."""

    file: str
    why: str


@dataclass(frozen=True, slots=True)
class Files:
    """What the files of a directory say; all empty when there are none. ``unclaimed`` are of other accounts."""

    approved: Sequence[Approved] = field(default_factory=list[Approved])
    asked: Sequence[Asked] = field(default_factory=list[Asked])
    unusable: Sequence[Unusable] = field(default_factory=list[Unusable])
    unclaimed: Sequence[Unusable] = field(default_factory=list[Unusable])


class _Unreadable(Exception):
    """Why a file cannot be used."""


def read_files(directory: Path, accounts: Collection[AccountId]) -> Files:
    """What the original kept in ``directory`` about ``accounts``; what cannot be used is told in it."""
    approved: list[Approved] = []
    asked: list[Asked] = []
    unusable: list[Unusable] = []
    unclaimed: list[Unusable] = []
    for name in _present(directory):
        path, account = directory / name, _account_of(name)
        if account not in (None, *accounts):
            unclaimed.append(Unusable(str(path), f"no account {account} is configured"))
            continue
        try:
            _check_folder(directory)
            if account is None:
                asked += [_request(item, path) for item in _items(path, "requests")]
            else:
                entries = (_entry(item, account, path) for item in _items(path, "allowFrom"))
                # A blank one names nobody, so nobody has to be told of it.
                approved += [one for one in [*entries] if one.entry]
        except _Unreadable as error:
            unusable.append(Unusable(str(path), str(error)))
    return Files(approved, asked, unusable, unclaimed)


def _present(directory: Path) -> list[str]:
    """The files' names; the account's own before the one that older releases wrote."""
    try:
        found = {entry.name for entry in os.scandir(directory)}
    except (FileNotFoundError, NotADirectoryError):
        return []
    except OSError:
        # Whether there are any cannot be seen: those that would be there say why.
        return [_PAIRING, _OLD_ALLOW]
    head, tail = _ALLOW.split("{}")
    scoped = sorted(
        name
        for name in found
        if name.startswith(head) and name.endswith(tail) and len(name) > len(head + tail)
    )
    return [*scoped, *(name for name in (_OLD_ALLOW, _PAIRING) if name in found)]


def _account_of(name: str) -> AccountId | None:
    """Whom an allow file is of; ``None`` for the file of the requests, which is of all accounts."""
    if name == _PAIRING:
        return None
    head, tail = _ALLOW.split("{}")
    return DEFAULT_ACCOUNT if name == _OLD_ALLOW else AccountId(name[len(head) : -len(tail)].lower())


def _items(path: Path, key: str) -> list[Any]:
    content = _content(path)
    if not isinstance(content, dict):
        raise _Unreadable("it is no JSON object")
    document = cast("dict[str, Any]", content)
    if document.get("version", _VERSION) != _VERSION:
        raise _Unreadable(f"its version is {str(document['version'])[:20]!r}, and only {_VERSION} is known")
    items = document.get(key)
    if not isinstance(items, list):
        raise _Unreadable(f"{key} is no list")
    return cast("list[Any]", items)


def _content(path: Path) -> object:
    try:
        # A pipe that nobody writes to must not hold up the start.
        with open(os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC), "rb") as file:
            _check(os.fstat(file.fileno()))
            text = file.read(_LARGEST + 1)
    except OSError as error:
        raise _Unreadable(f"it cannot be read: {error.strerror}") from error
    if len(text) > _LARGEST:
        raise _Unreadable(f"it is larger than {_LARGEST // 1024 // 1024} MiB")
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise _Unreadable(f"it is no JSON: {error}") from error


def _check(found: os.stat_result) -> None:
    if not stat.S_ISREG(found.st_mode):
        raise _Unreadable("it is no file")
    # Who can write to it would let in whom they like.
    if found.st_mode & _WRITABLE_BY_OTHERS:
        raise _Unreadable("others may write to it; if it is as you left it: chmod 600")
    if found.st_uid not in (os.geteuid(), 0):
        raise _Unreadable("it belongs to another user")


def _check_folder(directory: Path) -> None:
    try:
        found = directory.stat()
    except OSError:
        # Opening the file says why.
        return
    # Who can rename files there makes those that one account lets in those of another.
    if found.st_mode & _WRITABLE_BY_OTHERS:
        raise _Unreadable("others may write to its folder; if all is as you left it: chmod 700 the folder")
    if found.st_uid not in (os.geteuid(), 0):
        raise _Unreadable("its folder belongs to another user")


def _entry(item: object, account: AccountId, path: Path) -> Approved:
    if not isinstance(item, str):
        raise _Unreadable(f"allowFrom has {str(item)[:40]!r}, which is no text")
    return Approved(account, item.strip(), str(path))


def _request(item: object, path: Path) -> Asked:
    if not isinstance(item, dict):
        raise _Unreadable("requests has an entry that is no object")
    request = cast("dict[str, Any]", item)
    sender, code, meta = request.get("id"), request.get("code"), request.get("meta")
    if not isinstance(sender, str) or not isinstance(code, str):
        raise _Unreadable("a request has no id or no code")
    account = cast("dict[str, Any]", meta).get("accountId") if isinstance(meta, dict) else None
    return Asked(
        AccountId(normalise_id(str(account or DEFAULT_ACCOUNT))),
        sender,
        code.strip().upper(),
        _moment(request),
        str(path),
    )


def _moment(request: dict[str, Any]) -> datetime | None:
    try:
        moment = datetime.fromisoformat(str(request.get("createdAt")))
    except ValueError:
        return None
    return moment if moment.tzinfo else None
