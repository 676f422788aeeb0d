"""What children use, each with what it has started."""

from __future__ import annotations

import os
import subprocess
import sys

from tests.children import bounded

from openclaw.jsonrpc.group import group_figures


def test_a_process_counts_with_what_it_has_started() -> None:
    """The memory of both, in one look; one that is gone has no figures and takes nobody else's."""
    waits = "print(1, flush=True); input()"
    code = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {waits!r}])"
    both = subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    alone = subprocess.Popen([sys.executable, "-c", waits], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    over = subprocess.Popen([sys.executable, "-c", ""])
    over.wait()
    with bounded(both), bounded(alone):
        assert both.stdout
        assert alone.stdout
        both.stdout.readline()
        alone.stdout.readline()
        (_, large), (_, small), gone = group_figures([both.pid, alone.pid, over.pid])
        assert large
        assert small
        assert large > small * 1.5
        assert gone == (None, None)
        cpu_s, _ = group_figures([os.getpid()])[0]
        assert cpu_s
        both.communicate(b"\n")
    assert group_figures([]) == []
