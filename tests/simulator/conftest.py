"""The simulated imsg as a child over real pipes, and a database for it."""

from __future__ import annotations

import json
import os
import queue
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from openclaw.simulator import phone

BOUND_S = 20.0
"""The one limit of every wait: far beyond anything a healthy run needs."""


class Imsg:
    """One `imsg rpc` child. Answers are found by id, notifications come in their order."""

    def __init__(self, *arguments: str, **environ: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "openclaw.simulator.imsg", *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={**os.environ, **environ},
        )
        self.noise: list[str] = []
        self._answers: dict[Any, dict[str, Any]] = {}
        self.notices: list[dict[str, Any]] = []
        self.order: list[Any] = []
        """Ids in the order of their answers."""
        self._lines: queue.Queue[bytes] = queue.Queue()
        self._asked = 0
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stdout
        for line in self.process.stdout:
            self._lines.put(line)
        self._lines.put(b"")

    def write(self, line: str | bytes) -> None:
        """Write one raw line."""
        assert self.process.stdin
        self.process.stdin.write((line.encode() if isinstance(line, str) else line) + b"\n")
        self.process.stdin.flush()

    def ask(self, method: str, **params: Any) -> Any:
        """Return the result of a request; an error object stands for itself."""
        answer = self.answer(self.request(method, **params))
        return answer.get("result", answer.get("error"))

    def request(self, method: str, **params: Any) -> str:
        """Write a request and return its id."""
        self._asked += 1
        self.write(
            json.dumps({"jsonrpc": "2.0", "id": f"t{self._asked}", "method": method, "params": params})
        )
        return f"t{self._asked}"

    def answer(self, id: Any) -> dict[str, Any]:  # noqa: A002
        """Wait for the answer with this id."""
        while id not in self._answers:
            self._take()
        return self._answers.pop(id)

    def notice(self) -> dict[str, Any]:
        """Wait for the next notification."""
        while not self.notices:
            self._take()
        return self.notices.pop(0)

    def message(self) -> dict[str, Any]:
        """Wait for the next message that a watch reports."""
        return self.notice()["params"]["message"]

    def _take(self) -> None:
        line = self._lines.get(timeout=BOUND_S)
        if not line:
            raise EOFError(f"the child has ended with {self.process.wait(BOUND_S)} after {self.noise}")
        try:
            record = json.loads(line)
        except ValueError:
            self.noise.append(line.decode().rstrip("\n"))
            return
        if "method" in record:
            self.notices.append(record)
        else:
            self._answers[record.get("id")] = record
            self.order.append(record.get("id"))

    def end(self) -> int:
        """Close its input and return its exit code."""
        assert self.process.stdin
        self.process.stdin.close()
        code = self.process.wait(BOUND_S)
        self._reader.join(BOUND_S)
        assert self.process.stdout
        self.process.stdout.close()
        return code

    def kill(self) -> None:
        """End it whatever it does."""
        self.process.kill()
        self.process.wait(BOUND_S)
        self._reader.join(BOUND_S)


@pytest.fixture
def database(tmp_path: Path) -> Path:
    """An empty database of the account +15550100000."""
    return phone.create_database(tmp_path / "mac" / "chat.db")


@pytest.fixture
def imsg(database: Path) -> Iterator[Callable[..., Imsg]]:
    """Start `imsg rpc` of a version over the database; every child is ended afterwards."""
    with ExitStack() as children:

        def start(version: str = "0.5.0", **environ: str) -> Imsg:
            child = Imsg("--as", version, "rpc", "--db", str(database), **environ)
            children.callback(_close, child)
            return child

        yield start


def _close(child: Imsg) -> None:
    child.kill()
    for pipe in (child.process.stdin, child.process.stdout):
        if pipe and not pipe.closed:
            try:
                pipe.close()
            except BrokenPipeError:
                continue
