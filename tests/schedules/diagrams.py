"""The lettered diagrams of messages, turns and bubbles, and whether the checkpoints of a ledger keep to them."""

from __future__ import annotations

from tests.schedules.truth import Truth

from openclaw.store import Tx

# The lettered diagrams beside store/messages.py, turns.py and deliveries.py.
_JUDGED = "suspect ours owner_typed dropped challenged held quarantined paused late waiting commanded context"
_WAYS = {
    "message": {
        "received": _JUDGED,
        "suspect": _JUDGED,
        "paused": "received dropped",
        "waiting": "in_turn answered cancelled paused dropped waiting",
        "commanded": "answered",
        "in_turn": "answered silent failed cancelled",
        "late": "waiting received dropped",
        "held": "received dropped",
        "context": "received dropped shown",
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

_AFTER = {
    subject: {
        before.replace("_", " "): tuple(each.replace("_", " ") for each in after.split())
        for before, after in ways.items()
    }
    for subject, ways in _WAYS.items()
}


def step_breaches(tx: Tx, _truth: Truth) -> list[str]:
    """Every change of a state has its checkpoint, and is one that the diagrams know."""
    last: dict[tuple[str, int], str] = {}
    found = []
    # Asked after each step: words for the database as it is take a tenth of the time.
    for subject, number, step in tx.exec_driver_sql(
        "SELECT subject, subject_id, step FROM checkpoint "
        "WHERE subject IN ('message', 'turn', 'delivery') ORDER BY id"
    ):
        before = last.get((subject, number), _first(subject))
        if step not in _AFTER[subject].get(before, ()):
            found.append(f"{subject} {number} went from {before or 'nothing'} to {step}")
        last[subject, number] = step
    for name in _WAYS:
        for number, state in tx.exec_driver_sql(f"SELECT id, state FROM {name}"):  # noqa: S608
            seen = last.get((name, number), _first(name))
            if seen != state:
                found.append(f"{name} {number} is {state}, its last checkpoint says {seen or 'nothing'}")
    return found


def _first(subject: str) -> str:
    return "received" if subject == "message" else ""
