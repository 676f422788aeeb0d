"""The queue of a session: how what waits behind a running turn is taken up. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar

from openclaw.domain.sessions import SessionSettings
from openclaw.domain.turns import QueueDrop, QueueMode

# Words of the original beside the four modes, each with the mode that does what it promises.
_MODES = {
    "queue": QueueMode.FOLLOWUP,
    "steer-backlog": QueueMode.STEER,
    "steer+backlog": QueueMode.STEER,
}
_Word = TypeVar("_Word", bound=StrEnum)


@dataclass(frozen=True, slots=True)
class Queue:
    """How one session queues: ``messages.queue``, or what was set for the session.

    ``debounce_s`` is waited after a turn for more of what came during it; ``cap`` is how many messages may wait behind
    a turn before ``drop`` says what becomes of the others.
    """

    mode: QueueMode = QueueMode.COLLECT
    debounce_s: float = 1.0
    cap: int = 20
    drop: QueueDrop = QueueDrop.SUMMARIZE

    @property
    def is_one_by_one(self) -> bool:
        """Whether what waits is answered one after the other. No runtime takes a message into a running turn yet, so
        steering does what the original does where it cannot: the message is a turn of its own.
        """
        return self.mode in (QueueMode.FOLLOWUP, QueueMode.STEER)

    def with_settings(self, settings: SessionSettings) -> Queue:
        """The same with what a person set for the session; a word that this release does not know sets nothing."""
        wait_ms, cap = settings.queue_debounce_ms, settings.queue_cap
        return Queue(
            mode=_known(QueueMode, _MODES.get(settings.queue, settings.queue)) or self.mode,
            debounce_s=self.debounce_s if wait_ms is None else wait_ms / 1000,
            cap=self.cap if cap is None else max(cap, 1),
            drop=_known(QueueDrop, settings.queue_drop) or self.drop,
        )


def queue_mode(name: str) -> QueueMode:
    """The mode that ``name``, one of ``messages.queue.mode``, stands for."""
    return QueueMode(_MODES.get(name, name))


def _known(words: type[_Word], word: str) -> _Word | None:
    return next((each for each in words if each == word), None)
