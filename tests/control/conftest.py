"""A control interface over a real ledger, and a client that can send what no honest client would."""

from __future__ import annotations

import http.client
import json
from collections.abc import AsyncIterator, Collection, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from openclaw.assembly import judging, make_plan
from openclaw.config.accounts import AccountConfig, resolve_accounts
from openclaw.config.load import Loaded, check_document
from openclaw.config.locations import Locations
from openclaw.config.reader import read_section
from openclaw.config.sections.root import Config
from openclaw.config.standing import ConfigStanding
from openclaw.control.address import ControlAddress
from openclaw.control.judging import Judging
from openclaw.control.server import open_control
from openclaw.control.surface import InForce, Surface
from openclaw.domain.acp import (
    LiveAgent,
    PermissionQuestion,
    PermissionRequest,
    ToolKind,
    outside_agent,
)
from openclaw.domain.chats import ChatRef
from openclaw.domain.handles import Handle
from openclaw.domain.health import AccountHealth, AccountState, Probe, ProbeCode
from openclaw.domain.ids import AccountId, AgentId, ChatRowId, MessageGuid, MessageId, RowId, SessionKey
from openclaw.domain.messages import InboundMessage
from openclaw.errors import ConfigIssue
from openclaw.store import Ledger, accounts, messages, open_ledger, pairing, permissions

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
ANN = Handle("+15550100001")
DEFAULT = AccountId("default")
ANNS_CHAT = ChatRef(ChatRowId(7), "iMessage;-;+15550100001", "+15550100001")
TOKEN = "the-right-token"


def from_ann(row: int = 41, text: str = "Are you there?") -> InboundMessage:
    return InboundMessage(
        DEFAULT, RowId(row), MessageGuid(f"G-{row}"), ANNS_CHAT, ANN, False, text, NOW - timedelta(minutes=1)
    )


def loaded(**channel: Any) -> Loaded:
    """A configuration whose channel says this."""
    here = Path("/nonexistent")
    return check_document(
        {"channels": {"imessage": channel}}, Locations(here, here, here / "openclaw.json"), {}
    )


def judged(**channel: Any) -> Judging:
    """How messages are judged by it."""
    return judging(make_plan(loaded(**channel)))


def configured(**channel: Any) -> Mapping[AccountId, AccountConfig]:
    """The accounts of a configuration whose channel says this."""
    config, findings = read_section(Config, {"channels": {"imessage": channel}})
    assert config is not None
    assert findings.issues == []
    return {account.id: account for account in resolve_accounts(config)}


@dataclass
class Running:
    """Stands in for the gateway behind the interface: what it was asked to do is kept."""

    ledger: Ledger
    state: AccountState = AccountState.CONNECTED
    cause: str = ""
    probe_code: ProbeCode = ProbeCode.WORKS
    broken: bool = False
    judged: list[MessageId] = field(default_factory=list)
    woken: list[AccountId] = field(default_factory=list)
    continued: list[SessionKey] = field(default_factory=list)
    answering: set[SessionKey] = field(default_factory=set)
    standing: ConfigStanding = field(default_factory=lambda: ConfigStanding(Path("openclaw.json"), NOW))
    asked: list[str] = field(default_factory=list)
    live: list[LiveAgent] = field(default_factory=list)

    def health(self) -> Mapping[AccountId, AccountHealth]:
        if self.broken:
            raise RuntimeError("the secret inside")
        return {DEFAULT: AccountHealth(self.state, NOW, self.cause, newest_row=RowId(45), version="0.13.0")}

    async def probe(self, account: AccountId) -> Probe:
        assert account == DEFAULT
        return Probe(self.probe_code, fix="do this", version="0.13.0", latency_ms=3.5, newest_row=RowId(45))

    async def judge(self, ids: Collection[MessageId]) -> None:
        self.judged += ids

    def deliver(self, account: AccountId) -> None:
        self.woken.append(account)

    def stop_turn(self, key: SessionKey) -> bool:
        was_running = key in self.answering
        self.answering.discard(key)
        return was_running

    def surface(self) -> Surface:
        return Surface(
            ledger=self.ledger,
            started_at=NOW - timedelta(hours=2),
            now=lambda: NOW,
            health=self.health,
            probe=self.probe,
            judge=self.judge,
            deliver=self.deliver,
            wake=self.continued.append,
            stop_turn=self.stop_turn,
            in_force=self.in_force,
            reload=self.reload,
            restart=lambda: self.asked.append("restart"),
            live=lambda: self.live,
        )

    def in_force(self) -> InForce:
        warnings = [ConfigIssue("session.dmScope", "is main", fix="set it")]
        return InForce(
            self.standing, {AgentId("main"): "openai/gpt-5"}, warnings, configured(), lambda: judged()
        )

    async def reload(self) -> ConfigStanding:
        self.asked.append("reload")
        return self.standing

    async def codex_asked(self, code: str = "WXYZ6789", *, may_always: bool = True) -> PermissionRequest:
        question = PermissionQuestion(
            SessionKey("agent:main:acp:1"),
            outside_agent("codex"),
            ToolKind.EXECUTE,
            "Run it",
            "rm -rf build",
            may_always=may_always,
        )
        place = DEFAULT, ANNS_CHAT.key
        return await self.ledger.write(
            lambda tx: permissions.ask(tx, question, code, place, NOW, NOW + timedelta(minutes=30))
        )

    async def ann_asked(self, code: str = "ABCD2345") -> None:
        await self.ledger.write(lambda tx: pairing.add(tx, DEFAULT, ANN, ANNS_CHAT, code, NOW))

    async def ann_wrote(self, row: int = 41, text: str = "Are you there?") -> MessageId:
        def keep(tx: Any) -> MessageId:
            accounts.note_chat(tx, from_ann(row), is_group=False)
            return messages.receive(tx, [from_ann(row, text)], NOW)[0]

        return await self.ledger.write(keep)


@dataclass(frozen=True)
class Answered:
    code: int
    text: str
    headers: Mapping[str, str]

    @property
    def json(self) -> Any:
        return json.loads(self.text)


class Caller:
    """Sends any request over loopback, from a thread so that the server's loop can answer."""

    def __init__(self, port: int) -> None:
        self.port = port

    def send(self, method: str, path: str, body: bytes | None = None, **headers: str | None) -> Answered:
        """``headers`` by keyword, ``_`` for ``-``; ``None`` leaves out one that is otherwise sent."""
        given: dict[str, str | None] = {"Authorization": f"Bearer {TOKEN}", "Host": f"127.0.0.1:{self.port}"}
        given |= {"Content-Type": "application/json"} if body is not None else {}
        given |= {name.replace("_", "-").title(): value for name, value in headers.items()}
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        connection.putrequest(method, path, skip_host=True, skip_accept_encoding=True)
        for name, value in given.items():
            if value is not None:
                connection.putheader(name, value)
        if body is not None:
            connection.putheader("Content-Length", str(len(body)))
        connection.endheaders(body)
        response = connection.getresponse()
        answered = Answered(response.status, response.read().decode(), dict(response.getheaders()))
        connection.close()
        return answered


@pytest.fixture
async def running(tmp_path: Path) -> AsyncIterator[Running]:
    async with open_ledger(tmp_path) as ledger:
        yield Running(ledger)


@pytest.fixture
async def address(running: Running, tmp_path: Path) -> AsyncIterator[ControlAddress]:
    async with open_control(running.surface(), port=0, token=TOKEN, state_dir=tmp_path) as address:
        yield address


@pytest.fixture
def caller(address: ControlAddress) -> Caller:
    return Caller(address.port)
