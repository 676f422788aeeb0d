"""Outside agents that are not there: an honest stand-in for the programs, and a house in which they are spoken to."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from tests.making import NOON
from tests.rig import Agent, Rig, running

from openclaw.domain.acp import AcpBinding, AcpSession, AgentAbilities, LiveAgent
from openclaw.domain.ids import AgentId, SessionKey
from openclaw.errors import AgentFailed
from openclaw.store import Ledger, acp_bindings, acp_sessions
from openclaw.turns.commands.ports import Ports

from ..house import house

CODEX, CLAUDE = AgentId("acp:codex"), AgentId("acp:claude")


@dataclass
class Programs:
    """Programs that run from their start to their end, and know only sessions that the ledger has.

    ``broken`` cannot be started, ``deaf`` refuses what is set; a start waits for ``may_start``, an end for
    ``may_close``, an answer for ``may_answer``. Those in ``busy`` are in the middle of something.
    """

    ledger: Ledger
    broken: bool = False
    deaf: bool = False
    running: dict[SessionKey, str] = field(default_factory=dict[SessionKey, str])
    starts: list[SessionKey] = field(default_factory=list[SessionKey])
    restarts: list[SessionKey] = field(default_factory=list[SessionKey])
    asked: list[tuple[SessionKey, str]] = field(default_factory=list[tuple[SessionKey, str]])
    told: list[tuple[SessionKey, str, str]] = field(default_factory=list[tuple[SessionKey, str, str]])
    busy: set[SessionKey] = field(default_factory=set[SessionKey])
    answer: str = "understood"
    may_start: asyncio.Event = field(default_factory=asyncio.Event)
    starting: asyncio.Event = field(default_factory=asyncio.Event)
    may_close: asyncio.Event = field(default_factory=asyncio.Event)
    closing: asyncio.Event = field(default_factory=asyncio.Event)
    may_answer: asyncio.Event = field(default_factory=asyncio.Event)
    asking: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        self.may_start.set()
        self.may_close.set()
        self.may_answer.set()

    async def start(self, session: SessionKey) -> AgentAbilities:
        """Start it."""
        self.starts.append(session)
        self.starting.set()
        await self.may_start.wait()
        found = await self.ledger.read(lambda tx: acp_sessions.find(tx, session))
        if found is None or self.broken:
            raise AgentFailed("/secret/path/codex-acp: it broke")
        self.running[session] = found.harness
        return AgentAbilities("codex", "1.0", modes=("ask", "code"))

    async def close(self, session: SessionKey) -> None:
        """End it."""
        self.closing.set()
        await self.may_close.wait()
        self.running.pop(session, None)

    async def restart(self, session: SessionKey) -> None:
        """End it; nothing here starts it anew but a start."""
        self.restarts.append(session)
        self.running.pop(session, None)

    async def ask(self, session: SessionKey, text: str) -> str:
        """Answer the same to whatever is said."""
        self.asked.append((session, text))
        self.asking.set()
        await self.may_answer.wait()
        if self.broken:
            raise AgentFailed("/secret/path: it broke")
        return self.answer

    async def set_mode(self, session: SessionKey, mode: str) -> None:
        """Take it."""
        await self.set_option(session, "mode", mode)

    async def set_option(self, session: SessionKey, option: str, value: str) -> None:
        """Take it, while it runs."""
        if self.deaf:
            raise AgentFailed("no such option")
        if session in self.running:
            self.told.append((session, option, value))

    def abilities(self, session: SessionKey) -> AgentAbilities | None:
        """What it said of itself."""
        return AgentAbilities("codex", "1.0", modes=("ask", "code")) if session in self.running else None

    def live(self) -> Sequence[LiveAgent]:
        """Those that run."""
        return [
            LiveAgent(key, harness, 1, NOON, busy=key in self.busy) for key, harness in self.running.items()
        ]


def outside_house(bindings: Sequence[dict[str, Any]] = (), **acp: Any) -> dict[str, Any]:
    """The house of commands with one agent of ours and outside ones."""
    return house() | {"acp": acp, "bindings": list(bindings)}


@asynccontextmanager
async def outside(
    ledger: Ledger,
    document: dict[str, Any] | None = None,
    programs: Programs | None = None,
    agent: Agent | None = None,
    also: Sequence[AgentId] = (),
) -> AsyncGenerator[Rig]:
    """A gateway in which outside agents may be spoken to."""
    ports = Ports(outside=programs or Programs(ledger))
    known = (CODEX, CLAUDE, *also)
    async with running(ledger, document or outside_house(), agent, ports=ports, programs=known) as rig:
        yield rig


async def sessions_of(ledger: Ledger) -> list[AcpSession]:
    """The sessions of outside agents that there are."""
    return await ledger.read(acp_sessions.newest)


async def bindings_of(ledger: Ledger) -> list[AcpBinding]:
    """The conversations that are bound."""
    return await ledger.read(acp_bindings.every)
