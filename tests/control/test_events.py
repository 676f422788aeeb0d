from __future__ import annotations

import asyncio
import http.client
import json
from typing import Any

from openclaw.control.events import MOST_STREAMS, Streams
from openclaw.store import accounts
from openclaw.store.changes import EVERYTHING, Changes

from .conftest import DEFAULT, NOW, TOKEN, Caller, Running
from .test_entrance import log_in, send

LIMIT_S = 20


def changed(line: bytes) -> set[str]:
    return set(json.loads(line.removeprefix(b"data: "))["changed"])


class Window:
    """A browser's window that listens, on a thread of its own."""

    def __init__(self, port: int, **headers: str) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=LIMIT_S)
        self.connection.request("GET", "/api/events", headers=headers)
        self.response = self.connection.getresponse()

    def close(self) -> None:
        """Shut the window."""
        self.response.close()
        self.connection.close()

    def line(self) -> bytes:
        """The next line that says something, b"" at the end."""
        while (line := self.response.readline()) == b"\n":
            continue
        return line


async def test_a_window_hears_what_changed_and_nothing_of_looks(caller: Caller, running: Running):
    """Live without reload: a commit is told in its parts; a look is no change (issue: live)."""
    window = await asyncio.to_thread(Window, caller.port, Authorization=f"Bearer {TOKEN}")
    assert changed(await asyncio.to_thread(window.line)) == EVERYTHING
    await send(caller, "GET", "/api/attention")
    await send(caller, "GET", "/api/status")
    await running.ann_wrote()
    assert changed(await asyncio.to_thread(window.line)) == {"messages", "chats"}
    await running.ledger.write(
        lambda tx: accounts.set_pause(tx, DEFAULT, accounts.EVERY_CHAT, NOW),
    )
    assert changed(await asyncio.to_thread(window.line)) == {"pauses"}
    window.close()


async def test_the_stream_ends_with_the_session(caller: Caller):
    """Whoever logs out in one window is out in all (issue: live, login)."""
    browser: dict[str, Any] = await log_in(caller)
    window = await asyncio.to_thread(Window, caller.port, Cookie=browser["cookie"])
    await asyncio.to_thread(window.line)
    assert (await send(caller, "POST", "/logout", b"{}", **browser)).code == 200
    assert await asyncio.to_thread(window.line) == b""
    window.close()


async def test_only_so_many_windows_listen(caller: Caller):
    """A page that opens streams without end is refused, not served until memory ends (issue: attacks)."""
    windows = [
        await asyncio.to_thread(Window, caller.port, Authorization=f"Bearer {TOKEN}")
        for _ in range(MOST_STREAMS)
    ]
    for window in windows:
        await asyncio.to_thread(window.line)
    assert (await send(caller, "GET", "/api/events")).code == 503
    for window in windows:
        window.close()


async def test_several_changes_become_one_event():
    """A burst is told once, with everything that it touched (issue: coalesced)."""
    changes, streams = Changes(), Streams()
    stream = streams.stream(changes, lambda: True)
    assert changed(await anext(stream)) == EVERYTHING
    for topic in ("messages", "turns", "messages"):
        changes.announce({topic})
    async with asyncio.timeout(LIMIT_S):
        first = changed(await anext(stream))
    assert first == {"messages", "turns"}
    streams.close()
    await stream.aclose()


async def test_a_closed_gateway_ends_its_streams():
    """The end of the gateway waits for no window."""
    changes, streams = Changes(), Streams()
    stream = streams.stream(changes, lambda: True)
    await anext(stream)
    streams.close()
    async with asyncio.timeout(LIMIT_S):
        assert [event async for event in stream] == []
    assert streams.is_full
