"""A gateway in this process: real ledger, real stages; the phone and the agent are small honest stand-ins."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from tests.making import ACCOUNT, NOON

from openclaw import assembly, cast, wording
from openclaw.config.accounts import resolve_accounts
from openclaw.config.acp import acp_settings
from openclaw.config.agents import resolve_agents
from openclaw.config.load import check_document
from openclaw.config.locations import Locations
from openclaw.config.sections.root import Config
from openclaw.domain.bridge import Gesture
from openclaw.domain.chats import ChatRef
from openclaw.domain.delivery import OutboundFile, OutboundMessage, SendResult, Sent, Target
from openclaw.domain.ids import AccountId, AgentId, MessageGuid, RowId, SessionKey
from openclaw.domain.messages import Attachment, InboundMessage
from openclaw.domain.sessions import Session
from openclaw.domain.turns import Finished, Prompt, TextDelta, TurnEvent
from openclaw.errors import OpenClawError
from openclaw.gateway import Gateway
from openclaw.outbound.deliver import Deliverer
from openclaw.presence import Presence
from openclaw.store import Ledger, accounts
from openclaw.turns.commands.ports import Ports
from openclaw.turns.lanes import Lanes
from openclaw.turns.runner import TurnRunner

# As on a phone, but within the blink of an eye.
LOOKS_S = (0.01, 0.03, 0.06, 0.1)
QUIET_S = 0.05

Said = Callable[[Prompt], AsyncGenerator[TurnEvent]]


class Agent:
    """Answers with what ``behave`` yields; remembers every prompt, and which sessions it was asked in."""

    def __init__(self) -> None:
        self.prompts: list[Prompt] = []
        self.sessions: list[SessionKey] = []
        self.behave: Said = self._echo

    async def prompt(self, session: Session, prompt: Prompt) -> AsyncGenerator[TurnEvent]:
        """One run."""
        self.prompts.append(prompt)
        self.sessions.append(session.key)
        async for event in self.behave(prompt):
            yield event

    async def reset(self, session: SessionKey) -> None:
        """Nothing is kept here."""

    def saying(self, text: str) -> Said:
        """Behaviour: the same answer to whatever is said."""

        async def behave(_prompt: Prompt) -> AsyncGenerator[TurnEvent]:
            yield TextDelta(text)
            yield Finished("echo/1", 3, 4)

        return behave

    async def _echo(self, prompt: Prompt) -> AsyncGenerator[TurnEvent]:
        yield TextDelta(f"You said {prompt.text}")
        yield Finished("echo/1", 3, 4)


class Phone:
    """Takes bubbles and, unless it is told to be silent, reports each one's own row as a Mac does.

    ``history`` is what it shows who reads, newest first; ``OpenClawError`` in its place cannot be read. ``shows`` is
    what has become of single rows. ``writes``
    tells whether a bubble's bytes leave before its result is known.
    """

    def __init__(self) -> None:
        self.history: list[InboundMessage] | OpenClawError = []
        self.shows: dict[MessageGuid, InboundMessage] = {}
        self.is_live = True
        self.writes = True
        self.sent: list[OutboundMessage] = []
        self.results: list[SendResult] = []
        self.shows_own_rows = True
        self.heard = asyncio.Condition()
        self.report: Callable[[Sequence[InboundMessage]], Any] | None = None
        self.clock = lambda: NOON
        self._row = 1000

    async def send(self, message: OutboundMessage, on_written: Callable[[], None]) -> SendResult:
        """Say yes, or what ``results`` has next."""
        if self.writes:
            on_written()
        async with self.heard:
            self.sent.append(message)
            self.heard.notify_all()
        if self.results:
            return self.results.pop(0)
        self._row += 1
        guid = MessageGuid(f"own-{self._row}")
        if self.shows_own_rows and self.report is not None and isinstance(message.target, ChatRef):
            row = InboundMessage(
                message.account, RowId(self._row), guid, message.target, "", True, message.text, self.clock()
            )
            if file := message.file:
                # As a Mac writes it, and imsg answers no guid for it.
                came = Attachment(file.name, file.path, file.mime_type, file.size, missing=False)
                row = replace(row, text="\ufffc", attachments=(came,))
            await self.report([row])
        return Sent() if message.file else Sent(guid, RowId(self._row))

    async def release(self, file: OutboundFile) -> None:
        """No copies are made here."""

    async def recent(self, target: Target, limit: int) -> list[InboundMessage]:
        """The newest rows of a chat."""
        if isinstance(self.history, OpenClawError):
            raise self.history
        key = target.key if isinstance(target, ChatRef) else f"-;{target}"
        return [row for row in self.history if row.chat is not None and row.chat.key == key][:limit]

    async def reread(self, message: InboundMessage) -> InboundMessage | None:
        """The row as ``shows`` has it by now."""
        return self.shows.get(message.guid)

    async def texts(self, count: int) -> list[str]:
        """The texts of what was sent, once there are ``count``."""
        async with asyncio.timeout(20), self.heard:
            await self.heard.wait_for(lambda: len(self.sent) >= count)
        return [message.text for message in self.sent]


class Presences:
    """Writes down the gestures that a phone would be asked for; ``over`` is for the test to set."""

    def __init__(self) -> None:
        self.made: list[tuple[AccountId, Gesture]] = []
        self.over = asyncio.Event()
        self._stirred = asyncio.Event()

    def make(self, account: AccountId, gesture: Gesture) -> None:
        """Take one."""
        self.made.append((account, gesture))
        self._stirred.set()

    async def count(self, enough: int) -> None:
        """Return once there are so many."""
        async with asyncio.timeout(20):
            while len(self.made) < enough:
                self._stirred.clear()
                await self._stirred.wait()


@dataclass
class Rig:
    """A running gateway and everything around it."""

    gateway: Gateway
    runner: TurnRunner
    lanes: Lanes
    ledger: Ledger
    phone: Phone
    agent: Agent
    clock: list[datetime] = field(default_factory=lambda: [NOON])

    async def hear(self, *messages: InboundMessage) -> None:
        """Let the phone report rows."""
        await self.gateway.receive(ACCOUNT, list(messages))


def configure(document: dict[str, Any]) -> Config:
    """The configuration that ``document`` is."""
    here = Path("/nonexistent")
    return check_document(document, Locations(here, here, here / "openclaw.json"), {}).config


def open_to_all(**more: Any) -> dict[str, Any]:
    """A document in which everybody may write and an agent answers."""
    return {
        "channels": {"imessage": {"dmPolicy": "open", "allowFrom": ["*"], "settleMs": 0, **more}},
        "agents": {"defaults": {"model": {"primary": "test/echo"}}},
        "session": {"dmScope": "per-channel-peer"},
        "messages": {"queue": {"debounceMs": 0}},
    }


@asynccontextmanager
async def running(
    ledger: Ledger,
    document: dict[str, Any],
    agent: Agent | None = None,
    phone: Phone | None = None,
    looks_s: Sequence[float] = LOOKS_S,
    ports: Ports | None = None,
    presences: Presences | None = None,
    typing_every_s: float | None = None,
    media: Path = Path("/nonexistent"),
    programs: Sequence[AgentId] = (),
) -> AsyncGenerator[Rig]:
    """A gateway over ``ledger``, stopped as by a signal at the end. ``agent`` answers for each of ``programs``, too."""
    config, agent, phone = configure(document), agent or Agent(), phone or Phone()
    configured = resolve_agents(config)
    known = cast.agents(configured, agent, agent, acp_settings(config), media)
    known |= {one: replace(next(iter(known.values())), runtime=agent) for one in programs}
    phones = resolve_accounts(config)
    clock = [NOON]

    def now() -> datetime:
        return clock[0]

    try:
        async with asyncio.TaskGroup() as group:
            rules = assembly.rulebook(phones, configured, config)
            patience = replace(rules.patience, looks_s=looks_s, quiet_s=QUIET_S)
            rules = replace(rules, patience=patience)
            gateway = Gateway(ledger, known, rules, now)
            say = wording.speech(phones, configured)
            claims = assembly.claim_rules(known, config, now)
            runner = TurnRunner(ledger, known, claims, say, gateway.deliver, now, retry_after_s=(0, 0))
            signs = assembly.presence(phones, rules, config)
            presence = Presence(
                replace(signs, every_s=typing_every_s or signs.every_s), (presences or Presences()).make
            )
            runner.accompany(presence)
            lanes = Lanes(
                group,
                runner.step,
                at_once=4,
                debounce_s=runner.debounce_s,
                first_rest_s=0.01,
            )
            await ledger.write(lambda tx: accounts.begin(tx, ACCOUNT, RowId(0), NOON - timedelta(days=1)))
            phone.report = lambda batch: gateway.receive(ACCOUNT, batch)
            deliverer = Deliverer(ledger, ACCOUNT, phone, now, assembly.fuses(config))
            gateway.attach(ACCOUNT, deliverer, phone.reread)
            group.create_task(deliverer.run())
            await gateway.start(group, runner, lanes, ports, presence.admitted)
            yield Rig(gateway, runner, lanes, ledger, phone, agent, clock)
            raise _Stop
    except* _Stop:
        pass


class _Stop(Exception):
    pass
