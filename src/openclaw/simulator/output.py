"""The program's standard output: whole lines, one at a time, from any thread.

Owns the descriptor, the lock and the count of lines, and with them the misbehaviours that concern lines (`noise`,
`exit`). It must not know what the lines mean.
"""

from __future__ import annotations

import os
import threading

from openclaw.simulator import envelope
from openclaw.simulator.behaviour import Behaviour

_STDOUT = 1


class Output:
    """Writes records to standard output. A reader that stops reading stops every thread that writes."""

    def __init__(self, behaviour: Behaviour) -> None:
        self._behaviour = behaviour
        self._lock = threading.Lock()
        self._lines = 0

    def record(self, message: envelope.Wire) -> None:
        """Write one JSON record."""
        line = envelope.encode(message)
        with self._lock:
            noise = self._behaviour.take("noise")
            if noise:
                _write(str(noise.get("text", "a line that is not JSON")).encode() + b"\n")
            _write(line)
            self._lines += 1
            self._end_if_due()

    def end_if_due(self) -> None:
        """End the process when `exit` is in force and its `afterLines` records have been written."""
        with self._lock:
            self._end_if_due()

    def _end_if_due(self) -> None:
        entry = self._behaviour.look("exit")
        if entry and self._lines >= entry.get("afterLines", 0):
            os._exit(entry.get("code", 1))


def print_text(text: str) -> None:
    """Write human text, which imsg sends to standard output too."""
    _write(text.encode("utf-8", "replace") + b"\n")


def _write(data: bytes) -> None:
    while data:
        data = data[os.write(_STDOUT, data) :]
