"""The bridge: what an account can do beside sending, where a helper runs inside Messages. Nothing depends on it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from openclaw.domain.chats import ChatRef
from openclaw.domain.ids import MessageGuid


@dataclass(frozen=True, slots=True)
class Bridge:
    """Which gestures an account has. Nothing, as long as nobody has said otherwise."""

    typing: bool = False
    read: bool = False
    react: bool = False
    reply: bool = False
    edit: bool = False
    unsend: bool = False


NO_BRIDGE = Bridge()
"""Of an account without the helper, and of one that has not been asked yet."""


def reaches(chat: ChatRef) -> bool:
    """Whether the helper has anything to do in ``chat``: one with a lasting name, and not of SMS."""
    return bool(chat.guid) and chat.service not in ("sms", "rcs")


@dataclass(frozen=True, slots=True)
class ShowTyping:
    """Show, or no longer, in a conversation that an answer is being written."""

    chat: ChatRef
    on: bool


@dataclass(frozen=True, slots=True)
class MarkRead:
    """Mark a conversation as read, which its people see."""

    chat: ChatRef


@dataclass(frozen=True, slots=True)
class React:
    """Put one of the six tapbacks on a message, or take it away again."""

    chat: ChatRef
    message: MessageGuid
    tapback: str
    remove: bool = False


Gesture = ShowTyping | MarkRead | React
"""What can be done in a conversation without saying anything."""


@dataclass(frozen=True, slots=True)
class Edit:
    """Give a message of ours other words."""

    chat: ChatRef
    message: MessageGuid
    text: str


@dataclass(frozen=True, slots=True)
class Unsend:
    """Take a message of ours back."""

    chat: ChatRef
    message: MessageGuid


Deed = Edit | Unsend | React
"""What an agent can ask for that is done to a message, and whose outcome it is told."""


@dataclass(frozen=True, slots=True)
class Done:
    """The helper says that it did it."""


@dataclass(frozen=True, slots=True)
class NotDone:
    """It was not done, and why."""

    reason: str


@dataclass(frozen=True, slots=True)
class Doubtful:
    """Nobody can say whether it was done."""

    reason: str


DeedResult = Done | NotDone | Doubtful

TAPBACKS: Mapping[str, tuple[str, ...]] = {
    "love": ("heart", "❤"),
    "like": ("thumbsup", "+1", "👍"),
    "dislike": ("thumbsdown", "-1", "👎"),
    "laugh": ("haha", "lol", "😂", "🤣"),
    "emphasize": ("emphasis", "‼", "!!"),
    "question": ("?", "❓"),
}
"""The six tapbacks that every iMessage has, with what else they are called."""

_EMOJI_STYLE = "\ufe0f"
_TAPBACKS = {name: tapback for tapback, names in TAPBACKS.items() for name in (tapback, *names)}


def tapback_of(text: str) -> str | None:
    """The tapback that ``text`` names, by word or emoji; ``None`` for anything else, such as another emoji."""
    return _TAPBACKS.get(text.strip().replace(_EMOJI_STYLE, "").lower())
