"""The house of one schedule: a gateway that is started, stopped and killed over one ledger, beside a Mac that goes on.

Owns the order in which things happen, and hands what it saw to ``promises``. It judges nothing itself.
"""

from __future__ import annotations

from collections.abc import Coroutine
from datetime import datetime, timedelta
from typing import Any

from tests.making import ACCOUNT, ANN, BOB, NOON
from tests.schedules import promises
from tests.schedules.bubbles import at_a_send
from tests.schedules.clockwork import Clockwork
from tests.schedules.disk import Disk, Fragile
from tests.schedules.life import Life
from tests.schedules.mac import CHATS, NEVER, OWN, STRANGER, Fate, Mac
from tests.schedules.minds import Mind
from tests.schedules.orders import order
from tests.schedules.steps import (
    DECISIONS,
    Again,
    Decide,
    DiskFull,
    GoOn,
    History,
    Kill,
    NextAnswer,
    NextSend,
    OwnerTypes,
    Pause,
    Resume,
    Say,
    Sleep,
    Start,
    Step,
    Stop,
    Wait,
    Watch,
)
from tests.schedules.truth import Question, Truth

from openclaw.domain.delivery import OutboundMessage
from openclaw.errors import StoreError
from openclaw.store import accounts

_PEOPLE = ((ANN, 0), (BOB, 1), (ANN, 2), (BOB, 2), (STRANGER, 3), (OWN, 4))
_OLD_ROWS = 3
# At the end everything must come to rest within this many looks of ten seconds each.
_LOOKS = 60


