"""Notices: what needs a person and cannot wait until somebody looks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from openclaw.domain.access import PairingRequest
from openclaw.domain.acp import PermissionRequest
from openclaw.domain.ids import AccountId


class NoticeKind(StrEnum):
    """What kind of thing needs a person."""

    PAIRING = "pairing"
    PERMISSION = "permission"
    PAUSE = "pause"
    ACCOUNT = "account"
    CONFIGURATION = "configuration"
    PAIRING_FILES = "pairing-files"


Asking = PairingRequest | PermissionRequest
"""What a notice may ask its reader to decide."""


@dataclass(frozen=True, slots=True)
class Notice:
    """One thing that needs a person, named once and for all by kind and subject.

    ``says`` is a sentence for the operator, "" where the subject says it (a pairing request). ``told`` numbers the
    message in which the owner was told of it on a phone, ``None`` while that has not been done.
    """

    kind: NoticeKind
    subject: str
    account: AccountId
    says: str
    at: datetime
    told: int | None = None
