"""``/export-session``: the transcript of a conversation as text, for a file that the operator alone can read."""

from __future__ import annotations

import re
from hashlib import sha256

from openclaw.domain.sessions import Session
from openclaw.store import Ledger, Tx, sessions
from openclaw.turns.commands.order import Order
from openclaw.turns.commands.ports import Exports

_NO_PLACE = "Where it goes cannot be chosen from a chat; send the command alone."
_NOT_IN_A_NAME = re.compile(r"[^A-Za-z0-9+._-]+")


async def export(exports: Exports | None, ledger: Ledger, order: Order) -> str:
    """Write the file; the chat learns only that it was done. Each conversation has one, which is written anew.

    Raises:
        StoreError: it could not be read or written.
    """
    if exports is None:
        return "Nothing can be exported from here."
    if order.arguments:
        return _NO_PLACE
    session, text = await ledger.read(lambda tx: transcript(tx, order))
    if session is None or not text:
        return "There is nothing to export yet."
    await exports.write(file_name(session), text)
    return "This conversation was exported; the gateway's operator has the file."


def file_name(session: Session) -> str:
    """The name of the file of a conversation, which no other one has, whatever its key is made of."""
    readable = _NOT_IN_A_NAME.sub("-", session.key).strip("-.")[:80]
    own = sha256(session.key.encode()).hexdigest()[:8]
    return f"{readable}-{own}-{session.started_at:%Y%m%d-%H%M%S}-{session.generation}.md"


def transcript(tx: Tx, order: Order) -> tuple[Session | None, str]:
    """The conversation, and what was said since the last reset, in Markdown; "" when nothing was."""
    session = sessions.find(tx, order.session)
    said = sessions.transcript_of(tx, session) if session else []
    if session is None or not said:
        return session, ""
    head = f"# {session.key}\n\nAgent {session.agent}, since {session.started_at:%Y-%m-%d %H:%M} UTC.\n"
    return session, head + "".join(f"\n## {entry.role}\n\n{entry.text}\n" for entry in said)
