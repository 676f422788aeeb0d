"""The lettered diagrams of messages, turns and bubbles, and whether the checkpoints of a ledger keep to them."""

from __future__ import annotations

from sqlalchemy import select

from openclaw.store import Tx, schema

# The lettered diagrams beside store/messages.py, turns.py and deliveries.py.
_JUDGED = "suspect ours owner_typed dropped challenged held quarantined paused late waiting commanded"
_WAYS = {
    "message": {
        "received": _JUDGED,
        "suspect": _JUDGED,
        "paused": "received dropped",
        "waiting": "in_turn answered cancelled paused",
        "commanded": "answered",
        "in_turn": "answered silent failed cancelled",
        "late": "waiting received dropped",
        "held": "received dropped",
        "quarantined": "dropped",
        "failed": "in_turn cancelled",
    },
    "turn": {
        "": "running",
        "running": "finished queued failed cancelled interrupted",
        "queued": "running cancelled",
        "failed": "queued cancelled",
        "interrupted": "queued cancelled",
    },
    "delivery": {
        "": "queued",
        "queued": "sending expired dropped",
        "sending": "sent unknown queued failed confirmed",
        "sent": "unconfirmed confirmed",
        "unknown": "parked confirmed queued",
        "parked": "queued dropped confirmed",
        "unconfirmed": "queued dropped confirmed",
        "expired": "queued dropped",
        "failed": "queued dropped",
        "dropped": "confirmed",
    },
}


def step_breaches(tx: Tx) -> list[str]:
    """Every change of a state has its checkpoint, and is one that the diagrams know."""
    last: dict[tuple[str, int], str] = {}
    found = []
    query = select(schema.checkpoint).order_by(schema.checkpoint.c.id)
    for each in tx.execute(query):
        subject = (each.subject, each.subject_id)
        if each.subject in _WAYS:
            before = last.get(subject, "received" if each.subject == "message" else "")
            if (
                each.step.replace(" ", "_")
                not in _WAYS[each.subject].get(before.replace(" ", "_"), "").split()
            ):
                found.append(
                    f"{each.subject} {each.subject_id} went from {before or 'nothing'} to {each.step}"
                )
            last[subject] = each.step
    for name, table in (("message", schema.message), ("turn", schema.turn), ("delivery", schema.delivery)):
        for each in tx.execute(select(table.c.id, table.c.state)):
            seen = last.get((name, each.id), "received" if name == "message" else "")
            if seen != each.state:
                found.append(
                    f"{name} {each.id} is {each.state}, its last checkpoint says {seen or 'nothing'}"
                )
    return found
