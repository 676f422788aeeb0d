"""One life of the gateway: its real stages over one ledger, with the watch that reports the Mac's rows to it.

Owns what dies together. It knows no steps and judges nothing.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path

from tests.making import ACCOUNT, ANN, BOB
from tests.rig import configure
from tests.schedules.disk import Disk, Fragile
from tests.schedules.mac import OWN, Mac
from tests.schedules.minds import Mind
from tests.schedules.truth import BEGAN

from openclaw import assembly, cast, wording
from openclaw.config.accounts import resolve_accounts
from openclaw.config.acp import acp_settings
from openclaw.config.agents import resolve_agents
from openclaw.domain.ids import RowId
from openclaw.domain.messages import InboundMessage
from openclaw.errors import StoreError
from openclaw.gateway import Gateway
from openclaw.outbound.deliver import Deliverer
from openclaw.store import accounts
from openclaw.turns.lanes import Lanes
from openclaw.turns.runner import TurnRunner

CONFIG = configure(
    {
        "channels": {
            "imessage": {
                "dmPolicy": "pairing",
                "allowFrom": [ANN, BOB],
                "groupPolicy": "allowlist",
                "groupAllowFrom": [ANN, BOB],
                "groups": {"*": {"requireMention": False}},
                "chunkMode": "newline",
                "responsePrefix": "",
                "ownHandles": [OWN],
            }
        },
        "agents": {"defaults": {"model": {"primary": "test/echo"}}},
        "session": {"dmScope": "per-channel-peer"},
    }
)
"""Ann and Bob may write, also in groups; strangers get a code; every paragraph is a bubble."""

_PHONES, _AGENTS = resolve_accounts(CONFIG), resolve_agents(CONFIG)
# As the supervisor does after a child's first death.
_WATCH_RESTS_S = 1.0
# Longer than anything that a stop may wait for.
_STOP_LIMIT_S = 300.0


class Life:
    """A gateway that was just started; ``end`` it. Nothing old is answered: the account begins at row ``start``."""

    def __init__(
        self, disk: Disk, mac: Mac, mind: Mind, start: int, now: Callable[[], datetime], *, full: bool
    ) -> None:
        self.ledger = Fragile(disk, self._cut)
        self.ledger.refuses = full
        self._mac = mac
        self._start = RowId(start)
        self._now = now
        known = cast.agents(_AGENTS, mind, mind, acp_settings(CONFIG), Path("/nonexistent"))
        self.gateway = Gateway(self.ledger, known, assembly.rulebook(_PHONES, _AGENTS, CONFIG), now)
        self.runner = TurnRunner(
            self.ledger,
            known,
            assembly.claim_rules(known, CONFIG, now),
            wording.speech(_PHONES, _AGENTS),
            self.gateway.deliver,
            now,
        )
        self.lanes: Lanes | None = None
        self.task = asyncio.create_task(self._live())

    @property
    def is_over(self) -> bool:
        """Whether the gateway died, or ended by itself."""
        return self.task.done() or self.ledger.is_dead

    def kill(self, at: int) -> None:
        """It dies: now (0), or at the ``at``-th moment of its ledger."""
        if at:
            self.ledger.dies_in = at
        else:
            self.ledger.die()
            self._cut()

    async def end(self) -> BaseException | None:
        """End it as a signal does, whatever state it is in; what else it ended of."""
        self._cut()
        _, stuck = await asyncio.wait([self.task], timeout=_STOP_LIMIT_S)
        if stuck:
            self.kill(0)
            await asyncio.wait([self.task])
            return AssertionError("it did not stop when it was told to")
        return None if self.task.cancelled() else self.task.exception()

    def _cut(self) -> None:
        self.task.cancel()

    async def _live(self) -> None:
        async with asyncio.TaskGroup() as group:
            lanes = Lanes(group, self.runner.step, at_once=4, debounce_s=self.runner.debounce_s)
            self.lanes = lanes
            ticks = asyncio.get_running_loop().time
            deliverer = Deliverer(self.ledger, ACCOUNT, self._mac, self._now, ticks=ticks)
            self.gateway.attach(ACCOUNT, deliverer, self._mac.reread)
            group.create_task(deliverer.run())
            await self.gateway.start(group, self.runner, lanes)
            group.create_task(self._watch())

    async def _watch(self) -> None:
        while True:
            try:
                await self.ledger.write(lambda tx: accounts.begin(tx, ACCOUNT, self._start, BEGAN))
                await self._report()
            except StoreError:
                await asyncio.sleep(_WATCH_RESTS_S)

    async def _report(self) -> None:
        reached = await self.ledger.read(lambda tx: accounts.cursor(tx, ACCOUNT)) or 0
        while True:
            repeats = await self._mac.something_to_report(reached)
            if repeats:
                await self.gateway.receive(ACCOUNT, repeats)
            rows = self._mac.shown(reached)
            for batch in _batches(rows, self._mac.manner):
                await self.gateway.receive(ACCOUNT, batch)
            reached += len(rows)


def _batches(rows: list[InboundMessage], manner: str) -> Sequence[list[InboundMessage]]:
    match manner:
        case "rows":
            return [[row] for row in rows]
        case "doubled":
            return [[row for row in rows for _ in range(2)]]
        case "backwards":
            return [rows[::-1]]
        case _:
            return [rows]
