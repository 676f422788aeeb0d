from __future__ import annotations

import json
from datetime import datetime, timedelta, timezone

from openclaw.control.shapes import account_shape, iso, issue_shape
from openclaw.control.things import delivery_shape, message_shape
from openclaw.domain.delivery import Cause, Delivery, DeliveryState, OutboundMessage
from openclaw.domain.health import AccountHealth, AccountState
from openclaw.domain.ids import DeliveryId, MessageId
from openclaw.domain.messages import LedgerMessage, MessageState
from openclaw.errors import ConfigIssue

from .conftest import ANN, ANNS_CHAT, DEFAULT, NOW, from_ann


def test_times_are_utc_with_milliseconds():
    """ISO 8601 as the original writes it (B.2)."""
    there = datetime(2026, 3, 1, 14, 0, tzinfo=timezone(timedelta(hours=2)))
    assert iso(there) == "2026-03-01T12:00:00.000Z"


def test_every_shape_is_json():
    """Enums, new types and absent chats become plain values."""
    held = LedgerMessage(MessageId(1), from_ann(), NOW, MessageState.QUARANTINED, "no-chat", 0)
    assert json.loads(json.dumps(message_shape(held)))["state"] == "quarantined"
    for target, key, value in ((ANNS_CHAT, "chatId", 7), (ANN, "handle", ANN)):
        bubble = OutboundMessage(DEFAULT, target, "Hello")
        delivery = Delivery(DeliveryId(1), Cause.NOTICE, 2, 0, bubble, DeliveryState.PARKED, NOW, NOW)
        assert json.loads(json.dumps(delivery_shape(delivery)))[key] == value


def test_reading_and_sending_are_told_apart():
    """Either can fail alone: a degraded phone still hears (design 5)."""
    health = AccountHealth(AccountState.DEGRADED, NOW, "sends fail", NOW, sending="refused: Automation")
    shape = account_shape(DEFAULT, health)
    assert (shape["reading"], shape["sending"]) == ("works", "refused: Automation")
    assert shape["nextTry"] == iso(NOW)
    assert account_shape(DEFAULT, AccountHealth(AccountState.DEAF, NOW))["reading"] == "deaf"


def test_an_issue_names_its_choices_and_fix_only_when_there_are_any():
    """`{path, message, allowedValues?, fix?}` (A.7)."""
    assert issue_shape(ConfigIssue("a", "is wrong")) == {"path": "a", "message": "is wrong"}
    full = issue_shape(ConfigIssue("a", "is wrong", fix="mend it", allowed=("x", "y")))
    assert (full["allowedValues"], full["fix"]) == (["x", "y"], "mend it")
