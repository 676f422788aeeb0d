"""``/export-session``: the transcript of a conversation as text, for a file that the operator alone can read."""

from __future__ import annotations

import re

from openclaw.store import Ledger, Tx, sessions
from openclaw.turns.commands.order import Order
from openclaw.turns.commands.ports import Exports

_NOT_IN_A_NAME = re.compile(r"[^A-Za-z0-9+._-]+")


async def export(exports: Exports | None, ledger: Ledger, order: Order) -> str:
    """Write the file; the chat learns only that it was done. The same order writes the same file.

    Raises:
        StoreError: it could not be read or written.
    """
    if exports is None:
        return "Nothing can be exported from here."
    text = await ledger.read(lambda tx: transcript(tx, order))
    if not text:
        return "There is nothing to export yet."
    name = _NOT_IN_A_NAME.sub("-", order.held.session).strip("-.")[:100]
    await exports.write(f"{name}-{order.held.id}.md", text)
    return "This conversation was exported; the gateway's operator has the file."


def transcript(tx: Tx, order: Order) -> str:
    """What was said since the last reset, in Markdown; "" when nothing was."""
    session = sessions.find(tx, order.session)
    said = sessions.transcript_of(tx, session) if session else []
    if session is None or not said:
        return ""
    head = f"# {session.key}\n\nAgent {session.agent}, since {session.started_at:%Y-%m-%d %H:%M} UTC.\n"
    return head + "".join(f"\n## {entry.role}\n\n{entry.text}\n" for entry in said)
