from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from openclaw.control.address import ControlAddress
from openclaw.control.client import ask
from openclaw.control.offline import perform_offline
from openclaw.control.operations import OPERATIONS
from openclaw.domain.delivery import Cause, OutboundMessage
from openclaw.errors import BadRequest, NotFound
from openclaw.store import deliveries

from .conftest import ANN, DEFAULT, NOW, TOKEN, Running, configured, judged

LOOKS = [name for name, operation in OPERATIONS.items() if not operation.changes]


@pytest.mark.parametrize("name", LOOKS)
async def test_a_look_answers_alike_with_and_without_a_gateway(
    running: Running, address: ControlAddress, tmp_path: Path, name: str
):
    """One contract, two ways to the ledger (design 4: HTTP, else the database under the lock)."""
    await running.ann_asked()
    message = await running.ann_wrote()
    bubble = OutboundMessage(DEFAULT, ANN, "Hello")
    await running.ledger.write(lambda tx: deliveries.queue(tx, Cause.OPERATOR, 1, [bubble], NOW))
    params = {
        "conversation": {"target": ANN},
        "delivery": {"id": 1},
        "messages/recipient": {"target": ANN},
        "story": {"id": message},
        "explain": {"id": message},
        "explain/message": {"from": ANN, "text": "Hello"},
    }.get(name, {})
    online = await asyncio.to_thread(ask, address, f"/api/{name}", params, [TOKEN])
    offline = await asyncio.to_thread(perform_offline, name, params, tmp_path, NOW, configured(), judged())
    assert online == offline
    assert online


async def test_errors_are_alike_with_and_without_a_gateway(address: ControlAddress, tmp_path: Path):
    """The same mistake gets the same sentence either way (design 4)."""
    wrong = [
        ("pairing/approve", {"code": "NOPE2345"}, NotFound),
        ("pairing/approve", {}, BadRequest),
        ("pause", {"target": "+15559999999"}, NotFound),
        ("pause", {"account": "nope"}, NotFound),
        ("messages", {"state": "lost"}, BadRequest),
        ("messages/send", {"target": "abc123", "text": "Hello"}, BadRequest),
        ("messages/send", {"target": "chat_id:8", "text": "Hello"}, NotFound),
    ]
    for name, params, kind in wrong:
        change = OPERATIONS[name].changes
        with pytest.raises(kind) as online:
            await asyncio.to_thread(ask, address, f"/api/{name}", params, [TOKEN], change=change)
        with pytest.raises(kind) as offline:
            await asyncio.to_thread(perform_offline, name, params, tmp_path, NOW, configured())
        assert str(online.value) == str(offline.value)
