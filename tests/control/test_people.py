from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest

from openclaw.control.offline import perform_offline
from openclaw.domain.delivery import Cause, DeliveryState, OutboundMessage
from openclaw.domain.ids import DeliveryId
from openclaw.errors import BadRequest, NotFound
from openclaw.store import FILE_NAME, accounts, deliveries

from .conftest import ANN, ANNS_CHAT, DEFAULT, NOW, Caller, Running


async def test_a_person_is_forgotten_through_the_running_gateway(
    running: Running, caller: Caller, tmp_path: Path
):
    """And the log, which still had their words, is emptied (issue 4, point 7)."""
    await running.ann_wrote(text="the words of ann")
    answer = await asyncio.to_thread(
        caller.send, "POST", "/api/contacts/forget", json.dumps({"handle": "+1 555 010 0001"}).encode()
    )
    assert answer.code == 200
    assert answer.json["handle"] == ANN
    assert answer.json["forgotten"]["messages"] == 1
    assert answer.json["logEmptied"] is True
    files = [path for path in tmp_path.glob(f"{FILE_NAME}*") if not path.name.endswith("-shm")]
    assert not any(b"words of ann" in path.read_bytes() for path in files)


async def test_a_rehearsal_forgets_nobody(running: Running, caller: Caller):
    """`dryRun` answers with the numbers alone."""
    await running.ann_wrote()
    body = json.dumps({"handle": ANN, "dryRun": True}).encode()
    first = await asyncio.to_thread(caller.send, "POST", "/api/contacts/forget", body)
    again = await asyncio.to_thread(caller.send, "POST", "/api/contacts/forget", body)
    assert first.json == again.json
    assert first.json["forgotten"]["messages"] == 1
    assert "logEmptied" not in first.json


async def test_what_cannot_be_forgotten_is_refused(running: Running):
    """Each refusal names the value and the way on (style 21)."""

    def ask(handle: str) -> None:
        perform_offline("contacts/forget", {"handle": handle}, state_dir, NOW)

    state_dir = Path(str(await running.ledger.read(lambda tx: tx.engine.url.database))).parent
    await running.ann_wrote()
    await running.ledger.write(lambda tx: accounts.learn_handles(tx, DEFAULT, ["me@example.com"], NOW))  # type: ignore[list-item]
    bubble = OutboundMessage(DEFAULT, ANNS_CHAT, "on its way")
    await running.ledger.write(lambda tx: deliveries.queue(tx, Cause.OPERATOR, 1, [bubble], NOW))
    await running.ledger.write(lambda tx: deliveries.mark(tx, DeliveryId(1), DeliveryState.UNKNOWN, NOW))
    with pytest.raises(BadRequest, match="is no handle"):
        await asyncio.to_thread(ask, "12:34:56")
    with pytest.raises(BadRequest, match="of this gateway's own"):
        await asyncio.to_thread(ask, "me@example.com")
    with pytest.raises(BadRequest, match="being answered or sent"):
        await asyncio.to_thread(ask, ANN)
    with pytest.raises(NotFound, match="nothing is known"):
        await asyncio.to_thread(ask, "+15550109999")
