"""The command line over a state directory of its own, and a control interface for it to find."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Collection, Iterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import structlog
from click.testing import CliRunner
from tests.children import hear_ctrl_c

from openclaw.cli.main import main
from openclaw.config.accounts import resolve_accounts
from openclaw.config.sections.channels import Channels
from openclaw.config.sections.imessage import IMessage
from openclaw.config.sections.root import Config
from openclaw.config.standing import ConfigStanding
from openclaw.control.server import open_control
from openclaw.control.surface import InForce, Surface
from openclaw.control.token import gateway_token
from openclaw.domain.acp import LiveAgent
from openclaw.domain.chats import ChatRef
from openclaw.domain.handles import Handle
from openclaw.domain.health import AccountHealth, AccountState, Probe, ProbeCode
from openclaw.domain.ids import AccountId, AgentId, ChatRowId, MessageGuid, MessageId, RowId
from openclaw.domain.messages import InboundMessage
from openclaw.store import Ledger, accounts, lock_state, messages, open_ledger, pairing

NOW = datetime.now(UTC)
ONE_ACCOUNT = Config(channels=Channels(imessage=IMessage()))
DEFAULT = AccountId("default")
ANN = Handle("+15550100001")
ANNS_CHAT = ChatRef(ChatRowId(7), "iMessage;-;+15550100001", "+15550100001")


@dataclass(frozen=True)
class Ran:
    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


class Installation:
    """A home of its own, in which commands run."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.state_dir = home / ".openclaw"
        self.environ: dict[str, str | None] = {
            "HOME": str(home),
            "OPENCLAW_HOME": None,
            "OPENCLAW_STATE_DIR": None,
            "OPENCLAW_CONFIG_PATH": None,
            "OPENCLAW_GATEWAY_TOKEN": None,
        }

    def run(self, *words: str) -> Ran:
        """One command, in this process."""
        result = CliRunner().invoke(main, words, prog_name="openclaw", env=self.environ)
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return Ran(result.exit_code, result.stdout, result.stderr)

    async def run_beside(self, *words: str) -> Ran:
        """One command, while the loop of the test serves it."""
        return await asyncio.to_thread(self.run, *words)

    def configure(self, document: object) -> None:
        self.state_dir.mkdir(exist_ok=True)
        text = document if isinstance(document, str) else json.dumps(document)
        (self.state_dir / "openclaw.json").write_text(text)

    def fill(self, work: Callable[[Any], Any] | None = None) -> None:
        """Ann wrote to the account and asked to be let in; then whatever ``work`` does."""

        async def do() -> None:
            async with open_ledger(self.state_dir) as ledger:
                await ledger.write(ann_asked)
                if work:
                    await ledger.write(work)

        asyncio.run(do())

    def read(self, work: Callable[[Any], Any]) -> Any:
        """What the ledger says, while no gateway runs."""

        async def do() -> Any:
            async with open_ledger(self.state_dir) as ledger:
                return await ledger.read(work)

        return asyncio.run(do())


def ann_asked(tx: Any) -> None:
    pairing.add(tx, DEFAULT, ANN, ANNS_CHAT, "ABCD2345", NOW)
    ann_wrote(tx)


def ann_wrote(tx: Any, row: int = 41, text: str = "Are you there?") -> MessageId:
    message = InboundMessage(
        DEFAULT, RowId(row), MessageGuid(f"G-{row}"), ANNS_CHAT, ANN, False, text, NOW, chat_name="Ann"
    )
    accounts.note_chat(tx, message, is_group=False)
    return messages.receive(tx, [message], NOW)[0]


@dataclass
class Gateway:
    """Stands in for the gateway behind its control interface."""

    ledger: Ledger
    state: AccountState = AccountState.CONNECTED
    cause: str = ""
    sending: str = "untested"
    probe_found: Probe = field(
        default_factory=lambda: Probe(ProbeCode.WORKS, version="0.13.0", latency_ms=3.5)
    )
    judged: list[MessageId] = field(default_factory=list)
    standing: ConfigStanding = field(default_factory=lambda: ConfigStanding(Path("openclaw.json"), NOW))
    asked: list[str] = field(default_factory=list)
    live: list[LiveAgent] = field(default_factory=list)

    def health(self) -> Mapping[AccountId, AccountHealth]:
        return {DEFAULT: AccountHealth(self.state, NOW, self.cause, sending=self.sending)}

    async def probe(self, _account: AccountId) -> Probe:
        return self.probe_found

    def in_force(self) -> InForce:
        accounts = {account.id: account for account in resolve_accounts(ONE_ACCOUNT)}
        return InForce(self.standing, {AgentId("main"): ""}, [], accounts)

    async def reload(self) -> ConfigStanding:
        self.asked.append("reload")
        return self.standing

    async def judge(self, ids: Collection[MessageId]) -> None:
        self.judged += ids


@asynccontextmanager
async def running_gateway(installation: Installation, token: str | None = None) -> AsyncIterator[Gateway]:
    """A control interface with the ledger of ``installation``, under its lock as a gateway holds it."""
    state_dir = installation.state_dir
    with lock_state(state_dir):
        async with open_ledger(state_dir) as ledger:
            gateway = Gateway(ledger)
            surface = Surface(
                ledger=ledger,
                started_at=NOW - timedelta(hours=2),
                now=lambda: NOW,
                health=gateway.health,
                probe=gateway.probe,
                judge=gateway.judge,
                deliver=lambda _account: None,
                wake=lambda _session: None,
                stop_turn=lambda _session: False,
                in_force=gateway.in_force,
                reload=gateway.reload,
                restart=lambda: gateway.asked.append("restart"),
                live=lambda: gateway.live,
            )
            token = token or gateway_token(None, {}, state_dir)
            async with open_control(surface, port=0, token=token, state_dir=state_dir):
                await ledger.write(ann_asked)
                yield gateway


@pytest.fixture(scope="session", autouse=True)
def ctrl_c() -> None:
    """Children hear Ctrl-C however the tests were started."""
    hear_ctrl_c()


@pytest.fixture
def installation(tmp_path: Path) -> Iterator[Installation]:
    yield Installation(tmp_path)
    # A command decides where its process logs to; here the process goes on.
    structlog.reset_defaults()
