"""The steps of a schedule: what may happen, and how a schedule is written down and read again.

A line is a step: its name, then what differs from its defaults, as in ``Say who=1 what=echo``. Knows neither the phone
nor the gateway.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import MISSING, dataclass, fields
from typing import get_args


@dataclass(frozen=True, slots=True)
class Say:
    """Somebody writes, ``hours`` ago as the row says.

    0 Ann, 1 Bob, 2 Ann and 3 Bob in the group, 4 a stranger, 5 the owner in the chat with themselves.
    """

    who: int = 0
    what: str = "new"
    flaw: str = ""
    whole: float = 0.0
    hours: int = 0


@dataclass(frozen=True, slots=True)
class OwnerTypes:
    """The owner writes in a chat, on another device."""

    chat: int = 0
    flaw: str = ""
    whole: float = 0.0


@dataclass(frozen=True, slots=True)
class NextSend:
    """What becomes of the next send that has no fate yet: the answer, when it leaves (never: -1), how its row shows."""

    answer: str = "guid"
    leaves: float = 0.0
    answers: float = 0.0
    flaw: str = ""
    whole: float = 0.0


@dataclass(frozen=True, slots=True)
class NextAnswer:
    """What the agent does the next time that it is asked and was not told yet."""

    how: str = "one"


@dataclass(frozen=True, slots=True)
class GoOn:
    """The agents that stalled go on."""


@dataclass(frozen=True, slots=True)
class Wait:
    """Seconds pass."""

    seconds: float = 1.0


@dataclass(frozen=True, slots=True)
class Sleep:
    """The computer sleeps for hours: the clocks go on, and nothing else does."""

    hours: int = 1


@dataclass(frozen=True, slots=True)
class Stop:
    """The gateway is stopped as by a signal."""


@dataclass(frozen=True, slots=True)
class Kill:
    """The gateway dies: now (0), or at the ``at``-th moment from now; there are two for each commit."""

    at: int = 0


@dataclass(frozen=True, slots=True)
class Start:
    """The gateway is started, if it does not run."""


@dataclass(frozen=True, slots=True)
class Watch:
    """How the watch reports from now on: row by row, in one batch, doubled, backwards, or not at all."""

    manner: str = "batch"


@dataclass(frozen=True, slots=True)
class Again:
    """The watch reports the newest rows once more."""

    rows: int = 1


@dataclass(frozen=True, slots=True)
class DiskFull:
    """The ledger's disk is full, or has room again."""

    full: bool = True


@dataclass(frozen=True, slots=True)
class History:
    """The phone's history can be read, or not."""

    readable: bool = False


@dataclass(frozen=True, slots=True)
class Pause:
    """The operator pauses a chat, or everything (-1)."""

    chat: int = 0


@dataclass(frozen=True, slots=True)
class Resume:
    """The operator has everything go on."""


@dataclass(frozen=True, slots=True)
class Decide:
    """The operator decides about the ``which``-th thing that can be decided so."""

    what: str = "resend"
    which: int = 0


Step = (
    Say
    | OwnerTypes
    | NextSend
    | NextAnswer
    | GoOn
    | Wait
    | Sleep
    | Stop
    | Kill
    | Start
    | Watch
    | Again
    | DiskFull
    | History
    | Pause
    | Resume
    | Decide
)
Schedule = Sequence[Step]

_BY_NAME = {kind.__name__: kind for kind in get_args(Step)}

WORDS = ("new", "ok", "echo", "twist", "empty", "long", "/status", "/new", "/stop")
"""What a person says: something new, a short word, our own last words, nearly those, nothing, much, or a command."""

ANSWERS = ("one", "three", "same", "ok", "parrot", "silent", "fail", "stall", "act", "act and stall", "long")
"""What an agent does: bubbles, equal ones, a short word, the person's own, nothing, failure, stalling, effects."""

DECISIONS = ("release", "drop", "resend", "drop bubble", "retry", "cancel")
"""What the operator can decide: about messages, about bubbles, about turns."""


def written(schedule: Schedule) -> str:
    """A schedule, a line for each step."""
    return "".join(f"{_line(step)}\n" for step in schedule)


def read(text: str) -> list[Step]:
    """The schedule that was written so. Empty lines and those that begin with # say nothing."""
    lines = [line.split("#")[0].strip() for line in text.splitlines()]
    return [_step(line) for line in lines if line]


def _line(step: Step) -> str:
    told = [
        f"{each.name}={getattr(step, each.name)}".replace(" ", "_")
        for each in fields(step)
        if getattr(step, each.name) != each.default
    ]
    return " ".join([type(step).__name__, *told])


def _step(line: str) -> Step:
    name, *told = line.split()
    kind = _BY_NAME.get(name)
    if kind is None:
        raise ValueError(f"{name} is no step; there are {', '.join(_BY_NAME)}")
    defaults = {each.name: each.default for each in fields(kind) if each.default is not MISSING}
    values = {}
    for word in told:
        key, _, value = word.partition("=")
        values[key] = _value(value.replace("_", " "), type(defaults[key]))
    return kind(**values)


def _value(text: str, kind: type) -> object:
    return text == "True" if kind is bool else kind(text)
