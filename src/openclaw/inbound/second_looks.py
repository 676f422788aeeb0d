"""Second looks: rows that came incomplete, or not as what they are, are read from the phone again before they count.

Owns when each is looked at. macOS writes a row before its chat, its text or its direction, and imsg reports it once,
as it is at that moment (imsg contract 5.1; imsg#80, oc#84470); what it became is only seen by asking.
"""

from __future__ import annotations

import asyncio
import heapq
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import count

import structlog

from openclaw.domain.ids import AccountId, MessageId
from openclaw.domain.messages import InboundMessage, LedgerMessage
from openclaw.errors import OpenClawError

log = structlog.get_logger("openclaw.inbound")

LOOKS_S = (0.5, 2.0, 10.0, 60.0)
"""When a doubtful row is looked at, in seconds after it came (design section 5)."""

BEHIND = timedelta(seconds=2)
"""How long later messages of its chat wait for a doubtful row at most."""

STABLE = timedelta(minutes=1)
"""A row that was written this long before it reached us has long become what it is: one look will do, or none."""

# After a look that could not be taken; doubled up to the second.
_AFTER_TROUBLE_S = 5.0
_LONGEST_REST_S = 60.0


@dataclass(frozen=True, slots=True)
class Look:
    """What is known when a row is judged after a look: whether it was the last one, and whether the row has settled."""

    last: bool = False
    settled: bool = False


FIRST_SIGHT = Look()
"""A row that was not looked at again yet."""


@dataclass(frozen=True, slots=True)
class Doubt:
    """A row that is to be looked at; ``settle_s`` is how long its account's rows settle, 0 for not."""

    held: LedgerMessage
    settle_s: float = 0.0


@dataclass(order=True, slots=True)
class _Due:
    at: float
    number: int
    doubt: Doubt = field(compare=False)
    look: Look = field(compare=False)
    rest_s: float = field(compare=False)


class SecondLooks:
    """The rows in doubt of all accounts, and the task that follows them up.

    ``reread`` gives a row as the phone has it now, ``None`` when it is not found, and raises ``OpenClawError`` when the
    phone cannot be asked; ``found`` gets what came of a look.
    """

    def __init__(
        self,
        reread: Callable[[InboundMessage], Awaitable[InboundMessage | None]],
        found: Callable[[MessageId, InboundMessage | None, Look], Awaitable[None]],
        judge: Callable[[Sequence[MessageId]], Awaitable[None]],
        looks_s: Sequence[float] = LOOKS_S,
        rest_s: float = _AFTER_TROUBLE_S,
    ) -> None:
        self._reread = reread
        self._found = found
        self._judge = judge
        self._looks_s = tuple(looks_s)
        self._rest_s = rest_s
        self._queues: dict[AccountId, list[_Due]] = {}
        self._numbers = count()
        self._taken: dict[MessageId, int] = {}
        self._since: dict[MessageId, float] = {}
        self._behind: dict[MessageId, float] = {}
        # Each account's phone answers one read at a time, and a slow one must not hold up the others.
        self._looking: set[AccountId] = set()
        self._stirred = asyncio.Event()

    def expect(self, doubts: Sequence[Doubt], behind: Mapping[MessageId, float]) -> None:
        """Follow ``doubts`` up, each at its next time; judge those ``behind`` one after as many seconds again."""
        now = asyncio.get_running_loop().time()
        for doubt in doubts:
            self._push(self._next(doubt, now))
        for each, wait_s in behind.items():
            self._behind.setdefault(each, now + wait_s)
        if doubts or behind:
            self._stirred.set()

    def over(self, message: MessageId) -> None:
        """A row is in doubt no more: whoever waits behind it need not wait."""
        self._taken.pop(message, None)
        self._since.pop(message, None)
        if self._behind:
            self._behind = dict.fromkeys(self._behind, 0.0)
            self._stirred.set()

    async def run(self) -> None:
        """Look whenever it is time, until cancelled."""
        async with asyncio.TaskGroup() as group:
            while True:
                await self._until_due()
                now = asyncio.get_running_loop().time()
                for account, first in self._firsts():
                    if first.at <= now:
                        self._looking.add(account)
                        group.create_task(self._look(account, heapq.heappop(self._queues[account])))
                await self._judge_behind([each for each, at in self._behind.items() if at <= now])

    def _push(self, due: _Due) -> None:
        heapq.heappush(self._queues.setdefault(due.doubt.held.message.account, []), due)

    def _firsts(self) -> list[tuple[AccountId, _Due]]:
        """The next look of each account whose phone is not being asked."""
        return [
            (account, queue[0])
            for account, queue in self._queues.items()
            if queue and account not in self._looking
        ]

    def _next(self, doubt: Doubt, now: float) -> _Due:
        held, last = doubt.held, len(self._looks_s) - 1
        since = self._since.setdefault(held.id, now)
        taken = self._taken.get(held.id, 0)
        if not taken and held.received_at - held.message.sent_at > STABLE:
            taken, wait = last, max(self._looks_s[0], doubt.settle_s)
        elif doubt.settle_s and not taken:
            wait = doubt.settle_s
            taken = next((n for n, each in enumerate(self._looks_s) if each >= wait), last)
        else:
            taken = min(taken, last)
            wait = self._looks_s[taken]
        self._taken[held.id] = taken + 1
        look = Look(last=taken >= last, settled=wait >= doubt.settle_s)
        return _Due(since + wait, next(self._numbers), doubt, look, self._rest_s)

    async def _until_due(self) -> None:
        times = [*self._behind.values(), *(first.at for _, first in self._firsts())]
        now = asyncio.get_running_loop().time()
        try:
            async with asyncio.timeout(max(0.0, min(times) - now) if times else None):
                await self._stirred.wait()
        except TimeoutError:
            pass
        self._stirred.clear()

    async def _look(self, account: AccountId, due: _Due) -> None:
        held = due.doubt.held
        # Listed boundary: a full disk passes; the row is on disk, and the look is taken once more.
        try:
            await self._found(held.id, await self._reread(held.message), due.look)
        except OpenClawError as error:
            # Whoever could not look has seen nothing: neither that the row is complete nor that it is not.
            log.info("message.not_reread", message=held.id, account=account, cause=str(error))
            self._postpone(due)
        except Exception:
            log.exception("message.unjudged", message=held.id)
            self._postpone(due)
        finally:
            self._looking.discard(account)
            self._stirred.set()

    def _postpone(self, due: _Due) -> None:
        due.at = asyncio.get_running_loop().time() + due.rest_s
        due.rest_s = min(2 * due.rest_s, _LONGEST_REST_S)
        self._push(due)

    async def _judge_behind(self, ready: Sequence[MessageId]) -> None:
        for each in ready:
            del self._behind[each]
        # Listed boundary, for the same reason.
        try:
            if ready:
                await self._judge(ready)
        except Exception:
            log.exception("messages.unjudged", count=len(ready))
            self.expect((), dict.fromkeys(ready, self._rest_s))
