"""Which processes may be killed at start: those proved to be ours, and nobody else."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from tests.children import bounded

from openclaw.jsonrpc.orphans import MARK, MARK_OF_AGENT, end_marked, mark_of_this_process, reap_orphans


@contextmanager
def sleeper(mark: str) -> Iterator[subprocess.Popen[bytes]]:
    """A process that carries ``mark`` and sleeps."""
    process = subprocess.Popen(
        [sys.executable, "-S", "-c", "print(flush=True); import time; time.sleep(600)"],
        env={**os.environ, MARK: mark},
        stdout=subprocess.PIPE,
    )
    try:
        assert process.stdout
        process.stdout.readline()
        yield process
    finally:
        process.kill()
        process.communicate()


def test_a_child_of_a_dead_gateway_is_reaped() -> None:
    """Same process id, another start time: the gateway that started it is gone (demand E6)."""
    with sleeper(f"{os.getpid()}:1.0") as process:
        assert process.pid in reap_orphans()
        assert process.wait(10) == -9


def test_a_child_of_a_living_gateway_is_left_alone() -> None:
    """A second gateway on this machine keeps its children."""
    with sleeper(mark_of_this_process()[MARK]) as process:
        assert process.pid not in reap_orphans()
        assert process.poll() is None


def test_a_process_without_a_readable_mark_is_left_alone() -> None:
    """No proof, no touch: an unreadable mark is not a death sentence unless it names nobody alive."""
    with sleeper("") as process:
        assert process.pid not in reap_orphans()
        assert process.poll() is None


def test_what_bears_a_mark_is_ended_wherever_it_went() -> None:
    """A session of its own does not hide it; another mark, and we ourselves, are left alone."""
    code = "print(1, flush=True); input()"
    children = [
        subprocess.Popen(
            [sys.executable, "-c", code],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={**os.environ, MARK_OF_AGENT: name},
            start_new_session=True,
        )
        for name in ("one", "two")
    ]
    with bounded(children[0]) as one, bounded(children[1]) as two:
        for child in (one, two):
            assert child.stdout
            child.stdout.readline()
        assert end_marked({MARK_OF_AGENT: "one"}) == [one.pid]
        assert one.wait() == -signal.SIGKILL
        assert two.poll() is None