class House:
    """Everything around the gateway."""

    def __init__(self, clockwork: Clockwork, disk: Disk) -> None:
        self._clockwork = clockwork
        self._disk = disk
        self._shift = timedelta(0)
        self._mac = Mac(self._now, clockwork.time, self._sending)
        self._mind = Mind()
        self._full = False
        self._life: Life | None = None
        self._said = 0
        self._truth = Truth(self._mac)

    @property
    def breaches(self) -> list[str]:
        """The promises that were seen broken up to now."""
        return self._truth.breaches

    @property
    def is_up(self) -> bool:
        """Whether the gateway runs."""
        return self._life is not None

    @property
    def stalls(self) -> bool:
        """Whether an agent stalls."""
        return self._mind.stalls

    def decidable(self) -> list[str]:
        """What the operator could decide now, of ``DECISIONS``."""
        if self._life is None or self._full:
            return []
        look = self._life.ledger.look
        return [what for what in DECISIONS if look(lambda tx, what=what: promises.decidable(tx, what))]

    def begin(self) -> None:
        """Old rows are there, and the gateway is started."""
        for number in range(_OLD_ROWS):
            self._mac.write(CHATS[number % 2], "theirs", f"old news {number}")
        self._truth.start = len(self._mac.rows)
        self._let(self._start())

    def do(self, step: Step) -> None:
        """One step. What it sets going goes on only while time passes, or somebody waits for the gateway."""
        self._step(step)
        if self._life is not None and self._life.is_over:
            self._let(self._end())

    def check(self, question: Question) -> None:
        """Ask the ledger; what is wrong is a breach."""
        self._truth.breaches += self._ask(question)

    def come_to_rest(self) -> None:
        """All trouble ends, and everything comes to rest; then nothing may be left half way."""
        self._let(self._come_to_rest())
        self.check(promises.at_the_end)
        if not self._truth.retried:
            self._truth.breaches += self._mind.repeated

    def end(self) -> None:
        """The gateway is stopped, if it runs."""
        self._let(self._end())

    def _let(self, doing: Coroutine[Any, Any, None]) -> None:
        self._clockwork.run_until_complete(doing)

    def _now(self) -> datetime:
        return NOON + self._shift + timedelta(seconds=self._clockwork.time())

    def _ask(self, question: Question) -> list[str]:
        if self._life is not None:
            return self._life.ledger.look(lambda tx: question(tx, self._truth))
        reader = Fragile(self._disk, lambda: None)
        try:
            return reader.look(lambda tx: question(tx, self._truth))
        finally:
            reader.close()

    def _check(self) -> None:
        if self._life is not None:
            self.check(promises.kept_before_counted)

    def _sending(self, message: OutboundMessage) -> None:
        self._truth.breaches += self._ask(lambda tx, truth: at_a_send(tx, truth, message))

    async def _start(self) -> None:
        if self._life is None:
            self._life = Life(
                self._disk, self._mac, self._mind, self._truth.start, self._now, full=self._full
            )
            await self._clockwork.let_pass(0)
            await self._bury_the_dead()

    async def _end(self) -> None:
        if self._life is None:
            return
        error = await self._life.end()
        if error is not None and not (self._full and _only_full(error)):
            self._truth.breaches.append(f"the gateway did not end well: {error!r}")
        self._check()
        self._life.ledger.close()
        self._life = None

    async def _bury_the_dead(self) -> None:
        if self._life is not None and self._life.is_over:
            await self._end()

    def _step(self, step: Step) -> None:
        match step:
            case Say():
                self._say(step)
            case OwnerTypes(chat, flaw, whole):
                self._said += 1
                text = f"Typed by the owner {self._said}"
                self._mac.write(CHATS[chat], "owner", text, flaw=flaw, whole_s=whole)
            case NextSend(answer, leaves, answers, flaw, whole):
                self._mac.fates.append(Fate(answer, None if leaves < 0 else leaves, answers, flaw, whole))
            case NextAnswer(how):
                self._mind.ways.append(how)
            case GoOn():
                self._mind.go_on()
            case Wait(seconds):
                self._let(self._clockwork.let_pass(seconds))
            case Sleep(hours):
                self._shift += timedelta(hours=hours)
                self._mac.complete()
                self._truth.sleeps += 1
            case Start():
                self._let(self._start())
            case Stop():
                self._let(self._end())
            case Kill(at):
                if self._life is not None:
                    self._life.kill(at)
            case _:
                self._trouble(step)

    def _trouble(self, step: Step) -> None:
        match step:
            case Watch(manner):
                self._mac.report_as(manner)
            case Again(rows):
                self._mac.report_again(max(self._truth.start, len(self._mac.rows) - rows), self._kept())
            case DiskFull(full):
                self._full = full
                if self._life is not None:
                    self._life.ledger.refuses = full
            case History(readable):
                self._mac.readable = readable
            case Pause() | Resume() | Decide():
                self._let(self._order(step))
            case _:
                raise AssertionError(f"nobody knows how to do {step}")

    async def _order(self, step: Pause | Resume | Decide) -> None:
        """What the operator says while the gateway runs; without one, and with a full disk, nothing happens."""
        if self._life is not None and not self._full:
            await order(self._life, self._truth, step, self._now())

    def _kept(self) -> int:
        return self._life.ledger.look(lambda tx: accounts.cursor(tx, ACCOUNT)) or 0 if self._life else 0

    def _say(self, step: Say) -> None:
        sender, chat = _PEOPLE[step.who]
        whole = NEVER if step.whole < 0 else step.whole
        text = self._words(step.what, chat)
        age = timedelta(hours=step.hours)
        self._mac.write(CHATS[chat], "theirs", text, sender, age=age, flaw=step.flaw, whole_s=whole)

    def _words(self, what: str, chat: int) -> str:
        self._said += 1
        left = (each.text for each in reversed(self._mac.left) if each.chat == CHATS[chat].key)
        last = next(left, "hello")
        match what:
            case "new":
                return f"Something new is said here, number {self._said}."
            case "echo":
                return last
            case "twist":
                return f"Re: {last}"
            case "empty":
                return ""
            case "long":
                return f"Number {self._said} " + "and more " * 500
            case _:
                return what

    async def _come_to_rest(self) -> None:
        """All trouble ends; then nothing may be left half way."""
        self._mac.fates.clear()
        self._mind.ways.clear()
        self._full, self._mac.readable = False, True
        if self._life is not None:
            self._life.ledger.refuses, self._life.ledger.dies_in = False, 0
        for look in range(_LOOKS):
            await self._bury_the_dead()
            await self._start()
            self._mac.report_as("rows")
            self._mind.go_on()
            await self._order(Resume())
            await self._clockwork.let_pass(10 if look else 3)
            self._check()
            if not self._ask(promises.unfinished):
                return
            if look == _LOOKS // 2:
                self._shift += timedelta(hours=2)


def _only_full(error: BaseException) -> bool:
    """Whether it ended because of the full disk alone, as a start does that cannot write."""
    inside = error.exceptions if isinstance(error, BaseExceptionGroup) else ()
    return isinstance(error, StoreError) or (bool(inside) and all(_only_full(each) for each in inside))
