"""The phone's page over a real server, and a client that can send what no browser would."""

from __future__ import annotations

import http.client
import json
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.routing import Mount

from openclaw.simulator.page import phone_app

BOUND_S = 20.0
"""The one limit of every wait: far beyond anything a healthy run needs."""


@dataclass(frozen=True)
class Answered:
    """One whole answer."""

    code: int
    body: bytes
    headers: dict[str, str]

    @property
    def json(self) -> Any:
        """The body, read as JSON."""
        return json.loads(self.body)


class Window:
    """One open stream of changes; `next` waits for the next event."""

    def __init__(self, port: int) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=BOUND_S)
        self._connection.request("GET", "/phone/api/events")
        self._response = self._connection.getresponse()
        assert self._response.getheader("content-type") == "text/event-stream; charset=utf-8"
        assert self.next() == ("resync", {})

    def next(self) -> tuple[str, Any] | None:
        """The next event with its data, ``None`` once the server has ended the stream."""
        name = ""
        while line := self._response.readline().decode():
            if line.startswith("event: "):
                name = line[7:].strip()
            elif line.startswith("data: "):
                self._response.readline()
                return name, json.loads(line[6:])
        return None

    def close(self) -> None:
        """Hang up."""
        self._response.close()
        self._connection.close()


class Phone:
    """The page, mounted as the gateway mounts it, on a port of its own."""

    def __init__(self, database: Path) -> None:
        self.database = database
        self.answering: set[int] = set()
        app = phone_app(
            database, typing=lambda chat: chat in self.answering, ended=lambda: self._server.should_exit
        )
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        host = Starlette(routes=[Mount("/phone", app)])
        self._server = uvicorn.Server(
            uvicorn.Config(host, ws="none", lifespan="off", log_config=None, timeout_graceful_shutdown=2)
        )
        self._thread = threading.Thread(target=self._server.run, args=([self._listener],))
        self._thread.start()

    def ask(self, method: str, path: str, body: bytes | None = None, **headers: str) -> Answered:
        """Send any request below the page; header names have ``_`` for ``-``."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=BOUND_S)
        try:
            given = {name.replace("_", "-"): value for name, value in headers.items()}
            connection.request(method, f"/phone/{path}", body, given)
            response = connection.getresponse()
            return Answered(response.status, response.read(), dict(response.getheaders()))
        finally:
            connection.close()

    def get(self, path: str) -> Answered:
        """Read."""
        return self.ask("GET", path)

    def post(self, path: str, **fields: Any) -> Answered:
        """Change something, as the page's script does."""
        return self.ask("POST", path, json.dumps(fields).encode(), content_type="application/json")

    def take_file(self, name: str, content: bytes) -> Answered:
        """Hand in a file."""
        return self.ask("POST", "api/files", content, x_file_name=name)

    def stop(self) -> None:
        """End the server and wait for it."""
        self._server.should_exit = True
        self._thread.join(BOUND_S)
        assert not self._thread.is_alive()
        self._listener.close()


@pytest.fixture
def page(database: Path) -> Iterator[Phone]:
    """The page over the empty database of +15550100000."""
    running = Phone(database)
    try:
        yield running
    finally:
        running.stop()


@pytest.fixture
def window(page: Phone) -> Iterator[Callable[[], Window]]:
    """Open streams of the page; every one is closed afterwards."""
    with ExitStack() as windows:

        def opened() -> Window:
            one = Window(page.port)
            windows.callback(one.close)
            return one

        yield opened
