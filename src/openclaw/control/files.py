"""Files that came with messages as JSON, and what their states mean in plain words."""

from __future__ import annotations

from collections.abc import Mapping

from openclaw.control import words
from openclaw.control.shapes import Json
from openclaw.domain.files import FiledAttachment, FileState
from openclaw.domain.messages import LedgerMessage
from openclaw.store import Tx, attachments
from openclaw.store.media_folders import INBOUND

_MEGABYTE = 10**6

FILE: Mapping[FileState, str] = {
    FileState.ANNOUNCED: "It is about to be fetched.",
    FileState.FETCHING: "It is being fetched.",
    FileState.READY: "It is here.",
    FileState.CONVERTED: "It is here, also in a form that agents can read.",
    FileState.MISSING: "It is not on the phone yet, or not anymore.",
    FileState.REFUSED: "It was refused.",
    FileState.TOO_LARGE: "It is too large.",
    FileState.FAILED: "It could not be fetched.",
}
"""Where a file stands."""


def files_of(tx: Tx, held: LedgerMessage) -> list[Json]:
    """The files of a message, in their order."""
    if not held.files:
        return []
    return [file_shape(one) for one in attachments.of_messages(tx, [held.id]).get(held.id, ())]


def file_shape(file: FiledAttachment) -> Json:
    """A file and where it stands; ``kept`` is its place below the state directory, ``null`` while it has none."""
    forms = file.forms
    says = words.joined(FILE[file.state], _so_far(file) or file.reason or (forms.note if forms else ""))
    return {
        "id": file.id,
        "name": file.name,
        "mimeType": forms.mime if forms else file.mime_type,
        "size": forms.size if forms else file.size,
        "state": file.state,
        "says": says,
        "kept": f"{INBOUND}/{forms.folder}/{forms.original}" if forms else None,
    }


def _so_far(file: FiledAttachment) -> str:
    if not file.so_far:
        return ""
    # What a phone told of a size is not always so.
    whole = f" of {file.size / _MEGABYTE:.1f}" if file.size >= file.so_far else ""
    return f"{file.so_far / _MEGABYTE:.1f}{whole} MB are here"
