"""A soak as it runs: people talk, things go wrong, processes come and go, and somebody counts.

Owns the tasks and what they note. What is said, what goes wrong and what counts as right is decided elsewhere.
"""

from __future__ import annotations

import asyncio
import os
import random
import signal
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field

from openclaw.simulator import phone, rows, schema
from openclaw.simulator.behaviour import KINDS

from .answers import OK
from .books import read_books, read_rows
from .crowd import Line, Talk
from .installation import Installation
from .trouble import Trouble, ends_a_life, troubles
from .verdict import Said, Tally, judge
from .vitals import Sample, look

_LOOK_S = 5.0
_PARROT_LOOK_S = 1.0
# A send in doubt is settled after two and a half minutes, and several of them may stand in line in one chat.
SETTLE_S = 600.0
# A child may end up to four seconds after its gateway's stop; a killed gateway's are reaped by the next.
_STRAY_S = 30.0
_LINK_BALLOON = "com.apple.messages.URLBalloonProvider"


@dataclass(frozen=True, slots=True)
class Plan:
    """What was ordered: seconds, messages a minute, the seed, the seconds between troubles (0 for none)."""

    seconds: float
    rate: float
    seed: int
    fault_every: float
    versions: tuple[str, ...]
    without: tuple[str, ...] = ()


@dataclass(slots=True)
class Soak:
    """What happened so far."""

    plan: Plan
    house: Installation
    begun: float = field(default_factory=time.monotonic)
    said: list[Said] = field(default_factory=list[Said])
    samples: list[Sample] = field(default_factory=list[Sample])
    troubles: Counter[str] = field(default_factory=Counter[str])
    trouble: str = ""
    crashes: list[str] = field(default_factory=list[str])
    strays: dict[int, str] = field(default_factory=dict[int, str])
    notes: Callable[[str], None] = print
    _held_down: bool = False
    _stray_since: dict[int, float] = field(default_factory=dict[int, float])

    @property
    def elapsed(self) -> float:
        """Seconds since the beginning."""
        return time.monotonic() - self.begun

    async def tally(self) -> Tally:
        """The count as things stand."""
        books = await asyncio.to_thread(read_books, self.house.database, self.house.state)
        # Said afterwards, and so not in the books, is only under way; the other way round it would be an answer astray.
        return await asyncio.to_thread(judge, list(self.said), books)

    async def talk(self) -> None:
        """Let people write until the time is over, at random moments at the rate of the plan."""
        chance = random.Random(f"pace {self.plan.seed}")
        for thing in Talk(self.house.crowd, self.plan.seed).things():
            await asyncio.sleep(chance.expovariate(self.plan.rate / 60) * len(thing))
            if self.elapsed > self.plan.seconds:
                return
            for line in thing:
                await self._say(line)

    async def parrot(self) -> None:
        """Let the parrots repeat each "ok" that they read."""
        talk, seen = Talk(self.house.crowd, self.plan.seed), 0
        while True:
            await asyncio.sleep(_PARROT_LOOK_S)
            where = {one.chat: one.line.sender for one in list(self.said) if one.line.kind == "parrot"}
            for row in await asyncio.to_thread(read_rows, self.house.database, seen):
                seen = row.id
                if row.from_me and row.chat in where and row.text.strip() == OK:
                    await self._say(talk.repeated(where[row.chat]))

    async def go_wrong(self) -> None:
        """Let things go wrong one after the other. In the last third no gateway is ended: its memory is watched."""
        if not self.plan.fault_every:
            return
        for trouble in troubles(self.plan.seed, self.plan.fault_every, set(KINDS) - set(self.plan.without)):
            await asyncio.sleep(trouble.after)
            if self.elapsed > self.plan.seconds:
                return
            if ends_a_life(trouble) and self.elapsed > self.plan.seconds * 2 / 3:
                continue
            self.trouble = trouble.name
            self.troubles[trouble.name] += 1
            self.notes(f"{self.elapsed:7.1f} s  {trouble.name}, {trouble.lasts:.0f} s")
            try:
                await self._cause(trouble)
            finally:
                self.house.behave()
                self.trouble = ""

    async def keep(self) -> None:
        """Look at the processes, and start a gateway anew that ended by itself."""
        while True:
            await asyncio.sleep(_LOOK_S)
            gateway = self.house.gateway
            if gateway is not None and gateway.returncode is not None and not self._held_down:
                self.crashes.append(f"{self.elapsed:.0f} s: exit code {gateway.returncode}")
                self.notes(
                    f"{self.elapsed:7.1f} s  the gateway ended by itself, exit code {gateway.returncode}"
                )
                await self.start()
            sample = look(
                self.house.tree_pids(), self.elapsed, self.house.starts, time.monotonic() - self.house.born
            )
            if sample:
                self.samples.append(sample)
            self.look_for_strays()

    async def start(self) -> None:
        """Start a gateway, on a phone of another release where the plan has several."""
        chance = random.Random(f"release {self.plan.seed} {self.house.starts}")
        self.house.behave(**{"as": chance.choice(self.plan.versions)})
        await self.house.start()
        if not await self.house.ready():
            self.notes(f"{self.elapsed:7.1f} s  the gateway is not ready after its start")

    def look_for_strays(self, patience: float = _STRAY_S) -> None:
        """Note processes that have been nobody's for ``patience`` seconds."""
        now, strays = time.monotonic(), self.house.strays()
        self._stray_since = {pid: self._stray_since.get(pid, now) for pid in strays}
        since_birth = now - self.house.born
        for pid, since in self._stray_since.items():
            if min(now - since, since_birth) >= patience and self.house.gateway is not None:
                self.strays[pid] = strays[pid]

    async def settled(self, stop: asyncio.Event) -> Tally:
        """The count once nothing moves any more, after ten minutes, or when it is to ``stop``."""
        deadline = time.monotonic() + SETTLE_S
        tally = await self.tally()
        while tally.under_way and time.monotonic() < deadline and not stop.is_set():
            with suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), _LOOK_S)
            tally = await self.tally()
        return tally

    async def _say(self, line: Line) -> None:
        said = await asyncio.to_thread(_write, self.house, line)
        self.said.append(Said(line, said.row_id, said.guid, said.chat_id, time.monotonic()))

    async def _cause(self, trouble: Trouble) -> None:
        house = self.house
        match trouble.deed:
            case "misbehave":
                house.behave(dict(trouble.entry))
                await asyncio.sleep(trouble.lasts)
            case "own text in the body":
                house.behave(ownText="body")
                await asyncio.sleep(trouble.lasts)
                house.behave(ownText="column")
            case "kill child":
                for pid in _one_of(house.children(), self.plan.seed):
                    _signal(pid, signal.SIGKILL)
            case "freeze child":
                await self._freeze(_one_of(house.children(), self.plan.seed), trouble.lasts)
            case "freeze gateway":
                await self._freeze(house.tree_pids()[:1], trouble.lasts)
            case "restart" | "down" | "kill gateway":
                self._held_down = True
                await house.end(signal.SIGKILL if trouble.deed == "kill gateway" else signal.SIGTERM)
                await asyncio.sleep(trouble.lasts if trouble.deed == "down" else 0)
                await self.start()
                self._held_down = False

    async def _freeze(self, pids: list[int], seconds: float) -> None:
        for pid in pids:
            _signal(pid, signal.SIGSTOP)
        try:
            await asyncio.sleep(seconds)
        finally:
            for pid in pids:
                _signal(pid, signal.SIGCONT)


