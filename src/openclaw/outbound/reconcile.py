"""Reconciling: looking in the phone's history for bubbles of which nobody can say whether they left.

Beside the running request, from 5 s on. An own row found there ends the doubt. Its absence is a proof only when
the child that took the bubble is dead, an Apple event would have run out, the watch stands, and what was read reaches
back behind the sending; then the bubble is sent once more. Whoever cannot read proves nothing.
"""

from __future__ import annotations

import asyncio
import math
from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from openclaw.domain.admission import Ours
from openclaw.domain.delivery import Delivery, DeliveryState, OutboundMessage
from openclaw.domain.ids import AccountId, ChatKey, DeliveryId, RowId
from openclaw.domain.messages import InboundMessage
from openclaw.domain.own_words import OwnWords, file_of_ours, match_own
from openclaw.errors import OpenClawError
from openclaw.outbound.ports import Channel
from openclaw.store import Ledger, Tx, databases, deliveries, outbox
from openclaw.store.clock import to_ms

log = structlog.get_logger("openclaw.outbound")

# How often it is seen what is due; no look is due before that.
_PERIOD_S = 5.0
# After that many seconds of doubt the history is read, and then each minute until the doubt is given up.
_LOOKS_S = (5.0, 15.0, 45.0, 90.0, 150.0)
_THEN_EVERY_S = 60.0
# An Apple event may still run for two minutes after everybody has given up on it.
_RUN_OUT_S = 150.0
# A proof of a miss holds once: who is lost twice has a reason that a third try does not know either.
_MOST_ATTEMPTS = 2
# The newest rows almost always suffice; a busy group may have said more meanwhile.
_ROWS, _MORE_ROWS = 30, 200
# The phone bounds its own requests; this ends what even that does not.
_READ_LIMIT_S = 120.0
# Bubbles of a chat that were settled since then may have taken rows that are looked at.
_SETTLED_SINCE = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Look:
    """The newest rows of a chat, newest first. ``whole``: there are no older ones. ``live``: the watch stood after it.

    ``patient`` are the bubbles whose doubt had lasted longer than any Apple event before the rows were read.
    """

    rows: Sequence[InboundMessage]
    whole: bool
    live: bool
    patient: Collection[DeliveryId]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a look did: whether it settled anything, and whether older rows might have settled more."""

    settled: bool
    short: bool


class Reconciler:
    """Looks for the bubbles in doubt of one account; ``settled`` is called when a chat may go on.

    ``ticks`` counts seconds that really passed: a computer that slept and a clock that was set make no proof.
    """

    def __init__(
        self,
        ledger: Ledger,
        account: AccountId,
        channel: Channel,
        now: Callable[[], datetime],
        settled: Callable[[], None],
        ticks: Callable[[], float],
    ) -> None:
        self._ledger = ledger
        self._account = account
        self._channel = channel
        self._now = now
        self._settled = settled
        self._ticks = ticks
        self._began = ticks()
        self._since: dict[DeliveryId, float] = {}
        self._looked: dict[DeliveryId, float] = {}
        self._over: dict[DeliveryId, float] = {}
        self._told = asyncio.Event()
        self._told.set()

    def note(self, delivery: DeliveryId) -> None:
        """The bubble is being sent."""
        self._since[delivery] = self._ticks()
        self._over[delivery] = math.inf
        self._looked.pop(delivery, None)
        self._told.set()

    def over(self, delivery: DeliveryId) -> None:
        """Nobody waits for the phone's answer any more; from now on what it was asked runs out."""
        self._over[delivery] = self._ticks()

    async def run(self) -> None:
        """Look whenever something is due, until cancelled."""
        while True:
            await self._told.wait()
            self._told.clear()
            await asyncio.sleep(_PERIOD_S)
            # Listed boundary: a bug or a full disk here must not stop the sending.
            try:
                if await self.look():
                    self._told.set()
            except Exception:
                log.exception("reconciler.broken", account=self._account)
                self._told.set()

    async def look(self) -> bool:
        """Look once for what is due; whether anything may still be in doubt."""
        noted = dict(self._since)
        doubts = await self._ledger.read(lambda tx: outbox.doubtful(tx, self._account))
        self._keep_clocks({one.id for one in doubts}, noted)
        due = defaultdict[ChatKey, list[OutboundMessage]](list)
        for one in doubts:
            if self._is_due(one.id):
                due[one.message.chat_key].append(one.message)
        for waiting in due.values():
            await self._look_into(waiting[0])
        return bool(doubts)

    def _keep_clocks(self, known: Collection[DeliveryId], noted: Mapping[DeliveryId, float]) -> None:
        """Forget the times of what is settled, but of nothing whose sending began while the ledger was read."""
        settled = [one for one, since in noted.items() if one not in known and self._since[one] == since]
        for clock in (self._since, self._looked, self._over):
            for one in settled:
                clock.pop(one, None)
        for one in known:
            self._since.setdefault(one, self._began)
            self._over.setdefault(one, self._began)

    def _is_due(self, delivery: DeliveryId) -> bool:
        waited = self._ticks() - self._since[delivery]
        if not is_due(waited, self._looked.get(delivery)):
            return False
        self._looked[delivery] = waited
        return True

    async def _look_into(self, message: OutboundMessage) -> None:
        """Read the chat of a bubble, further back when that may settle more."""
        for limit in (_ROWS, _MORE_ROWS):
            patient = {one for one, over in self._over.items() if self._ticks() - over >= _RUN_OUT_S}
            try:
                async with asyncio.timeout(_READ_LIMIT_S):
                    rows = await self._channel.recent(message.target, limit)
            except (OpenClawError, TimeoutError) as error:
                log.info("history.unread", account=self._account, cause=str(error))
                return
            seen = Look(rows, len(rows) < limit, self._channel.is_live, patient)
            outcome = await self._ledger.write(
                lambda tx, seen=seen: settle(tx, self._account, message.chat_key, seen, self._now())
            )
            if outcome.settled:
                self._settled()
            if not outcome.short:
                return


