"""Turns: one run of an agent over one or more messages of one chat."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from openclaw.domain.chats import ChatRef
from openclaw.domain.delivery import OutboundFile
from openclaw.domain.files import FiledAttachment, Picture
from openclaw.domain.ids import AccountId, AgentId, MessageGuid, MessageId, SessionKey, TurnId
from openclaw.domain.messages import Quote
from openclaw.domain.sessions import TranscriptEntry
from openclaw.domain.tools import NO_TOOLS, ToolRights


class TurnState(StrEnum):
    """Where a turn stands; the diagram beside ``store/turns.py`` is the authority for the order."""

    RUNNING = "running"
    QUEUED = "queued"
    FINISHED = "finished"
    FAILED = "failed"
    CANCELLED = "cancelled"
    INTERRUPTED = "interrupted"


@dataclass(frozen=True, slots=True)
class TurnMessage:
    """A message as a turn sees it: who wrote what, when; ``late`` when it was old before anybody saw it.

    ``condensed`` ones are shown in one line: more waited than the queue is to hold.
    ``authorised`` says that its sender may give commands, so that those inside its text count; ``command`` is the one
    that its whole text is, such as ``/new``, or "".
    ``name`` is what the phone calls the sender, ``quote`` what they replied to, ``files`` how many came with it,
    ``attached`` what is known of them; ``guid`` is "" where the phone told none.
    """

    id: MessageId
    sender: str
    text: str
    sent_at: datetime
    late: bool = False
    condensed: bool = False
    authorised: bool = False
    command: str = ""
    name: str = ""
    quote: Quote | None = None
    files: int = 0
    attached: tuple[FiledAttachment, ...] = ()
    guid: MessageGuid = MessageGuid("")


@dataclass(frozen=True, slots=True)
class Turn:
    """One run. Its origin never changes: the chat of its messages is the only chat its reply may go to.

    ``arrived`` are files of earlier messages that came too late for the turn of those.
    """

    id: TurnId
    account: AccountId
    agent: AgentId
    session: SessionKey
    chat: ChatRef
    is_group: bool
    messages: tuple[TurnMessage, ...]
    attempts: int
    effects: bool
    arrived: tuple[FiledAttachment, ...] = ()


@dataclass(frozen=True, slots=True)
class TurnRecord:
    """A turn with what became of it. ``error`` is for the operator; ``model`` is "" and the token counts ``None``
    while nothing was answered.
    """

    turn: Turn
    state: TurnState
    error: str
    model: str
    input_tokens: int | None
    output_tokens: int | None
    started_at: datetime
    ended_at: datetime | None


@dataclass(frozen=True, slots=True)
class Origin:
    """The conversation that a turn answers; its tools know no other."""

    account: AccountId
    chat: ChatRef
    is_group: bool


@dataclass(frozen=True, slots=True)
class ChatFacts:
    """What is known of a conversation: its name and members ("" and none where the phone did not tell), the account's
    own handles in it, and since when it has been known.
    """

    name: str
    is_group: bool
    members: tuple[str, ...]
    own_handles: tuple[str, ...]
    known_since: datetime | None


@dataclass(frozen=True, slots=True)
class Prompt:
    """What a runtime gets to answer: the instructions, what was said before, and what is said now.

    ``model`` is a ``provider/model`` to ask before those of the configuration, ``thinking`` how hard it is to think:
    one of ``THINKING``; "" leaves either to the configuration.
    ``about`` is data that goes before ``text`` in the user's turn and into no transcript: who, where, when, what was
    said beside it.
    ``tools`` is what the turn may use, at most; ``origin`` is the conversation it answers, if it answers one.
    ``by_commanders`` says that whoever speaks in it may give commands.
    ``pictures`` are shown to models that can see, ``copies`` are files in the agent's workspace; ``text`` names both.
    """

    instructions: str
    history: tuple[TranscriptEntry, ...]
    text: str
    model: str = ""
    thinking: str = ""
    about: str = ""
    pictures: tuple[Picture, ...] = ()
    copies: tuple[str, ...] = ()
    by_commanders: bool = False
    tools: ToolRights = NO_TOOLS
    origin: Origin | None = None

    @property
    def user_turn(self) -> str:
        """What a model is shown as the user's turn."""
        return f"{self.about}\n{self.text}" if self.about else self.text


THINKING = ("off", "minimal", "low", "medium", "high")
"""How hard a model can be asked to think, from not at all."""


@dataclass(frozen=True, slots=True)
class TextDelta:
    """A piece of the answer, in order."""

    text: str


@dataclass(frozen=True, slots=True)
class EffectStarting:
    """The runtime is about to do something that must not be done twice (a tool call); sent before it is done.

    ``what`` is for people who asked to be told, "" where there is nothing to tell.
    """

    what: str


@dataclass(frozen=True, slots=True)
class Finished:
    """The answer is complete. Token counts are 0 when the model does not tell."""

    model: str
    input_tokens: int = 0
    output_tokens: int = 0


@dataclass(frozen=True, slots=True)
class FileOffered:
    """The agent has a file for the chat that it is in; it is sent when the turn ends. ``file`` is a copy of ours."""

    file: OutboundFile
    caption: str = ""


TurnEvent = TextDelta | EffectStarting | FileOffered | Finished
"""What a runtime reports while a turn runs. Failures are raised as ``AgentError``."""


class QueueMode(StrEnum):
    """What becomes of a message that arrives while a turn of its session runs."""

    COLLECT = "collect"
    FOLLOWUP = "followup"
    INTERRUPT = "interrupt"
    STEER = "steer"


class QueueDrop(StrEnum):
    """What becomes of messages beyond the cap of a queue: the oldest or the newest are refused, or told in short."""

    OLD = "old"
    NEW = "new"
    SUMMARIZE = "summarize"
