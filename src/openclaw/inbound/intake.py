"""The intake: rows that a phone reported are kept, judged, and followed up until each has its verdict.

Owns what waits to be looked at again and the backlogs that are not complete yet. What follows from a verdict is none of
its business: that comes out as :class:`Consequences`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from openclaw.domain.ids import AccountId, MessageId, RowId, SessionKey
from openclaw.domain.messages import InboundMessage, MessageState
from openclaw.inbound import backlog
from openclaw.inbound.backlog import QUIET_S, Backlogs
from openclaw.inbound.brakes import Brakes
from openclaw.inbound.consequences import Consequences
from openclaw.inbound.judge import Judge
from openclaw.inbound.second_looks import LOOKS_S, Doubt, Look, SecondLooks
from openclaw.inbound.verdicts import Directions, Door
from openclaw.store import Ledger, Tx, accounts, databases, messages

# Own rows that we did not send mean that a person uses the account too: macOS then writes rows twice and late.
_PERSONAL_SETTLE_S = 1.0
# What was received and not judged before a stop is one batch, or what settled for a second: never this many.
_ALL = 100_000

Reread = Callable[[InboundMessage], Awaitable[InboundMessage | None]]
"""Asks a phone for a row as it has it now; ``None`` when it is not found."""


@dataclass(frozen=True, slots=True)
class Patience:
    """How long rows are waited for. ``settle_s`` names only accounts that have a time of their own."""

    settle_s: Mapping[AccountId, float] = field(default_factory=dict[AccountId, float])
    looks_s: Sequence[float] = LOOKS_S
    quiet_s: float = QUIET_S


class Intake:
    """The intake of all accounts: those that have a door."""

    def __init__(
        self,
        ledger: Ledger,
        doors: Mapping[AccountId, Door],
        directions: Directions,
        brakes: Brakes,
        patience: Patience,
        now: Callable[[], datetime],
    ) -> None:
        self._ledger = ledger
        self._now = now
        self.adopt(doors, directions, brakes, patience)
        self._looks = SecondLooks(self._reread, self._look_taken, self.judge, patience.looks_s)
        self._backlogs = Backlogs(self._let_go, patience.quiet_s)
        self._rereads: dict[AccountId, Reread] = {}
        self._personal: set[AccountId] = set()

    def adopt(
        self, doors: Mapping[AccountId, Door], directions: Directions, brakes: Brakes, patience: Patience
    ) -> None:
        """Judge by other settings from the next row on; the times of second looks stay as they began."""
        self._doors = doors
        self._brakes = brakes
        self._patience = patience
        self._judge = Judge(doors, directions, brakes, self._now, self._settle_s)

    async def start(
        self,
        group: asyncio.TaskGroup,
        act: Callable[[Consequences], Awaitable[None]],
        wake: Callable[[SessionKey], None],
    ) -> None:
        """Learn what the ledger knows of the accounts, then follow up in ``group`` what is in doubt.

        ``act`` does what follows from a judgement, ``wake`` has a lane take what waits in a session.
        """
        self._act, self._wake = act, wake
        # Their phones reported own rows that we did not send.
        self._personal |= await self._ledger.write(
            lambda tx: messages.accounts_with(tx, MessageState.OWNER_TYPED)
        )
        group.create_task(self._looks.run(), name="second looks")
        group.create_task(self._backlogs.run(), name="backlogs")

    def attach(self, account: AccountId, reread: Reread) -> None:
        """Let doubtful rows of ``account`` be looked at by ``reread``."""
        self._rereads[account] = reread

    def detach(self, account: AccountId) -> None:
        """Nobody can look at the rows of ``account`` any more."""
        self._rereads.pop(account, None)

    async def receive(
        self, account: AccountId, batch: Sequence[InboundMessage], *, in_turn: bool = True
    ) -> None:
        """Rows that a phone reported. On return they and, if they came in their turn, the cursor are on disk."""
        if not batch:
            return
        # One transaction for both: no time is lost between the row and its verdict.
        await self.follow(
            await self._ledger.write(
                lambda tx: self._judge.judge(tx, self._keep(tx, account, batch, in_turn=in_turn))
            )
        )

    async def judge(self, ids: Collection[MessageId]) -> None:
        """Give each received message its verdict, and do what follows from it."""
        await self.follow(await self._ledger.write(lambda tx: self._judge.judge(tx, ids)))

    def recover(self, tx: Tx) -> Consequences:
        """What was received, in doubt or late when the gateway stopped, to be followed up by :meth:`follow`."""
        done = self.judge_received(tx)
        expected = {doubt.held.id for doubt in done.doubts}
        done.doubts += [
            Doubt(held, self._settle_s(held.message.account))
            for held in messages.in_state(tx, MessageState.SUSPECT, limit=_ALL)
            if held.message.account in self._doors and held.id not in expected
        ]
        # Of rows that say the same, the one that came first is the likelier to be ours.
        done.doubts.sort(key=lambda doubt: doubt.held.id)
        done.late |= messages.accounts_with(tx, MessageState.LATE)
        return done

    def judge_received(self, tx: Tx) -> Consequences:
        """What was received and has no verdict yet gets it, where its account has a door."""
        received = messages.in_state(tx, MessageState.RECEIVED, limit=_ALL)
        return self._judge.judge(tx, [held.id for held in received])

    async def follow(self, done: Consequences) -> None:
        """Follow up what a judgement left open, and have the rest done."""
        self._personal |= done.personal
        self._looks.expect(done.doubts, done.behind)
        for message in done.settled:
            self._looks.over(message)
        if self._brakes.late_policy != "hold":
            for account in done.late:
                self._backlogs.grow(account)
        await self._act(done)

    def _keep(
        self, tx: Tx, account: AccountId, batch: Sequence[InboundMessage], *, in_turn: bool
    ) -> list[MessageId]:
        # A phone may tell rows of one poll in any order; what was written first is judged first.
        ids = messages.receive(tx, sorted(batch, key=lambda row: row.row_id), self._now())
        if in_turn:
            accounts.advance(tx, account, RowId(max(row.row_id for row in batch)))
        self._note_chats(tx, account, batch)
        return ids

    def _note_chats(self, tx: Tx, account: AccountId, batch: Sequence[InboundMessage]) -> None:
        if account in databases.unproven(tx):
            return
        # One chat often has many rows of a batch; its last one knows it best.
        last = {row.chat.key: row for row in batch if row.chat is not None}.values()
        policy = self._doors[account].policy
        accounts.note_chats(tx, [(row, policy.is_group(row)) for row in last])

    def _settle_s(self, account: AccountId) -> float:
        personal = _PERSONAL_SETTLE_S if account in self._personal else 0.0
        return self._patience.settle_s.get(account, personal)

    async def _reread(self, message: InboundMessage) -> InboundMessage | None:
        reread = self._rereads.get(message.account)
        return await reread(message) if reread else None

    async def _look_taken(self, message: MessageId, row: InboundMessage | None, look: Look) -> None:
        await self.follow(await self._ledger.write(lambda tx: self._judge_anew(tx, message, row, look)))

    def _judge_anew(self, tx: Tx, message: MessageId, row: InboundMessage | None, look: Look) -> Consequences:
        if row is not None:
            messages.amend(tx, message, row)
            self._note_chats(tx, row.account, [row])
        return self._judge.judge(tx, [message], look)

    async def _let_go(self, account: AccountId) -> None:
        sessions: set[SessionKey] = set()
        while found := await self._ledger.write(lambda tx: backlog.let_go(tx, account, self._now())):
            sessions |= found
        # Only now: a lane that began with the first part would answer it as if it were all.
        for key in sessions:
            self._wake(key)
