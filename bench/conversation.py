"""Messages with a mark, and which sends answered them: when, how often, and where.

Owns the bookkeeping of one exchange. It must not know processes.
"""

from __future__ import annotations

import asyncio
import statistics
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from .mac import Mac
from .model import MARK
from .told import Chat, Row

# The original needs two and a half minutes for the burst.
BURST_LIMIT = 600.0
ANSWER_LIMIT = 120.0
# Lets the work after a reply end before the next message comes: this measures one at a time.
_PAUSE = 0.02


@dataclass(slots=True)
class Exchange:
    """The messages of one measure, by mark, and the sends that named them."""

    mac: Mac
    label: str
    asked: dict[str, Row] = field(default_factory=dict[str, Row])
    first_ns: dict[str, int] = field(default_factory=dict[str, int])
    own_rows: dict[str, Row] = field(default_factory=dict[str, Row])
    doubled: int = 0
    astray: int = 0
    sends: int = 0
    _read: int = 0

    def __post_init__(self) -> None:
        """Count only what is sent from now on."""
        self._read = len(self.mac.sendings)

    async def ask(self, chat: Chat, files: Sequence[Path] = ()) -> str:
        """Let somebody write the next message, with ``files``; its mark."""
        mark = f"m-{self.label}-{len(self.asked)}"
        self.asked[mark] = await self.mac.receive(chat, f"Hello {mark}, how are you today?", files)
        return mark

    def take(self) -> None:
        """Read what has been sent since the last look."""
        for sending in self.mac.sendings[self._read :]:
            self._read += 1
            marks = [mark for mark in MARK.findall(sending.row.text) if mark in self.asked]
            self.sends += bool(marks)
            for mark in marks:
                self.doubled += mark in self.first_ns
                self.astray += self.asked[mark].chat is not sending.row.chat
                self.first_ns.setdefault(mark, sending.read_ns)
                self.own_rows.setdefault(mark, sending.row)

    def is_answered(self, mark: str) -> bool:
        """Whether a send has named ``mark`` and its own row has been told to the watch."""
        return mark in self.own_rows and self.own_rows[mark].told_ns > 0

    async def answered(self, limit: float) -> bool:
        """Wait until every message is answered; false when ``limit`` seconds were not enough."""

        def complete() -> bool:
            self.take()
            return len(self.first_ns) == len(self.asked) and all(map(self.is_answered, self.asked))

        try:
            async with asyncio.timeout(limit), self.mac.changed:
                await self.mac.changed.wait_for(complete)
        except TimeoutError:
            return False
        return True

    def latencies_ms(self) -> list[float]:
        """From each notification's write to the send that answered it, in the order of the messages."""
        return [
            (self.first_ns[mark] - row.told_ns) / 1e6
            for mark, row in self.asked.items()
            if mark in self.first_ns
        ]

    def confirmed_ms(self) -> list[float]:
        """The same up to the own row in the watch."""
        return [
            (self.own_rows[mark].told_ns - row.told_ns) / 1e6
            for mark, row in self.asked.items()
            if self.is_answered(mark)
        ]

    def wall_s(self) -> float:
        """From the first notification to the last send."""
        return (max(self.first_ns.values()) - min(row.told_ns for row in self.asked.values())) / 1e9


async def one_at_a_time(mac: Mac, label: str, chats: Sequence[Chat], times: int) -> Exchange:
    """``times`` messages, each after the answer to the one before, the chats in turn.

    Raises ``TimeoutError`` when one stays unanswered.
    """
    exchange = Exchange(mac, label)
    for number in range(times):
        mark = await exchange.ask(chats[number % len(chats)])
        if not await exchange.answered(ANSWER_LIMIT):
            raise TimeoutError(f"{mark} has got no answer in {ANSWER_LIMIT:.0f} s")
        await asyncio.sleep(_PAUSE)
    return exchange


async def all_at_once(mac: Mac, label: str, chats: Sequence[Chat], each: int) -> Exchange:
    """``each`` messages into every chat, interleaved, without waiting; returns when all are answered or time is up."""
    exchange = Exchange(mac, label)
    for _ in range(each):
        for chat in chats:
            await exchange.ask(chat)
    await exchange.answered(BURST_LIMIT)
    return exchange


def percentile(values: Sequence[float], share: float) -> float:
    """The value that ``share`` of all do not exceed."""
    ordered = sorted(values)
    return ordered[min(round(share * len(ordered)), len(ordered) - 1)]


def median(values: Sequence[float]) -> float:
    """The middle of ``values``."""
    return statistics.median(values)
