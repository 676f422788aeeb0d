"""Looking again until something is there."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")

BOUND_S = 20.0
_LOOK_AGAIN_S = 0.02


def eventually(look: Callable[[], T]) -> T:
    """The first result of ``look`` that is not empty; fails after the bound."""
    deadline, pause = time.monotonic() + BOUND_S, threading.Event()
    while not (found := look()):
        assert time.monotonic() < deadline, f"nothing came within {BOUND_S} s"
        pause.wait(_LOOK_AGAIN_S)
    return found
