"""What was taken over from the original, as digests: each entry once, and never again after it was taken back."""

from __future__ import annotations

import hashlib
from datetime import datetime

from sqlalchemy import Connection, insert, select

from openclaw.store.clock import to_ms
from openclaw.store.people_schema import taken_over as table


def once(tx: Connection, now: datetime, *names: str) -> bool:
    """Whether what ``names`` name comes for the first time; from now on it does not."""
    # A digest: whoever is forgotten must not be readable here, and must not come back either.
    digest = hashlib.sha256("\0".join(names).encode()).hexdigest()
    if tx.scalar(select(table.c.at).where(table.c.digest == digest)) is not None:
        return False
    tx.execute(insert(table).values(digest=digest, at=to_ms(now)))
    return True
