"""The queue of a session: the configuration, and what a person set for one conversation."""

from __future__ import annotations

import pytest

from openclaw.domain.sessions import SessionSettings
from openclaw.domain.turns import QueueDrop, QueueMode
from openclaw.turns.queueing import Queue

CONFIGURED = Queue(QueueMode.COLLECT, 1.0, 20, QueueDrop.SUMMARIZE)


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ({}, CONFIGURED),
        ({"queue": "interrupt"}, Queue(QueueMode.INTERRUPT, 1.0, 20, QueueDrop.SUMMARIZE)),
        ({"queue": "queue"}, Queue(QueueMode.FOLLOWUP, 1.0, 20, QueueDrop.SUMMARIZE)),
        ({"queue": "steer+backlog"}, Queue(QueueMode.STEER, 1.0, 20, QueueDrop.SUMMARIZE)),
        ({"queue_debounce_ms": 0}, Queue(QueueMode.COLLECT, 0.0, 20, QueueDrop.SUMMARIZE)),
        ({"queue_cap": 3, "queue_drop": "old"}, Queue(QueueMode.COLLECT, 1.0, 3, QueueDrop.OLD)),
        ({"queue_cap": 0}, Queue(QueueMode.COLLECT, 1.0, 1, QueueDrop.SUMMARIZE)),
        ({"queue": "telepathy", "queue_drop": "everything"}, CONFIGURED),
    ],
)
def test_the_table_of_settings(settings: dict[str, str | int], expected: Queue) -> None:
    """Each setting stands for itself; what is not set, or unknown here, is left to the configuration."""
    assert CONFIGURED.with_settings(SessionSettings(**settings)) == expected  # type: ignore[arg-type]
