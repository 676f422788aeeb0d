"""Drawing schedules at random: how often each step comes, and what comes together. The same seed draws the same ones.

Not lists of hypothesis: those of such steps are short and repeat each other, so that of four bugs put in on purpose it
found none in 300, while these find them. Leaving out steps takes the place of its shrinking.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from typing import TypeVar

from tests.schedules.steps import (
    ANSWERS,
    DECISIONS,
    WORDS,
    Again,
    Decide,
    DiskFull,
    GoOn,
    History,
    Kill,
    NextAnswer,
    NextSend,
    OwnerTypes,
    Pause,
    Resume,
    Say,
    Sleep,
    Start,
    Step,
    Stop,
    Wait,
    Watch,
)

T = TypeVar("T")

SOON = (0.3, 1.0, 5.0, 30.0)
LACKS = ("chat", "text", "side")
WAITS = (0.0, 0.0, 0.6, 2.5, 7.0, 30.0, 100.0)
_LATER = (0.0, 3.0, 50.0, 200.0, -1.0)
FATES = (
    *(NextSend(answer, leaves, 0.5) for answer in ("guid", "ok") for leaves in _LATER),
    *(NextSend(answer) for answer in ("guid", "ok")),
    *(NextSend("unknown", leaves, answers) for leaves in (0.0, 3.0, 100.0, -1.0) for answers in (0.0, 5.0)),
    *(NextSend("hangs", leaves) for leaves in (0.0, 60.0, -1.0)),
    NextSend("not sent"),
    NextSend("final"),
)


def draw(seed: int, number: int, longest: int) -> list[Step]:
    """The schedule with that number from ``seed``: up to so many exchanges and troubles."""
    chance = random.Random(f"{seed}/{number}")
    parts = chance.randint(1, longest)
    return [step for _ in range(parts) for step in _part(chance)]


def _part(chance: random.Random) -> list[Step]:
    if chance.random() < 0.6:
        return _exchange(chance)
    return [_trouble(chance)]


def _exchange(chance: random.Random) -> list[Step]:
    """Something is said and answered, with what may go wrong on the way."""
    likely: Sequence[tuple[float, Callable[[random.Random], Step]]] = (
        (0.5, lambda chance: NextAnswer(chance.choice(ANSWERS))),
        (0.5, _fate),
        (0.2, _fate),
        (1.0, _say),
        (0.15, lambda chance: Kill(chance.randint(1, 14))),
        (0.8, lambda chance: Wait(chance.choice(WAITS))),
        (0.2, _end),
    )
    return [drawn(chance) for often, drawn in likely if chance.random() < often]


def _say(chance: random.Random) -> Step:
    match chance.randrange(6):
        case 0 | 1:
            return Say(chance.randrange(6), "new")
        case 2 | 3:
            return Say(chance.randrange(6), chance.choice(WORDS))
        case 4:
            whole = chance.choice((*SOON, -1.0))
            return Say(chance.randrange(4), chance.choice(("new", "ok", "echo")), chance.choice(LACKS), whole)
        case _:
            return Say(chance.randrange(6), chance.choice(WORDS), hours=chance.choice((1, 30, 90)))


def _fate(chance: random.Random) -> Step:
    if chance.random() < 0.6:
        return chance.choice(FATES)
    return NextSend(
        chance.choice(("guid", "ok", "unknown", "hangs")),
        chance.choice((0.0, 3.0)),
        chance.choice((0.0, 0.5)),
        chance.choice((*LACKS, "flip")),
        chance.choice(SOON),
    )


def _end(chance: random.Random) -> Step:
    return chance.choice((Stop(), Kill()))


def _trouble(chance: random.Random) -> Step:
    return chance.choice(
        (
            _end(chance),
            Start(),
            Start(),
            Wait(chance.choice(WAITS)),
            OwnerTypes(chance.randrange(3), chance.choice(("", *LACKS)), chance.choice(SOON)),
            Sleep(chance.choice((1, 30))),
            Watch(chance.choice(("rows", "batch", "doubled", "backwards", "deaf"))),
            Again(chance.randint(1, 5)),
            DiskFull(chance.random() < 0.5),
            History(chance.random() < 0.5),
            Pause(chance.randint(-1, 3)),
            Resume(),
            GoOn(),
            Decide(chance.choice(DECISIONS), chance.randrange(4)),
        )
    )