def is_due(waited_s: float, looked_s: float | None) -> bool:
    """Whether a doubt of ``waited_s`` seconds is to be looked at, last done when it was ``looked_s`` old."""
    before = -1.0 if looked_s is None else looked_s
    if any(before < mark <= waited_s for mark in _LOOKS_S):
        return True
    return waited_s > _LOOKS_S[-1] and waited_s - before >= _THEN_EVERY_S


def settle(tx: Tx, account: AccountId, chat: ChatKey, seen: Look, now: datetime) -> Outcome:
    """Write what ``seen`` says about the bubbles of ``chat`` that are in doubt now."""
    doubts = [one for one in outbox.doubtful(tx, account) if one.message.chat_key == chat]
    after = {one.id: outbox.newest_before(tx, account, chat, _began(one)) for one in doubts}
    free = _free(tx, account, chat, seen, doubts)
    found = _find([row for row in free if row.from_me], doubts, after, now)
    others = [one for one in doubts if one.id not in found]
    # A row that says the same and is the peer's is an echo, a mirror, or ours in disguise (imsg#80): it proves nothing.
    # One that does not say whose it is counts unless such a row came before it.
    alike = _find([row for row in free if not row.from_me], others, after, now)
    found |= {one: row for one, row in alike.items() if row.from_me is None}
    for delivery, row in found.items():
        deliveries.confirm(tx, delivery, row.guid, row.row_id, now)
        log.info("delivery.found", delivery=delivery, account=account, row=row.row_id)
    missing = [one for one in doubts if one.id not in found]
    proven = [
        one
        for one in missing
        if seen.live and one.id in seen.patient and one.id not in alike and _reaches(seen, after[one.id])
    ]
    # A database that came after it was begun may never have had its row.
    moved = max((at for at, _ in databases.changes(tx, account)), default=-1)
    lost = [one for one in proven if one.state is DeliveryState.UNKNOWN and moved < to_ms(_began(one))]
    for one in lost:
        _lose(tx, one, now)
    short = not seen.whole and any(not _reaches(seen, after[one.id]) for one in missing)
    return Outcome(bool(found or lost), short)


def _lose(tx: Tx, one: Delivery, now: datetime) -> None:
    log.warning("delivery.lost", delivery=one.id, account=one.message.account, attempts=one.attempts)
    if one.attempts < _MOST_ATTEMPTS:
        deliveries.send_again(tx, one.id, now, "the phone's history shows that it never left")
    else:
        reason = f"the phone took it {one.attempts} times and shows no row of it"
        deliveries.mark(tx, one.id, DeliveryState.PARKED, now, reason)


def _free(
    tx: Tx, account: AccountId, chat: ChatKey, seen: Look, doubts: Sequence[Delivery]
) -> list[InboundMessage]:
    """The rows that settled no other bubble, oldest first."""
    if not doubts:
        return []
    since = min(_began(one) for one in doubts) - _SETTLED_SINCE
    guids = [row.guid for row in seen.rows if row.guid]
    own = {one.id for one in doubts}
    taken = [one for one in outbox.taken_rows(tx, account, chat, guids, since) if one[0] not in own]
    by_guid, by_row = {guid for _, guid, _ in taken if guid}, {row for _, _, row in taken}
    return [row for row in reversed(seen.rows) if row.guid not in by_guid and row.row_id not in by_row]


def _find(
    rows: Sequence[InboundMessage],
    doubts: Sequence[Delivery],
    after: dict[DeliveryId, RowId | None],
    now: datetime,
) -> dict[DeliveryId, InboundMessage]:
    """The own row of each bubble that has one among ``rows``; no row is given twice."""
    found: dict[DeliveryId, InboundMessage] = {}
    for row in rows:
        own = [
            _words(one, row, after[one.id])
            for one in doubts
            if one.id not in found and row.row_id > (after[one.id] or 0)
        ]
        verdict = match_own(row, own, now)
        ours = verdict.delivery if isinstance(verdict, Ours) else file_of_ours(row, own, now)
        if ours is not None:
            found[ours] = row
    return found


def _words(one: Delivery, row: InboundMessage, after: RowId | None) -> OwnWords:
    """A bubble as the match wants it. Where row numbers tell what came after its sending, no clock is asked."""
    began = _began(one)
    at, since = (one.changed_at, began) if after is None else (row.sent_at, row.sent_at)
    return OwnWords(one.id, one.message.text, at, open=True, since=since, file=one.message.file)


def _reaches(seen: Look, after: RowId | None) -> bool:
    """Whether the rows reach back behind a sending: all of them, or down to what was known before.

    A chat whose rows all have lower numbers than one that we knew is numbered anew, and an empty one may be another.
    """
    if not seen.rows:
        return False
    if after is None:
        return seen.whole
    numbers = [row.row_id for row in seen.rows]
    return max(numbers) >= after and (seen.whole or min(numbers) <= after)


def _began(one: Delivery) -> datetime:
    return one.began_at or one.changed_at
