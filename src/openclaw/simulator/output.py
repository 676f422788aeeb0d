"""The program's standard output: whole lines, one at a time, from any thread.

Owns the descriptor, the lock and the count of lines, and with them the misbehaviours that concern lines (`noise`,
`buffer`, `exit`). It must not know what the lines mean.
"""

from __future__ import annotations

import os
import threading
import time

from openclaw.simulator import envelope
from openclaw.simulator.behaviour import Behaviour

_STDOUT = 1
_LOOK_S = 0.02


class Output:
    """Writes records to standard output. A reader that stops reading stops every thread that writes."""

    def __init__(self, behaviour: Behaviour) -> None:
        self._behaviour = behaviour
        self._lock = threading.Lock()
        self._lines = 0
        self._held = b""
        self._held_since = 0.0
        self._guarded = False

    def record(self, message: envelope.Wire) -> None:
        """Write one JSON record."""
        line = envelope.encode(message)
        self._behaviour.sleep_through("sleep")
        with self._lock:
            noise = self._behaviour.take("noise")
            self._pass_on(noise["text"].encode() + b"\n" + line if noise else line)
            self._lines += 1
            self._end_if_due()

    def end_if_due(self) -> None:
        """End the process when `exit` is in force and its `afterLines` records have been written."""
        with self._lock:
            self._end_if_due()

    def flush(self) -> None:
        """Write what a `buffer` holds back."""
        with self._lock:
            self._flush()

    def _flush(self) -> None:
        held, self._held = self._held, b""
        _write(held)

    def _end_if_due(self) -> None:
        entry = self._behaviour.look("exit")
        if entry and self._lines >= entry["afterLines"]:
            os._exit(entry["code"])

    def _pass_on(self, data: bytes) -> None:
        if not self._held:
            self._held_since = time.monotonic()
        self._held += data
        entry = self._behaviour.look("buffer")
        if entry is None or (entry["lines"] and self._held.count(b"\n") >= entry["lines"]):
            self._flush()
            return
        whole = len(self._held) // entry["bytes"] * entry["bytes"]
        data, self._held = self._held[:whole], self._held[whole:]
        _write(data)
        if not self._guarded:
            self._guarded = True
            threading.Thread(target=self._let_go, name="buffer", daemon=True).start()

    def _let_go(self) -> None:
        """Write what is held back once the buffer is gone or its time is over."""
        while self._guarded:
            time.sleep(_LOOK_S)
            with self._lock:
                entry = self._behaviour.look("buffer")
                if entry is None or 0 < entry["seconds"] <= time.monotonic() - self._held_since:
                    self._flush()
                self._guarded = bool(self._held)


def print_text(text: str) -> None:
    """Write human text, which imsg sends to standard output too."""
    _write(text.encode("utf-8", "replace") + b"\n")


def _write(data: bytes) -> None:
    while data:
        data = data[os.write(_STDOUT, data) :]