def _write(house: Installation, line: Line) -> phone.Said:
    group = line.place if line.is_group else None
    if not line.sender:
        return phone.owner_types(house.database, line.text, to=line.place)
    if line.is_link:
        return _write_link(house, line)
    return phone.say(house.database, line.sender, line.text, group=group, body_only=line.body_only)


def _write_link(house: Installation, line: Line) -> phone.Said:
    connection = schema.open_writing(house.database)
    try:
        connection.execute("BEGIN IMMEDIATE")
        with connection:
            handle = rows.handle(connection, line.sender, "iMessage")
            chat = rows.direct_chat(connection, line.sender, "iMessage")
            row = rows.Row(line.text, handle, chat, "iMessage", from_me=False, body_only=True)
            number, guid = rows.message(connection, row)
            connection.execute(
                "UPDATE message SET balloon_bundle_id = ? WHERE ROWID = ?", (_LINK_BALLOON, number)
            )
        return phone.Said(number, guid, chat, "")
    finally:
        connection.close()


def _one_of(pids: list[int], seed: int) -> list[int]:
    return [random.Random(f"{seed} {len(pids)} {pids[0]}").choice(pids)] if pids else []


def _signal(pid: int, number: signal.Signals) -> None:
    with suppress(ProcessLookupError):
        os.kill(pid, number)
