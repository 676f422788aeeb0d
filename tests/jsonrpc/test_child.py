"""The life and the bounded end of child processes."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

import pytest
from tests.jsonrpc.children import child, gone

from openclaw.jsonrpc.child import Child, Surroundings, running
from openclaw.jsonrpc.orphans import MARK

BOUND = 10.0


class Listener:
    """Collects what a child says and lets a test wait for its first words."""

    def __init__(self) -> None:
        self.output = b""
        self.spoke = asyncio.Event()
        self.ended = asyncio.Event()

    def hear(self, chunk: bytes) -> None:
        self.output += chunk
        self.spoke.set()


def listen(program: str) -> tuple[Child, Listener]:
    """A child that is not started yet, and the one who listens to it."""
    listener = Listener()
    return Child(child(program), listener.hear, listener.ended.set), listener


async def spoken(listener: Listener) -> bytes:
    """What has been said once something was."""
    async with asyncio.timeout(BOUND):
        await listener.spoke.wait()
    return listener.output


async def test_a_child_that_minds_its_input_leaves_by_itself() -> None:
    """Closing its input is enough: exit code 0, no signal."""
    process, _ = listen("sys.stdin.read()")

    async with running(process):
        pass

    assert process.exit_code == 0


async def test_a_child_that_ignores_the_end_of_input_gets_term() -> None:
    """The second step of the end (demand E7)."""
    process, listener = listen("say('up')\ntime.sleep(600)")

    async with running(process):
        await spoken(listener)

    assert process.exit_code == -15


async def test_a_child_that_ignores_term_is_killed() -> None:
    """The last step needs nobody's consent (demand E7)."""
    process, listener = listen("signal.signal(signal.SIGTERM, signal.SIG_IGN)\nsay('up')\ntime.sleep(600)")

    async with running(process):
        await spoken(listener)

    assert process.exit_code == -9


async def test_the_whole_process_group_ends() -> None:
    """What a wrapper started in the background goes with it (demand E6)."""
    process, listener = listen(
        "pid = os.fork()\nif pid == 0: time.sleep(600)\nsay(str(pid))\nsys.stdin.read()"
    )

    async with running(process):
        grandchild = int(await spoken(listener))

    assert await gone(grandchild)


async def test_a_cancelled_owner_leaves_no_child_behind() -> None:
    """Cancelled even while it waits for the end, the owner kills first."""
    process, listener = listen("signal.signal(signal.SIGTERM, signal.SIG_IGN)\nsay('up')\ntime.sleep(600)")

    async def own() -> None:
        async with running(process):
            await asyncio.Event().wait()

    task = asyncio.ensure_future(own())
    await spoken(listener)
    task.cancel()
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task

    assert await process.exited_within(BOUND)


async def test_stderr_is_drained_with_a_limit() -> None:
    """A child that complains for ever neither blocks nor fills memory."""
    process, listener = listen(
        "sys.stderr.write('x' * 1_000_000 + 'the end\\n')\nsys.stderr.flush()\nsay('done')"
    )

    async with running(process):
        await spoken(listener)
        await process.exited_within(BOUND)

    assert process.stderr_tail.endswith("the end")
    assert len(process.stderr_tail) <= 8192


async def test_a_child_carries_the_mark_of_this_process_and_its_own_group() -> None:
    """By the mark an orphan is proved ours (design 5)."""
    process, listener = listen(f"say(os.environ[{MARK!r}] + ' ' + str(os.getpgid(0)))\nsys.stdin.read()")

    async with running(process):
        mark, group = (await spoken(listener)).decode().split()
        assert int(group) == process.pid

    assert mark.startswith(f"{os.getpid()}:")


async def test_a_child_finds_what_it_was_given_around_it_and_nothing_else(tmp_path: Path) -> None:
    """Its environment and folder, and our mark, by which an orphan is known; its stderr is told as it comes."""
    listener, errors = Listener(), bytearray()
    around = Surroundings({"ONLY": "this"}, str(tmp_path), errors.extend)
    process = Child(
        child(
            "sys.stderr.write('oh')\nsys.stderr.flush()\nsay(' '.join((os.getcwd(), *sorted(os.environ))))"
        ),
        listener.hear,
        listener.ended.set,
        around,
    )

    async with running(process):
        await spoken(listener)
        assert await process.over_within(BOUND)

    folder, *names = listener.output.decode().split()
    assert folder == str(tmp_path)
    assert set(names) - {"LC_CTYPE"} == {"ONLY", MARK}
    assert bytes(errors) == b"oh" == process.stderr_tail.encode()
