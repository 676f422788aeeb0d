"""A call: one ``/acp`` order with all that its actions need."""

from __future__ import annotations

from dataclasses import dataclass

from openclaw.config.acp import AcpSettings
from openclaw.domain.chats import ChatRef
from openclaw.store import Ledger
from openclaw.turns.commands.acp.parse import Wish
from openclaw.turns.commands.acp.refusals import wrong
from openclaw.turns.commands.acp.underway import Underway
from openclaw.turns.commands.lane import Lane
from openclaw.turns.commands.order import Order
from openclaw.turns.commands.ports import OutsideAgents

NOT_YOURS = "That is the owner's to set."
NOT_CHOSEN = "That is for the owner, and for people whom the configuration names."


@dataclass(frozen=True, slots=True)
class Call:
    """``wish`` is what ``order`` asks for. ``outside`` runs the programs, ``settings`` say which there are.
    ``underway`` knows what else is being done."""

    order: Order
    wish: Wish
    settings: AcpSettings
    ledger: Ledger
    outside: OutsideAgents
    lane: Lane
    underway: Underway

    @property
    def is_owner(self) -> bool:
        """Whether the owner asks."""
        return self.order.held.owner

    @property
    def chat(self) -> ChatRef:
        """The conversation in which it is asked.

        Raises:
            CommandRefused: it is not known.
        """
        chat = self.order.held.message.chat
        if chat is None:
            raise wrong("This conversation has no name, so nothing can be bound to it.")
        return chat

    def owner_only(self) -> None:
        """Go on for the owner alone.

        Raises:
            CommandRefused: somebody else asks.
        """
        if not self.is_owner:
            raise wrong(NOT_YOURS)

    def chosen_only(self) -> None:
        """Go on for the owner, and for whom the operator chose: behind an open door anybody may give commands.

        Raises:
            CommandRefused: somebody else asks.
        """
        if not (self.is_owner or self.order.account.has_chosen(self.order.handle)):
            raise wrong(NOT_CHOSEN)
