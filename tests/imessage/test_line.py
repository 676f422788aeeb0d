"""A child on demand: opened once, given up alone, rested after a failure."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from tests.imessage.phones import appears, scripted, starts

from openclaw.errors import ChildFailed, PeerClosed, PhoneUnusable
from openclaw.imessage.command import ImsgCommand, imsg_command
from openclaw.imessage.connection import list_chats
from openclaw.imessage.line import Line
from openclaw.supervision import Backoff

ORDINARY = "for request in requests(): ordinary(request)"


@asynccontextmanager
async def line(
    cli: str, *, backoff: Backoff | None = None, idle: float | None = None
) -> AsyncGenerator[Line]:
    """A line that is running."""
    one = Line(imsg_command(cli, None, None), "test", backoff or Backoff(first=0.0), idle)
    running = asyncio.ensure_future(one.run())
    try:
        yield one
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


async def test_all_requests_share_one_child(tmp_path: Path) -> None:
    """Opened by the first, used by the others."""
    async with line(scripted(tmp_path, ORDINARY)) as one:
        found = await asyncio.gather(*(list_chats(one, 1) for _ in range(5)))

    assert [len(chats) for chats in found] == [1] * 5
    assert starts(tmp_path) == 1


async def test_a_line_that_nobody_uses_opens_nothing(tmp_path: Path) -> None:
    """Until it is warmed."""
    async with line(scripted(tmp_path, ORDINARY)) as one:
        await asyncio.sleep(0)
        assert starts(tmp_path) == 0
        one.warm()
        await list_chats(one, 1)

    assert starts(tmp_path) == 1


async def test_a_dead_child_is_replaced_at_the_next_request(tmp_path: Path) -> None:
    """Who was waiting is told; who comes later gets an answer."""
    cli = scripted(
        tmp_path,
        "for request in requests():\n"
        "    if launch == 1 and request['method'] == 'chats.list': os._exit(1)\n    ordinary(request)",
    )

    async with line(cli) as one:
        with pytest.raises(PeerClosed) as caught:
            await list_chats(one, 1)
        assert caught.value.written
        assert len(await list_chats(one, 1)) == 1


async def test_a_recycled_child_frees_its_waiters_at_once(tmp_path: Path) -> None:
    """Nobody waits for a child that has been given up."""
    cli = scripted(
        tmp_path,
        "for request in requests():\n"
        "    if launch == 1 and request['method'] == 'chats.list': open(os.path.dirname(sys.argv[0]) + '/asked', 'w')\n"
        "    else: ordinary(request)",
    )

    async with line(cli) as one:
        waiting = asyncio.ensure_future(list_chats(one, 1))
        await appears(tmp_path / "asked")
        one.recycle()
        with pytest.raises(PeerClosed):
            await waiting
        assert len(await list_chats(one, 1)) == 1


async def test_a_failed_start_is_told_to_all_and_not_repeated_at_once(tmp_path: Path) -> None:
    """Between the attempts everybody gets the same answer without a new child."""
    cli = scripted(tmp_path, "say('Permission Error')\nsys.exit(1)")

    async with line(cli, backoff=Backoff(first=600.0, ceiling=600.0)) as one:
        outcomes = await asyncio.gather(*(list_chats(one, 1) for _ in range(3)), return_exceptions=True)
        with pytest.raises(PhoneUnusable):
            await list_chats(one, 1)

    assert [type(outcome) for outcome in outcomes] == [PhoneUnusable] * 3
    assert starts(tmp_path) == 1


async def test_an_idle_child_is_ended(tmp_path: Path) -> None:
    """It leaves when its input ends, and nobody opens another one unasked."""
    cli = scripted(tmp_path, ORDINARY + "\nopen(os.path.dirname(sys.argv[0]) + '/left', 'w')")

    async with line(cli, idle=0.05) as one:
        await list_chats(one, 1)
        await appears(tmp_path / "left")

    assert starts(tmp_path) == 1


async def test_a_bug_in_a_line_ends_neither_it_nor_the_gateway(tmp_path: Path) -> None:
    """Who waited is told in our words, and the next request is tried again (design 4, poison)."""

    class BrokenOnce(ImsgCommand):
        tried = False

        def rpc(self) -> list[str]:
            if not BrokenOnce.tried:
                BrokenOnce.tried = True
                raise ZeroDivisionError("a bug")
            return super().rpc()

    one = Line(BrokenOnce(scripted(tmp_path, ORDINARY), None, False), "test", Backoff(first=0.0))
    running = asyncio.ensure_future(one.run())
    with pytest.raises(ChildFailed, match="a bug"):
        await list_chats(one, 1)
    assert len(await list_chats(one, 1)) == 1
    assert not running.done()
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


async def test_a_child_that_is_too_old_is_replaced_though_it_is_used(tmp_path: Path) -> None:
    """It has its database open for ever; a younger one sees the one that is there now (imsg contract 5.2)."""
    one = Line(
        imsg_command(scripted(tmp_path, ORDINARY), None, None),
        "test",
        Backoff(first=0.0),
        idle=60.0,
        age=0.05,
    )
    running = asyncio.ensure_future(one.run())
    first = await one.opened()
    async with asyncio.timeout(10):
        await first.closed()
    assert await one.opened() is not first
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    assert starts(tmp_path) == 2
