"""One crash: a house as it was, a gateway that dies in it, an ordinary one after it, and the verdict.

A house is prepared once for its scenario and put back for every crash.
"""

from __future__ import annotations

import asyncio
import json
import shutil
import signal
import sys
import time
from asyncio.subprocess import DEVNULL, Process
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.crash import script
from tests.crash.evidence import ask, asked, listed, look_at_phone, still_open
from tests.crash.script import Line, Scenario, Written
from tests.crash.starts import Start
from tests.crash.verdict import complaints, withheld
from tests.journeys.house import OPENCLAW, House, build, channel, model
from tests.making import ANN
from tests.waiting import BOUND_S, until

from openclaw.errors import ControlUnreachable
from openclaw.simulator import phone

# A whole conversation is waited for, twice, beside another crash; the usual bound is one for a single event.
_BOUNDS = 3

_DYING = Path(__file__).with_name("gateway_that_dies.py")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one crash. ``moments`` are those at which gateways died, one after the other; "at rest" stands for
    one that had come to its end before.
    """

    scenario: str
    at: int
    moments: list[str]
    complaints: list[str]
    withheld: list[str]
    seconds: float


@dataclass(slots=True)
class Stage:
    """A house that is prepared for a scenario, and the copy that it is put back to before each crash."""

    scenario: Scenario
    house: House
    copy: Path
    prepared: list[Written] = field(default_factory=list[Written])

    def put_back(self) -> list[Written]:
        """The house as it was after its preparation; what had been written in it until then."""
        shutil.rmtree(self.house.root)
        shutil.copytree(self.copy, self.house.root)
        return list(self.prepared)

    @property
    def tally(self) -> Path:
        """Where a dying gateway says how far it came."""
        return self.house.root / "tally.json"


async def prepare(directory: Path, scenario: Scenario, model_url: str) -> Stage:
    """A house with old messages; unless the first start is to die, a gateway has been there and answered once."""
    root = directory / "house"
    root.mkdir(parents=True)
    house = build(root)
    phone.make_group(house.mac, script.CREW, [ANN, "+15550100003"])
    house.configure(**_configuration(house, model_url))
    stage = Stage(scenario, house, directory / "copy")
    stage.prepared += [script.write(house.mac, line) for line in script.OLD]
    if not scenario.is_first_start:
        async with house.gateway():
            stage.prepared.append(script.write(house.mac, script.BEFORE))
            await until(lambda: _settled(house, stage.prepared), "the first answer")
    await asyncio.to_thread(shutil.copytree, root, stage.copy)
    return stage


def _configuration(house: House, model_url: str) -> dict[str, Any]:
    """Nothing waits longer than it must, no fuse goes, and a bubble is short, so that one reply has several."""
    imessage = channel(
        house,
        dmPolicy="pairing",
        allowFrom=[ANN],
        groupPolicy="open",
        settleMs=0,
        textChunkLimit=80,
    )
    messages = {
        "groupChat": {"mentionPatterns": [script.CALLED]},
        "queue": {"debounceMs": 0},
        "fuse": {"perContactPerMinute": 1000, "perAccountPerMinute": 1000},
    }
    return {"channels": imessage, "messages": messages, **model(model_url)}


async def crash(stage: Stage, at: int, again: int = 0) -> Outcome:
    """Let a gateway die at its ``at``-th moment, start an ordinary one after it, and judge what is left.

    With ``again`` the gateway after it dies as well, at its ``again``-th moment, while it takes up what was unfinished.
    """
    began = time.monotonic()
    life = _Life(stage.house, await asyncio.to_thread(stage.put_back))
    moments: list[str] = []
    found: list[str] = []
    held_back: list[str] = []
    try:
        dead: list[Start] = []
        for moment in filter(None, (at, again)):
            dead.append(await _die(stage, life, moment))
            moments.append(_told(stage)["moment"])
        async with _gateway(stage.house, *OPENCLAW, "gateway", end=signal.SIGTERM) as process:
            second = Start.of(process.pid)
            await _rest(life, stage.scenario, process)
            for start in dead:
                await until(start.is_childless, "the next gateway ends the children of the dead one")
            evidence = await listed(stage.house, life.written)
            found += complaints(evidence)
            held_back += withheld(evidence)
        await until(second.is_childless, "no child outlives a gateway that was stopped")
    except AssertionError as error:
        found.append(str(error))
    return Outcome(stage.scenario.name, at, moments, found, held_back, time.monotonic() - began)


async def count(stage: Stage) -> int:
    """How many moments there are when nobody dies."""
    life = _Life(stage.house, await asyncio.to_thread(stage.put_back))
    start = await _die(stage, life, 0)
    await until(start.is_childless, "no child outlives a gateway that was stopped")
    return _told(stage)["count"]


def _told(stage: Stage) -> dict[str, Any]:
    return json.loads(stage.tally.read_text()) if stage.tally.exists() else {"moment": "at rest"}


@dataclass(slots=True)
class _Life:
    """What is on the phone of a house by now, and how many steps of its scenario that is."""

    house: House
    written: list[Written]
    has_begun: bool = False
    steps: int = 0

    def begin(self, scenario: Scenario) -> None:
        """Write what waits for the first gateway; nothing when that was written before."""
        if not self.has_begun:
            self.write(scenario.waiting)
        self.has_begun = True

    def write(self, lines: Sequence[Line]) -> None:
        self.written += [script.write(self.house.mac, line) for line in lines]

    async def go_on(self, scenario: Scenario, alive: Callable[[], bool]) -> None:
        """Write step by step, each when it is due or, without a gateway, at once."""
        for step in scenario.steps[self.steps :]:
            await _while_alive(
                alive, lambda word=step.after: _due(self.house, word), f"{step.after} is shown"
            )
            if scenario.is_first_start and not alive():
                return
            self.write(step.lines)
            self.steps += 1


async def _die(stage: Stage, life: _Life, at: int) -> Start:
    """The life of the gateway that dies, and everything that is said during it or instead of it."""
    life.begin(stage.scenario)
    stage.tally.unlink(missing_ok=True)
    command = (sys.executable, str(_DYING), str(at), str(stage.tally))
    end = signal.SIGKILL if at else signal.SIGTERM
    async with _gateway(stage.house, *command, end=end) as process:
        start = Start.of(process.pid)
        await life.go_on(stage.scenario, lambda: process.returncode is None)
        await _while_alive(
            lambda: process.returncode is None,
            lambda: _settled(stage.house, life.written),
            "it comes to rest",
        )
        if not at:
            # Else nobody would notice if the mark were read wrongly.
            assert await asyncio.to_thread(start.children), "a gateway that lives has children"
    expected = -signal.SIGKILL if at else 0
    assert process.returncode == expected, f"the gateway ended with {process.returncode} by itself"
    return start


async def _rest(life: _Life, scenario: Scenario, process: Process) -> None:
    """Return when everything has come to its end; what has not within the bound is told by the verdict."""
    if life.steps < len(scenario.steps):
        await life.go_on(scenario, lambda: process.returncode is None)
    with suppress(AssertionError):
        await _patiently(lambda: _settled(life.house, life.written), "it comes to rest")
    assert process.returncode is None, f"the second gateway ended with {process.returncode}"


@asynccontextmanager
async def _gateway(house: House, *command: str, end: signal.Signals) -> AsyncGenerator[Process]:
    with (house.root / "gateway.log").open("ab") as log:
        process = await asyncio.create_subprocess_exec(
            *command, env=house.environ, stdin=DEVNULL, stdout=log, stderr=log
        )
        try:
            yield process
        finally:
            if process.returncode is None:
                process.send_signal(end)
            async with asyncio.timeout(BOUND_S):
                await process.wait()


async def _while_alive(alive: Callable[[], bool], look: Callable[[], Awaitable[bool]], what: str) -> None:
    """Return when ``look`` says yes, or when nobody is alive; fails with ``what`` after the bound."""

    async def seen_or_dead() -> bool:
        return not alive() or await look()

    await _patiently(seen_or_dead, what)


async def _patiently(look: Callable[[], Awaitable[bool]], what: str) -> None:
    """Return when ``look`` says yes; fails with ``what`` after several of the usual bounds."""
    for _ in range(_BOUNDS - 1):
        with suppress(AssertionError):
            await until(look, what)
            return
    await until(look, what)


async def _due(house: House, word: str) -> bool:
    """Whether a bubble with ``word`` is on the phone; for "" whether the gateway listens to the phone."""
    if word:
        shown = look_at_phone(house.mac, []).bubbles.values()
        return any(word in bubble for place in shown for bubble in place)
    try:
        accounts = (await asyncio.to_thread(ask, house, "channels"))["channelAccounts"]["imessage"]
    except ControlUnreachable:
        return False
    return all(account["state"] == "connected" for account in accounts)


async def _settled(house: House, written: Sequence[Written]) -> bool:
    """Whether the running gateway has nothing left to do; asked quickly, not by the command line."""
    try:
        return not still_open(await asyncio.to_thread(asked, house, written))
    except ControlUnreachable:
        return False
