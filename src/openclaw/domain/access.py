"""Pairing requests and grants: who asked to be let in, and who was."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from openclaw.domain.chats import ChatRef
from openclaw.domain.handles import Handle
from openclaw.domain.ids import AccountId


@dataclass(frozen=True, slots=True)
class PairingRequest:
    """An unknown sender who asked to be let in. ``chat`` is where their code was, or would be, shown."""

    id: int
    account: AccountId
    handle: Handle
    code: str
    chat: ChatRef
    created_at: datetime
    last_seen_at: datetime
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Notified:
    """The one person who is sent notices, and may answer them; ``by_sms``: by SMS as well.

    ``listed`` says whether the configuration lets them in, without which they answer nothing; ``by_grant`` whether an
    approval would.
    """

    handle: Handle
    by_sms: bool = False
    listed: bool = True
    by_grant: bool = False


@dataclass(frozen=True, slots=True)
class Grant:
    """A handle that was let in: into which account, for what (``dm``), when, and by whom."""

    account: AccountId
    scope: str
    handle: Handle
    granted_at: datetime
    granted_by: str
