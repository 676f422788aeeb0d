"""The indexes that keep the cost of a message flat are used by the statements that they are made for."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, create_engine, event
from tests.making import ACCOUNT, NOON

from openclaw.domain.delivery import DeliveryState
from openclaw.domain.ids import ChatKey, SessionKey, TurnId
from openclaw.store import attachments, deliveries, messages, outbox, overheard, turns
from openclaw.store.schema import metadata

KEY = SessionKey("agent:main:main")
HOUR = timedelta(hours=1)
CHAT = ChatKey("-;+15550100001")


@pytest.mark.parametrize(
    ("work", "index"),
    [
        (lambda tx: turns.queued(tx, KEY), "turn_open"),
        (turns.queued_sessions, "turn_open"),
        (turns.running, "turn_open"),
        (lambda tx: messages.waiting(tx, KEY, 50), "message_waiting"),
        (lambda tx: outbox.first(tx, ACCOUNT), "delivery_open"),
        (lambda tx: outbox.overdue(tx, DeliveryState.SENT, HOUR, NOON), "delivery_open"),
        (lambda tx: outbox.doubtful(tx, ACCOUNT), "delivery_open"),
        (lambda tx: outbox.pace(tx, ACCOUNT, CHAT, NOON, NOON), "delivery_began"),
        (lambda tx: outbox.spoken_to(tx, ACCOUNT, CHAT), "delivery_chat"),
        (lambda tx: outbox.newest_before(tx, ACCOUNT, CHAT, NOON), "message_chat"),
        (lambda tx: deliveries.recent(tx, ACCOUNT, [CHAT], NOON), "delivery_"),
        (lambda tx: turns.since(tx, ACCOUNT, CHAT, NOON), "turn_chat"),
        (lambda tx: overheard.newest(tx, ACCOUNT, CHAT, 50), "message_context"),
        (lambda tx: overheard.beyond(tx, ACCOUNT, CHAT, 50), "message_context"),
        (lambda tx: messages.end_showing(tx, TurnId(1), NOON, answered=True), "message_shown_in"),
        (lambda tx: attachments.hand_over(tx, TurnId(1), [], KEY, CHAT), "attachment_missed"),
    ],
    ids=[
        "queued turns",
        "sessions with turns",
        "running turns",
        "waiting messages",
        "claim",
        "overdue",
        "doubtful",
        "pace",
        "spoken to",
        "newest before",
        "recent",
        "turns of a minute",
        "context",
        "what is beyond it",
        "the end of its showing",
        "files that were missed",
    ],
)
def test_what_every_message_asks_reads_only_what_is_open(
    work: Callable[[Connection], object], index: str
) -> None:
    """Design section 12: the cost of a message is flat from 1 to 100,000 stored ones."""
    engine = create_engine("sqlite://")
    metadata.create_all(engine)
    asked: list[tuple[str, Any]] = []

    def note(_tx: object, _cursor: object, statement: str, values: Any, *_more: object) -> None:
        if any(name in statement for name in ("chat_key", "session_key", "shown_in")):
            asked.append((statement, values))

    with engine.begin() as tx:
        event.listen(engine, "before_cursor_execute", note)
        work(tx)
        event.remove(engine, "before_cursor_execute", note)
        statement, values = asked[-1]
        plan = [str(row[3]) for row in tx.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values)]
    engine.dispose()
    reads = [step for step in plan if step.startswith(("SCAN", "SEARCH")) and " INDEX " in step]
    assert reads
    # The rest of one answer is a handful of rows.
    assert all(index in step for step in reads if "earlier" not in step), plan
    assert not any(step in ("SCAN turn", "SCAN delivery", "SCAN message") for step in plan), plan
