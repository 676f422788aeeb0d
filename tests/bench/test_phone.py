"""The fake phone of the bench says what imsg says; a bench against a wrong phone would measure nothing."""

from __future__ import annotations

import asyncio
import json
import tempfile
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from bench.mac import Mac, install, open_mac

BOUND = 10.0


class Child:
    """One ``imsg rpc``, spoken to in lines."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        assert process.stdin
        assert process.stdout
        self.process, self._in, self._out = process, process.stdin, process.stdout

    def ask(self, method: str, **params: Any) -> None:
        request = {"jsonrpc": "2.0", "id": method, "method": method, "params": params}
        self._in.write(json.dumps(request).encode() + b"\n")

    async def read(self) -> dict[str, Any]:
        return json.loads(await asyncio.wait_for(self._out.readline(), BOUND))

    async def end(self) -> int:
        self._in.close()
        return await asyncio.wait_for(self.process.wait(), BOUND)


@asynccontextmanager
async def installed() -> AsyncGenerator[tuple[Mac, Path]]:
    with tempfile.TemporaryDirectory() as folder:  # a socket's path must be short
        async with open_mac(Path(folder)) as mac:
            yield mac, install(Path(folder))


async def start(phone: Path, *arguments: str) -> Child:
    pipe = asyncio.subprocess.PIPE
    return Child(await asyncio.create_subprocess_exec(phone, *arguments, stdin=pipe, stdout=pipe))


async def test_a_watch_hears_what_arrives_after_its_row() -> None:
    """`since_rowid` is exclusive, and notifications carry subscription and message (imsg contract 1.5, 1.7)."""
    async with installed() as (mac, phone):
        old = await mac.receive(mac.add_person(1), "old")
        await mac.receive(mac.add_person(1), "missed")
        child = await start(phone, "rpc")
        child.ask("watch.subscribe", since_rowid=old.id)
        assert (await child.read())["result"] == {"subscription": 1}
        missed = await child.read()
        await mac.receive(mac.add_person(2), "live")
        live = await child.read()
        assert [each["params"]["message"]["text"] for each in (missed, live)] == ["missed", "live"]
        assert live["params"]["subscription"] == 1
        assert await child.end() == 0


async def test_a_watch_yields_a_hundred_rows_and_a_new_one_the_next() -> None:
    """imsg reads a hundred rows a poll; what is beyond waits, unless somebody subscribes from there (contract 4)."""
    async with installed() as (mac, phone):
        mac.store(mac.add_person(1), (f"text {number}" for number in range(130)))
        child = await start(phone, "rpc")
        child.ask("watch.subscribe", since_rowid=1)
        told = [await child.read() for _ in range(101)][1:]
        child.ask("watch.unsubscribe", subscription=1)
        assert (await child.read())["result"] == {"ok": True}
        child.ask("watch.subscribe", since_rowid=told[-1]["params"]["message"]["id"])
        rest = [await child.read() for _ in range(30)][1:]
        assert [each["params"]["message"]["id"] for each in told + rest] == list(range(2, 131))
        assert await child.end() == 0


async def test_what_one_child_sends_the_other_sees_as_an_own_row() -> None:
    """An own message comes back to the watch with its guid and text, and with the clock of the pipe (contract 4.5)."""
    async with installed() as (mac, phone):
        chat = mac.add_person(1)
        watching, sending = await start(phone, "rpc"), await start(phone, "rpc")
        watching.ask("watch.subscribe")
        await watching.read()
        inbound = await mac.receive(chat, "hello")
        await watching.read()
        sending.ask("send", chat_id=chat.id, text="answer")
        accepted = (await sending.read())["result"]
        own = (await watching.read())["params"]["message"]
        assert (own["is_from_me"], own["text"], own["guid"]) == (True, "answer", accepted["guid"])
        assert 0 < inbound.told_ns < mac.sendings[0].read_ns
        assert (await watching.end(), await sending.end()) == (0, 0)


async def test_reads_show_the_newest_first_and_know_no_error_for_unknown_chats() -> None:
    """`chats.list` and `messages.history` as imsg answers them (contract 1.5)."""
    async with installed() as (mac, phone):
        await mac.receive(mac.add_person(1), "first")
        await mac.receive(mac.add_group(2), "second")
        child = await start(phone, "rpc")
        child.ask("chats.list", limit=5)
        child.ask("messages.history", chat_id=1, limit=1)
        child.ask("messages.history", chat_id=99)
        child.ask("nothing.known")
        chats, history, empty, unknown = [await child.read() for _ in range(4)]
        assert [(chat["id"], chat["is_group"]) for chat in chats["result"]["chats"]] == [
            (2, True),
            (1, False),
        ]
        assert [message["text"] for message in history["result"]["messages"]] == ["first"]
        assert empty["result"] == {"messages": []}
        assert unknown["error"]["code"] == -32601
        assert await child.end() == 0


async def test_the_command_line_names_version_help_and_status() -> None:
    """What a gateway asks before it trusts a phone (contract 2)."""
    async with installed() as (_, phone):
        said = list[str]()
        for arguments in (("--version",), ("rpc", "--help"), ("status", "--json")):
            process = (await start(phone, *arguments)).process
            output, _ = await asyncio.wait_for(process.communicate(), BOUND)
            said.append(output.decode())
        assert said[0] == "0.9.0\n"
        assert said[1].startswith("imsg rpc\n")
        assert "send" in json.loads(said[2])["rpc_methods"]
