"""The disk against a whole installation: full while it runs, and lost and put back."""

from __future__ import annotations

import resource
import sys
from pathlib import Path
from typing import Any

import pytest
from tests.agents.model_server import open_model_server
from tests.journeys.house import House, build, channel, model
from tests.making import ANN
from tests.waiting import until

from openclaw.simulator import phone
from openclaw.store import FILE_NAME

OPEN = {"dmPolicy": "open", "allowFrom": ["*"], "settleMs": 0}
LONG = "words " * 2000


def limit_files(pid: int, size: int) -> None:
    """Let no file of a process grow beyond ``size``, as a quota does; with its hard limit kept it can be undone."""
    _, hard = resource.prlimit(pid, resource.RLIMIT_FSIZE)
    resource.prlimit(pid, resource.RLIMIT_FSIZE, (size, hard))


async def trouble(house: House) -> dict[str, Any] | None:
    """What the running gateway says of its ledger."""
    body: dict[str, Any] = (await house.openclaw("status", "--json")).json()
    return body["ledger"]


@pytest.mark.skipif(sys.platform != "linux", reason="no other system limits a process that runs")
async def test_a_disk_without_room_loses_nothing_and_is_seen(tmp_path: Path) -> None:
    """Issue 4, point 7: rows stay with the phone, the cause is visible, and with room again it goes on by itself."""
    house = build(tmp_path)
    async with open_model_server() as server:
        house.configure(channels=channel(house, **OPEN), **model(server.url))
        async with house.gateway() as process:
            phone.say(house.mac, ANN, "first")
            await house.replies(ANN, 1)
            log = house.state / f"{FILE_NAME}-wal"
            limit_files(process.pid, log.stat().st_size + 4096)
            for number in range(3):
                phone.say(house.mac, ANN, f"{number} {LONG}")

            said = await until(lambda: trouble(house), "the trouble is seen")
            assert "the disk" in said["cause"]
            told = await house.openclaw("status")
            assert (told.code, "Ledger: the disk" in told.out) == (1, True)
            limit_files(process.pid, resource.RLIM_INFINITY)

            async def answered() -> bool:
                listed = (await house.openclaw("messages", "list", "--json")).json()["messages"]
                mine = [one for one in listed if one["sender"] == ANN and not one["fromMe"]]
                return len(mine) == 4 and {one["state"] for one in mine} == {"answered"}

            await until(answered, "every message is answered once there is room")
            assert await trouble(house) is None


async def test_a_lost_ledger_is_put_back_and_nothing_is_answered_twice(tmp_path: Path) -> None:
    """Issue 4, point 7: the copy does not know what was answered since; what comes after the restore is answered."""
    house = build(tmp_path)
    copy = str(tmp_path / "copy.sqlite")
    async with open_model_server() as server:
        house.configure(channels=channel(house, **OPEN), **model(server.url))
        async with house.gateway():
            phone.say(house.mac, ANN, "before the copy")
            await house.replies(ANN, 1)
            made = await house.openclaw("backup", copy)
            assert made.code == 0, made.err
            phone.say(house.mac, ANN, "after the copy")
            await house.replies(ANN, 2)
            refused = await house.openclaw("restore", copy)
            assert refused.code == 1
        for path in house.state.glob(f"{FILE_NAME}*"):
            path.write_bytes(b"\xff" * 4096)
        restored = await house.openclaw("restore", copy, "--json")
        assert restored.code == 0, restored.err
        assert restored.json()["beginAnew"] == ["default"]
        phone.say(house.mac, ANN, "while it was off")
        async with house.gateway():
            phone.say(house.mac, ANN, "and now?")
            replies = await house.replies(ANN, 3)
        assert len(replies) == 3
