"""Files that came with messages, and what of them an agent is shown."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from openclaw.domain.ids import AccountId, AttachmentId, MessageId, SessionKey


class FileState(StrEnum):
    """Where a file stands; the diagram beside ``store/attachments.py`` is the authority for the order."""

    ANNOUNCED = "announced"
    FETCHING = "fetching"
    READY = "ready"
    CONVERTED = "converted"
    MISSING = "missing"
    REFUSED = "refused"
    TOO_LARGE = "too large"
    FAILED = "failed"


PATIENCE = timedelta(seconds=10)
"""How long a turn waits for the files of its messages; then it begins, and is told which are not there."""

HERE = (FileState.READY, FileState.CONVERTED)
"""States of files that are here, and can be shown."""

UNDER_WAY = (FileState.ANNOUNCED, FileState.FETCHING, FileState.MISSING)
"""States of files that may still come."""


@dataclass(frozen=True, slots=True)
class Forms:
    """What a file turned out to be, and what was made of it; names inside its folder, "" for what there is not.

    ``original`` is the file as it came; ``form``, of the type ``form_mime``, is what models take of it: a picture
    without what a camera wrote beside it, or a recording; ``text`` holds what can be read in it. ``note`` says what
    could not be done.
    """

    folder: str
    original: str
    mime: str
    family: str
    size: int
    form: str = ""
    form_mime: str = ""
    text: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class FiledAttachment:
    """A file as the ledger keeps it: what the phone said of it, and what became of it.

    ``path`` is the phone's and ``size`` what it told, in bytes, 0 when it did not; ``forms`` is ``None`` until the file
    is here. ``reason`` says why it is not; ``so_far`` is how many bytes are here of a big one that is being fetched.
    """

    id: AttachmentId
    message: MessageId
    position: int
    name: str
    path: str
    mime_type: str
    size: int
    state: FileState
    reason: str
    attempts: int
    sent_at: datetime
    forms: Forms | None = None
    so_far: int = 0


@dataclass(frozen=True, slots=True)
class WantedFile:
    """A file that is to be fetched, with the place of its message."""

    file: FiledAttachment
    account: AccountId
    session: SessionKey


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture that a model may be shown: where it lies on this disk, and its type."""

    path: str
    mime_type: str
