from __future__ import annotations

import asyncio
import os
import socket
import threading
from collections.abc import Iterator

import pytest

from openclaw.control.address import ControlAddress
from openclaw.control.client import ask
from openclaw.errors import ControlUnreachable

from .conftest import TOKEN


async def test_tokens_are_tried_only_as_far_as_needed(address: ControlAddress):
    """The last token costs loading the configuration, so it is asked for only when all others were refused."""
    asked: list[str] = []

    def tokens() -> Iterator[str]:
        for token in ("old", TOKEN, "costly"):
            asked.append(token)
            yield token

    assert (await asyncio.to_thread(ask, address, "/api/status", {}, tokens()))["running"]
    assert asked == ["old", TOKEN]


async def test_refused_tokens_are_told_with_the_way_out(address: ControlAddress):
    """A message names the fix (style 21), and no token."""
    with pytest.raises(ControlUnreachable, match="OPENCLAW_GATEWAY_TOKEN") as refused:
        await asyncio.to_thread(ask, address, "/api/status", {}, ["wrong-token"])
    assert "wrong-token" not in str(refused.value)


def test_nobody_listening_is_unreachable():
    """A gateway that is stuck or just gone is said so, with its process (style 21)."""
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        port = closed.getsockname()[1]
    with pytest.raises(ControlUnreachable, match=f"process {os.getpid()}.*{port}"):
        ask(ControlAddress(os.getpid(), port, "", ""), "/api/status", {}, ["t"])


@pytest.mark.parametrize(
    "said", [b"", b"SSH-2.0-OpenSSH\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc"]
)
def test_an_answer_that_is_not_ours_is_unreachable(said: bytes):
    """Another program took the port meanwhile: no trace, one sentence."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def answer() -> None:
            connection, _ = server.accept()
            connection.recv(65536)
            connection.sendall(said)
            connection.close()

        other = threading.Thread(target=answer)
        other.start()
        with pytest.raises(ControlUnreachable, match="does not answer"):
            ask(ControlAddress(os.getpid(), server.getsockname()[1], "", ""), "/api/status", {}, ["t"])
        other.join(timeout=20)
