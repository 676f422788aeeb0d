"""Approvals: what outside agents ask to be allowed, from the question to the answer of a person.

The ledger is the only place where a question is answered; whoever asked waits for its row. So it does not matter who
answers, or how: command line, page, chat command and the owner's reply all write there. Who may, is decided before.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta

import structlog

from openclaw.domain.acp import Decision, PermissionQuestion, PermissionRequest, PermissionState
from openclaw.domain.handles import Handle
from openclaw.domain.ids import SessionKey
from openclaw.domain.turns import Origin
from openclaw.errors import StoreError
from openclaw.inbound.pairing import make_code
from openclaw.inbound.permits import decide
from openclaw.store import Ledger, Tx, pairing, permissions
from openclaw.store.changes import Listener

log = structlog.get_logger("openclaw.approvals")

MOST_OPEN = 8
"""How many questions of one session may stand: more than anybody can answer is no question, and is denied."""

_TOPIC = "permissions"


class Approvals:
    """The questions that stand in ``ledger``."""

    def __init__(self, ledger: Ledger, now: Callable[[], datetime]) -> None:
        self._ledger = ledger
        self._now = now

    async def recover(self) -> None:
        """Close what an earlier run left open: nobody waits for it any more. To be called before anything is asked."""
        await self._ledger.write(permissions.recover)

    async def ask(self, question: PermissionQuestion, origin: Origin, seconds: float) -> Decision:
        """What a person answers to ``question``, which the conversation ``origin`` waits for.

        A denial when nobody has answered within ``seconds``. Who is cancelled takes the question back.

        Raises:
            StoreError: the ledger refused; nothing is allowed.
        """
        asked = _Asked(question, origin, timedelta(seconds=seconds), self._now)
        with self._ledger.changes.listen() as news:
            try:
                async with asyncio.timeout(seconds):
                    if not await self._ledger.write(asked.put):
                        log.warning("permission.refused", session=question.session, most=MOST_OPEN)
                        return Decision.DENY
                    done = await self._answer(asked, news)
            except TimeoutError:
                done = await self._ledger.write(asked.expire)
            except asyncio.CancelledError:
                # A write that was cut off is done all the same, and this one after it.
                with suppress(StoreError):
                    await self._ledger.write(asked.cancel)
                raise
        log.info("permission.answered", session=question.session, agent=question.agent, decision=done)
        return done

    async def decide(
        self, request: str, decision: Decision, session: SessionKey, by: Handle
    ) -> Decision | None:
        """Answer the open request with the code ``request`` on the word of ``by``; ``None`` when there is none.

        Raises:
            StoreError: the ledger refused.
        """
        now = self._now()

        def work(tx: Tx) -> Decision | None:
            found = permissions.find_open(tx, request, now)
            return decide(tx, found, decision, by, now) if found else None

        return await self._ledger.write(work)

    async def _answer(self, asked: _Asked, news: Listener) -> Decision:
        """The answer, once there is one."""
        while (found := await self._ledger.read(asked.found)) is not None:
            if found.state is not PermissionState.OPEN:
                return found.decision or Decision.DENY
            while _TOPIC not in await news.changed():
                pass
        return Decision.DENY


class _Asked:
    """One question on its way through the ledger. Its methods run in transactions, in the order of their calls."""

    def __init__(
        self, question: PermissionQuestion, origin: Origin, within: timedelta, now: Callable[[], datetime]
    ) -> None:
        self._question = question
        self._place = origin.account, origin.chat.key
        self._within = within
        self._now = now
        self._number = 0

    def put(self, tx: Tx) -> bool:
        """Write it down; whether it may stand."""
        now = self._now()
        standing = permissions.open_requests(tx, now)
        if sum(one.question.session == self._question.session for one in standing) >= MOST_OPEN:
            return False
        taken = {*permissions.open_codes(tx), *(one.code for one in pairing.open_requests(tx, now))}
        code = make_code(taken, secrets.choice)
        self._number = permissions.ask(tx, self._question, code, self._place, now, now + self._within).id
        return True

    def found(self, tx: Tx) -> PermissionRequest | None:
        """How it stands."""
        return permissions.find(tx, self._number)

    def expire(self, tx: Tx) -> Decision:
        """Close it as a denial, unless somebody was a moment quicker."""
        if permissions.end(tx, self._number, PermissionState.EXPIRED):
            return Decision.DENY
        found = self.found(tx)
        return (found.decision if found else None) or Decision.DENY

    def cancel(self, tx: Tx) -> None:
        """Take it back."""
        permissions.end(tx, self._number, PermissionState.CANCELLED)
