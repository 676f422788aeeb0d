"""Speech: what the conversation that a message would enter adds to the message itself. Pure.

Whether a word such as "stop" stops anything is known only there.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from openclaw.domain.commands import Command, Standing
from openclaw.domain.sessions import Peer, PeerKind
from openclaw.inbound.manners import Manners

# The longest abort word with a name before it; nobody says one at length.
_LONGEST_STOP = 100


@dataclass(frozen=True, slots=True)
class Conversation:
    """A conversation, asked about by its peer.

    ``stop`` gives the command that a word such as "stop" is while something of it is being answered or waits to be;
    ``is_ours`` says whether a command is for the gateway there, or a text for the agent.
    """

    stop: Callable[[Peer, str], Command | None]
    is_ours: Callable[[Peer, Command], bool] = lambda _peer, _command: True


NOTHING_SET = Conversation(stop=lambda _peer, _text: None)
"""A conversation in which nothing is under way."""


@dataclass(frozen=True, slots=True)
class Speech:
    """By whose authority something is said, which command its whole text is, if any, to whom, and where."""

    standing: Standing
    command: Command | None
    manners: Callable[[Peer], Manners]
    conversation: Conversation

    def given(self, peer: Peer) -> Command | None:
        """The command, if it is one for the gateway in the conversation with ``peer``."""
        command = self.command
        return command if command is not None and self.conversation.is_ours(peer, command) else None

    def stop(self, text: str, peer: Peer) -> Command | None:
        """The command that a word such as "stop" is at this moment; in a group a name may stand before it."""
        if len(text) > _LONGEST_STOP:
            return None
        said = self.manners(peer).patterns.without(text) if peer.kind is PeerKind.GROUP else text
        return self.conversation.stop(peer, said)
