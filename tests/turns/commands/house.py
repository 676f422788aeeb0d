"""A house in which commands are given: a gateway with an owner and others, and honest stand-ins for what it reaches."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from tests.making import ANN, BOB, direct_chat, group_chat, inbound
from tests.rig import open_to_all, running

from openclaw.config.change import Change
from openclaw.config.paths import KeyPath, read_path, render_path
from openclaw.domain.acp import Decision
from openclaw.domain.chats import ChatRef
from openclaw.domain.handles import Handle
from openclaw.domain.ids import SessionKey
from openclaw.domain.messages import InboundMessage
from openclaw.errors import ConfigInvalid, ConfigIssue
from openclaw.store import Ledger, messages
from openclaw.turns.commands.ports import Ports

OWNER = ANN
OTHER = BOB
STRANGER = "+15550100009"


def house(**commands: Any) -> dict[str, Any]:
    """A document in which Ann is the owner and Bob may write and command; all flags are on unless told otherwise."""
    switched = {
        "config": True,
        "debug": True,
        "ownerAllowFrom": [OWNER],
        "allowFrom": {"imessage": [OWNER, OTHER]},
    }
    document = open_to_all(
        dmPolicy="allowlist",
        allowFrom=[OWNER, OTHER],
        groupPolicy="open",
        groups={"*": {"requireMention": False}},
    )
    return document | {
        "commands": switched | commands,
        "agents": {
            "defaults": {
                "model": {"primary": "test/echo", "fallbacks": ["test/other"]},
                "models": {"test/echo": {}, "test/other": {}, "test/grand": {"alias": "opus"}},
            }
        },
        "models": {
            "providers": {
                "test": {
                    "baseUrl": "http://127.0.0.1:9/v1",
                    "models": [{"id": "echo", "cost": {"input": 1000, "output": 2000}}],
                }
            }
        },
    }


def says(row: int, text: str, sender: str = OWNER, chat: ChatRef | None = None) -> InboundMessage:
    """A message from ``sender``, in their own chat unless told otherwise."""
    where = chat or direct_chat(sender, 1 if sender == OWNER else 2)
    return inbound(row, text, chat=where, sender=sender)


def in_group(row: int, text: str, sender: str = OWNER) -> InboundMessage:
    """A message in group 7."""
    return inbound(row, text, chat=group_chat(7), sender=sender)


@dataclass
class Desk:
    """A configuration in memory; ``invalid`` is the key that no value is right for."""

    document: dict[str, Any] = field(default_factory=dict[str, Any])
    invalid: str = ""
    writes: list[Change] = field(default_factory=list[Change])
    laid: dict[KeyPath, object] = field(default_factory=dict[KeyPath, object])

    def read(self, path: KeyPath) -> object:
        """The value there."""
        return read_path(self.document, render_path(path))

    async def change(self, edits: Sequence[Change], by: str) -> bool:
        """Write, into objects only."""
        self._judge(edits)
        before = repr(self.document)
        for edit in edits:
            self.writes.append(edit)
            here = self.document
            for step in edit.path[:-1]:
                here = here.setdefault(str(step), {})
            if edit.remove:
                here.pop(str(edit.path[-1]), None)
            else:
                here[str(edit.path[-1])] = edit.value
        return repr(self.document) != before

    def overlay(self) -> Mapping[str, object]:
        """What is laid over."""
        return {render_path(path): value for path, value in self.laid.items()}

    async def lay_over(self, edits: Sequence[Change]) -> None:
        """Lay over."""
        self._judge(edits)
        for edit in edits:
            self.laid.pop(edit.path, None)
            if not edit.remove:
                self.laid[edit.path] = edit.value

    async def uncover(self) -> None:
        """Take all back."""
        self.laid.clear()

    def _judge(self, edits: Sequence[Change]) -> None:
        for edit in edits:
            if render_path(edit.path) == self.invalid:
                raise ConfigInvalid(
                    "openclaw.json", [ConfigIssue(self.invalid, "must be a whole number", "x", "try 1")]
                )


@dataclass
class Approvals:
    """Requests that wait; each decision is kept."""

    waiting: set[str] = field(default_factory=set[str])
    decided: list[tuple[str, Decision, Handle]] = field(default_factory=list[tuple[str, Decision, Handle]])

    async def decide(
        self, request: str, decision: Decision, session: SessionKey, by: Handle
    ) -> Decision | None:
        """Decide one that waits."""
        if request not in self.waiting:
            return None
        self.waiting.discard(request)
        self.decided.append((request, decision, by))
        return decision


@dataclass
class Exports:
    """Files in memory."""

    files: dict[str, str] = field(default_factory=dict[str, str])

    async def write(self, name: str, text: str) -> None:
        """Keep it."""
        self.files[name] = text


@dataclass
class Outside:
    """All of it, and how often a restart was asked for."""

    desk: Desk = field(default_factory=Desk)
    approvals: Approvals = field(default_factory=Approvals)
    exports: Exports = field(default_factory=Exports)
    restarts: int = 0

    def _restart(self) -> None:
        self.restarts += 1

    @property
    def ports(self) -> Ports:
        """It as the commands reach it."""
        return Ports(self.desk, self._restart, self.approvals, self.exports)


async def give(
    ledger: Ledger,
    *said: InboundMessage,
    outside: Outside | None = None,
    document: dict[str, Any] | None = None,
) -> list[str]:
    """What is sent for ``said``, one after the other, each of which is answered with one bubble."""
    ports = (outside or Outside()).ports
    async with running(ledger, document or house(), ports=ports) as rig:
        for count, message in enumerate(said, 1):
            await rig.hear(message)
            await rig.phone.texts(count)
        return [message.text for message in rig.phone.sent]


async def reasons(ledger: Ledger) -> list[str]:
    """Why each message became what it did, oldest first."""
    latest = await ledger.read(lambda tx: messages.latest(tx, 100))
    return [held.reason for held in reversed(latest) if held.message.from_me is False]
