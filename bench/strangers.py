"""``python -m bench.strangers``: what a flood of unknown people costs the ledger. Figures, no verdict.

In one process, without a phone: each stranger writes once, and each message is kept and judged in a commit of its own,
as it is when they come one at a time. Needs this project's own environment.
"""

from __future__ import annotations

import asyncio
import resource
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

from openclaw.assembly import rulebook
from openclaw.config.accounts import resolve_accounts
from openclaw.config.agents import resolve_agents
from openclaw.config.sections.channels import Channels
from openclaw.config.sections.imessage import IMessage
from openclaw.config.sections.root import Config
from openclaw.domain.chats import ChatRef
from openclaw.domain.ids import AccountId, AgentId, ChatRowId, MessageGuid, RowId, SessionKey
from openclaw.domain.messages import InboundMessage
from openclaw.domain.sessions import Route
from openclaw.inbound.judge import Directions, Judge
from openclaw.inbound.manners import NO_MANNERS
from openclaw.outbound.compose import bubble
from openclaw.outbound.notices import Readers, gather, tell
from openclaw.store import Ledger, Tx, accounts, messages, open_ledger

_ACCOUNT = AccountId("default")
_DIRECTIONS = Directions(
    route=lambda tx, account, peer, chat, now: Route(
        account, AgentId("main"), SessionKey("main"), peer, "default"
    ),
    manners=lambda route: NO_MANNERS,
    command=lambda text: None,
    bubble=bubble,
)
_STRANGERS = 5_000
_PART = 1_000
_TABLES = {
    "message": "SELECT count(*) FROM message",
    "checkpoint": "SELECT count(*) FROM checkpoint",
    "chat": "SELECT count(*) FROM chat",
    "pairing": "SELECT count(*) FROM pairing",
    "delivery": "SELECT count(*) FROM delivery",
    "notice": "SELECT count(*) FROM notice",
}


def main() -> None:
    """Run the flood and print what it took."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else _STRANGERS
    with tempfile.TemporaryDirectory() as directory:
        asyncio.run(_flood(Path(directory), count))


async def _flood(directory: Path, count: int) -> None:
    config = Config(channels=Channels(imessage=IMessage()))
    rules = rulebook(resolve_accounts(config), resolve_agents(config), config)
    async with open_ledger(directory) as ledger:
        judge = Judge(rules.doors, _DIRECTIONS, rules.brakes, _now)
        await ledger.write(lambda tx: accounts.begin(tx, _ACCOUNT, RowId(0), _now()))
        for first in range(1, count + 1, _PART):
            began = time.perf_counter()
            for number in range(first, first + _PART):
                await ledger.write(lambda tx, number=number: _one(tx, judge, number))
            each = (time.perf_counter() - began) / _PART * 1000
            memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
            print(f"{first + _PART - 1:6} strangers: {each:.2f} ms each, most memory so far {memory:.0f} MiB")
        await _rows(ledger)


def _one(tx: Tx, judge: Judge, number: int) -> None:
    message = _message(number)
    accounts.note_chat(tx, message, is_group=False)
    judge.judge(tx, messages.receive(tx, [message], _now()))
    gather(tx, {}, _now())
    tell(tx, Readers(), (), _now())


def _now() -> datetime:
    return datetime.now(UTC)


def _message(number: int) -> InboundMessage:
    handle = f"+1555{number:07}"
    chat = ChatRef(ChatRowId(number), f"iMessage;-;{handle}", handle)
    return InboundMessage(
        _ACCOUNT, RowId(number), MessageGuid(f"guid-{number}"), chat, handle, False, "let me in", _now()
    )


async def _rows(ledger: Ledger) -> None:
    for table, count in _TABLES.items():
        found = await ledger.read(lambda tx, count=count: tx.exec_driver_sql(count).scalar())
        print(f"{table:12} {found:7} rows")


if __name__ == "__main__":
    main()
