"""What files a row that may be our own came with: names and sizes, kept until it is known whose the row is."""

from __future__ import annotations

import json

from openclaw.domain.messages import Attachment, InboundMessage


def written(row: InboundMessage) -> str | None:
    """The files of ``row`` as the ledger keeps them, ``None`` where they say nothing about our own words."""
    if row.from_me is False or not row.attachments:
        return None
    return json.dumps([(one.name, one.size) for one in row.attachments])


def read(kept: str | None) -> tuple[Attachment, ...]:
    """The files that ``written`` kept; where they lie on the phone is not known here."""
    return tuple(Attachment(name, "", "", size, missing=False) for name, size in json.loads(kept or "[]"))
