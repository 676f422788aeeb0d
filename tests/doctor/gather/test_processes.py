"""Who started whom, with real processes."""

from __future__ import annotations

import os
import subprocess
import sys

from tests.doctor.installing import dead_process

from openclaw.doctor.gather.processes import chain_above

SHOW = """
import os
from openclaw.doctor.gather.processes import chain_above
print(*(one.pid for one in chain_above(os.getpid())))
"""


def test_a_child_sees_its_parent_above_it() -> None:
    """From the process itself upwards, with programs; never process 1."""
    child = subprocess.Popen([sys.executable, "-c", SHOW], stdout=subprocess.PIPE, text=True)
    out, _ = child.communicate(timeout=60)
    seen = [int(word) for word in out.split()]
    assert seen[:2] == [child.pid, os.getpid()]
    assert 1 not in seen


def test_programs_are_named() -> None:
    """The path is what has to be ticked."""
    here = chain_above(os.getpid())[0]
    assert here.pid == os.getpid()
    assert os.path.realpath(here.program) == os.path.realpath(sys.executable)


def test_a_process_that_is_gone_has_no_chain() -> None:
    """Nothing is guessed."""
    assert chain_above(dead_process()) == ()
