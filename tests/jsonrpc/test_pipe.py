"""Whole lines into a pipe, and exact knowledge of what went in."""

from __future__ import annotations

import asyncio
import os

import pytest

from openclaw.jsonrpc.pipe import InputPipe

BIG = b"x" * 1_000_000 + b"\n"


async def test_lines_longer_than_the_pipe_arrive_whole_and_in_turn() -> None:
    """Two writers never mix their bytes."""
    read_end, write_end = os.pipe()
    pipe = InputPipe(write_end)

    async def write_both() -> None:
        await asyncio.gather(pipe.write_line(BIG, int), pipe.write_line(b"y" * 100_000 + b"\n", int))
        pipe.close()

    writing = asyncio.ensure_future(write_both())
    with os.fdopen(read_end, "rb") as reader:
        received = await asyncio.to_thread(reader.read)
    await writing

    assert received == BIG + b"y" * 100_000 + b"\n"


async def test_a_writer_that_gives_up_half_way_closes_the_pipe() -> None:
    """The next line must not be glued to a torn one."""
    read_end, write_end = os.pipe()
    pipe = InputPipe(write_end)
    begun = asyncio.Event()

    writing = asyncio.ensure_future(pipe.write_line(BIG, begun.set))
    await begun.wait()
    writing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await writing

    with pytest.raises(BrokenPipeError):
        await pipe.write_line(b"next\n", begun.clear)
    assert begun.is_set(), "nothing of the second line had left"
    os.close(read_end)


async def test_closing_tells_a_waiting_writer() -> None:
    """Nobody waits for room in a pipe that is closed."""
    read_end, write_end = os.pipe()
    pipe = InputPipe(write_end)
    begun = asyncio.Event()

    writing = asyncio.ensure_future(pipe.write_line(BIG, begun.set))
    await begun.wait()
    pipe.close()

    with pytest.raises(BrokenPipeError):
        await writing
    os.close(read_end)
