"""What is said while the gateway dies: three conversations, and what must become of each line.

Every word of a line occurs nowhere else, so that a reply, which repeats what it answers, tells word by word which line
it belongs to, what of it arrived, and in which order.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from tests.making import ANN, BOB

from openclaw.simulator import phone

CREW = "Crew"
"""The name of the group; Ann is in it."""

CALLED = "@bot"
"""The word by which the agent is called in the group."""

WORD = re.compile(r"\b[a-z]+\d+x\d+\b")
"""A word that only one line has."""


class Fate(Enum):
    """What must become of a line."""

    ANSWERED = "answered"
    COMMAND = "command"
    NOT_MENTIONED = "not mentioned"
    CHALLENGED = "challenged"
    OWNER_TYPED = "owner typed"
    TOO_OLD = "too old"


@dataclass(frozen=True, slots=True)
class Line:
    """Something that somebody writes; ``place`` is a contact's handle or the name of the group."""

    name: str
    place: str
    text: str
    fate: Fate

    @property
    def words(self) -> list[str]:
        """The words that only this line has."""
        return WORD.findall(self.text)


@dataclass(frozen=True, slots=True)
class Written:
    """A line that is on the phone, in its row."""

    line: Line
    row: phone.Said


@dataclass(frozen=True, slots=True)
class Step:
    """``lines`` are written once the gateway's reply with the word ``after`` is on the phone; "": once it listens."""

    after: str
    lines: Sequence[Line]


@dataclass(frozen=True, slots=True)
class Scenario:
    """What is said around one crash. ``waiting`` is on the phone when the gateway that dies is started.

    ``is_first_start`` says that no gateway was ever started before; then nothing may be said before one listens, since
    it would be old. Else what is left of ``steps`` when the gateway dies is said while none runs.
    """

    name: str
    is_first_start: bool
    waiting: Sequence[Line]
    steps: Sequence[Step]


def ann(name: str, words: int = 2) -> Line:
    """A line of Ann's, who is allowed and answered."""
    return Line(name, ANN, _words(name, words), Fate.ANSWERED)


def crew(name: str, *, called: bool = True) -> Line:
    """A line in the group, to the agent or to the others."""
    start = f"{CALLED} " if called else ""
    return Line(name, CREW, start + _words(name, 3), Fate.ANSWERED if called else Fate.NOT_MENTIONED)


def stranger(name: str) -> Line:
    """A line of Bob's, who is not known and is sent a pairing code once."""
    return Line(name, BOB, _words(name, 2), Fate.CHALLENGED)


def _words(name: str, count: int) -> str:
    return " ".join(f"{name}x{number:02}" for number in range(count))


def _old(name: str, place: str, text: str) -> Line:
    return Line(name, place, f"{text} {name}x00", Fate.TOO_OLD)


OLD = (_old("old1", ANN, "hello"), _old("old2", CREW, f"{CALLED} hello"), _old("old3", BOB, "hello"))
"""On the phone before the gateway is started for the first time."""

BEFORE = ann("a1")
"""Said and answered before the gateway that dies is started."""

FIRST_START = Scenario(
    "first start",
    is_first_start=True,
    waiting=(),
    steps=(Step("", (ann("a1", words=20), crew("g1"), stranger("b1"))),),
)
"""The very first start, among messages that are older."""

TRAFFIC = Scenario(
    "traffic",
    is_first_start=False,
    waiting=(
        ann("a2"),
        ann("a3", words=60),
        crew("g1"),
        crew("g2", called=False),
        stranger("b1"),
        Line("o1", ANN, "o1x00 typed by hand", Fate.OWNER_TYPED),
    ),
    steps=(
        Step("a2x01", (ann("a4"), Line("status", ANN, "/status", Fate.COMMAND), stranger("b2"))),
        Step("a4x01", (ann("a5", words=45), crew("g3"))),
        Step("a5x00", (ann("a6"), crew("g4"))),
    ),
)
"""Catching up after a stop, and more that comes while it is answered."""

SCENARIOS = (FIRST_START, TRAFFIC)


def write(database: Path, line: Line) -> Written:
    """Let ``line`` be written on the phone now."""
    if line.place == CREW:
        return Written(line, phone.say(database, ANN, line.text, group=CREW))
    if line.fate is Fate.OWNER_TYPED:
        return Written(line, phone.owner_types(database, line.text, to=line.place))
    return Written(line, phone.say(database, line.place, line.text))
