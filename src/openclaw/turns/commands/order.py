"""An order: one command that is to be carried out, with all that bears on it and is not in the ledger."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from openclaw.domain.admission import Reason, command_refusal
from openclaw.domain.commands import Command, Standing
from openclaw.domain.handles import Handle, parse_handle
from openclaw.domain.ids import AgentId, SessionKey
from openclaw.domain.messages import LedgerMessage
from openclaw.domain.sessions import SessionSettings
from openclaw.turns.commands.recognise import command_of, rest_of
from openclaw.turns.commands.rules import AccountRules, CommandRules
from openclaw.turns.commands.words import BY_WORD
from openclaw.turns.prompt import Persona


@dataclass(frozen=True, slots=True)
class Order:
    """``command`` as ``held`` gives it, with what follows its word.

    ``running`` says whether a turn of the session runs, ``stopped`` whether one was just ended for this order.
    """

    held: LedgerMessage
    command: Command
    arguments: str
    rules: CommandRules
    now: datetime
    running: bool = False
    stopped: bool = False

    @property
    def persona(self) -> Persona:
        """How the agent that would answer is told who it is."""
        return self.rules.personas.get(AgentId(self.held.agent), Persona())

    @property
    def session(self) -> SessionKey:
        """The session of whoever gave it."""
        return SessionKey(self.held.session)

    @property
    def account(self) -> AccountRules:
        """The rules of the account that it reached."""
        return self.rules.account(self.held.message.account)

    @property
    def handle(self) -> Handle:
        """Whoever gave it, as lists compare them."""
        sender = self.held.message.sender
        return parse_handle(sender, self.account.region) or Handle(sender)

    @property
    def refusal(self) -> Reason | None:
        """Why it is not to be carried out: authority is asked for again, whoever let it through before."""
        held = self.held
        return command_refusal(self.command, Standing(held.authorised, held.owner, held.approver))

    @property
    def is_switched_off(self) -> bool:
        """Whether the configuration does not have this command."""
        return self.command.flag is not None and self.command.flag not in self.rules.flags

    @property
    def is_outside(self) -> bool:
        """Whether an outside agent answers where it was given."""
        return self.rules.outside.is_outside(AgentId(self.held.agent))

    def model(self, settings: SessionSettings) -> str:
        """The ``provider/model`` that is asked first in the session, "" when there is none."""
        return settings.model or self.rules.models.get(AgentId(self.held.agent), "")


def order_of(held: LedgerMessage, rules: CommandRules, now: datetime) -> Order:
    """The order that a commanded message is; by its word alone where its text is not a command any more."""
    text = held.message.text
    said = command_of(text, rules.reset_triggers)
    if said is not None and said.word == held.command:
        return Order(held, said, rest_of(text, rules.reset_triggers), rules, now)
    return Order(held, BY_WORD[held.command], "", rules, now)


def usage(command: Command) -> str:
    """How a command is written."""
    return f"{command.word} {command.arguments}".strip()
