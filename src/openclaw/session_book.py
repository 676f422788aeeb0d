"""What the runtime of outside agents reaches of the rest: its sessions in the ledger, the shelf of files that leave."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from datetime import datetime

from openclaw.domain.acp import AcpSession, AcpState
from openclaw.domain.delivery import OutboundFile
from openclaw.domain.ids import AccountId, SessionKey
from openclaw.domain.sessions import Session
from openclaw.errors import AgentNotConfigured, FileRefused
from openclaw.outbound.shelf import Shelf
from openclaw.store import Ledger, acp_sessions, sessions


class LedgerBook:
    """The sessions of outside agents as the ledger keeps them."""

    def __init__(self, ledger: Ledger, now: Callable[[], datetime]) -> None:
        self._ledger = ledger
        self._now = now

    async def recover(self) -> None:
        """Nothing runs yet: the gateway has just been started."""
        await self._ledger.write(acp_sessions.recover)

    async def of_turn(self, session: Session) -> AcpSession:
        """The session of a turn. Raises AgentNotConfigured when it was closed while the turn waited."""
        kept = await self._ledger.read(lambda tx: acp_sessions.find(tx, session.key))
        if kept is None:
            raise AgentNotConfigured(f"the session {session.key} was closed")
        return kept

    async def find(self, key: SessionKey) -> tuple[AcpSession, int] | None:
        """The session ``key`` and the generation that its next turn has, ``None`` when there is none."""
        kept, session = await self._ledger.read(
            lambda tx: (acp_sessions.find(tx, key), sessions.find(tx, key))
        )
        return (kept, session.generation if session else sessions.FIRST_GENERATION) if kept else None

    async def named(self, key: SessionKey, outside_id: str, generation: int) -> None:
        """Keep the agent's own name for a generation of the session."""
        now = self._now()
        await self._ledger.write(lambda tx: acp_sessions.named_outside(tx, key, outside_id, generation, now))

    async def settle(self, key: SessionKey, state: AcpState, error: str = "") -> None:
        """Keep how the session is doing."""
        now = self._now()
        await self._ledger.write(lambda tx: acp_sessions.settle(tx, key, state, error, now))


class FileKeeper:
    """Puts files that an agent said on the shelf, within the limit of the account that is to send them."""

    def __init__(self, shelf: Shelf, limits_mb: Mapping[AccountId, float]) -> None:
        self._shelf = shelf
        self._limits_mb = limits_mb

    def adopt(self, limits_mb: Mapping[AccountId, float]) -> None:
        """Go by other limits."""
        self._limits_mb = limits_mb

    async def keep(self, account: AccountId, content: bytes, name: str, mime_type: str) -> OutboundFile:
        """A copy that can be sent. Raises FileRefused when it is too large, or the disk refuses."""
        limit_mb = self._limits_mb.get(account, 0)
        try:
            return await asyncio.to_thread(self._shelf.put, name, [content], limit_mb)
        except OSError as error:
            raise FileRefused(f"{name} could not be kept: {error.strerror}") from error
