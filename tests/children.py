"""Child processes of tests: none outlives its test, and none is waited for without a bound."""

from __future__ import annotations

import signal
import subprocess
import threading
from collections.abc import Generator
from contextlib import contextmanager
from typing import AnyStr

LIFETIME_S = 60.0
"""Far beyond what any of them needs; a child that is stuck is killed then, and whoever reads from it goes on."""


@contextmanager
def bounded(child: subprocess.Popen[AnyStr]) -> Generator[subprocess.Popen[AnyStr]]:
    """``child``, which is killed after its lifetime or at the end, whichever comes first."""
    watch = threading.Timer(LIFETIME_S, child.kill)
    watch.start()
    # Leaving the context of the process itself waits for it without a bound, so it must have been killed before.
    with child:
        try:
            yield child
        finally:
            watch.cancel()
            child.kill()


def hear_ctrl_c() -> None:
    """Let children be interrupted: what a shell starts in the background is deaf to it, and children inherit that."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
