"""What goes wrong in a soak and when: a schedule from a seed.

Pure. Misbehaviours of the simulated Mac are named as it names them; those that this simulator does not know are left
out.
"""

from __future__ import annotations

import random
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Deed = Literal[
    "misbehave",
    "own text in the body",
    "kill child",
    "freeze child",
    "freeze gateway",
    "restart",
    "kill gateway",
    "down",
]

_ENDINGS: dict[Deed, int] = {"restart": 4, "kill gateway": 6, "down": 3}
"""Deeds that end a life of the gateway, with their weights."""

_OTHERS: dict[Deed, int] = {
    "kill child": 8,
    "freeze child": 4,
    "freeze gateway": 2,
    "own text in the body": 2,
}
_MISBEHAVIOURS: dict[str, tuple[dict[str, Any], ...]] = {
    "exit": ({"afterLines": 3}, {"afterLines": 0}),
    "noise": ({"text": "2026-01-01 warning: this line is no JSON"},),
    "buffer": ({"seconds": 2.0}, {"bytes": 4096}),
    "hang": ({"method": "send"}, {"method": "messages.history"}, {"method": ""}),
    "slow": ({"method": "send", "delayMs": 2500}, {"delayMs": 400}),
    "fail": ({"method": "messages.history"}, {"method": "send"}, {"method": "watch.subscribe"}),
    "null-id": ({"method": "send"}, {"method": "messages.history"}),
    "hang-send": ({"seconds": 12},),
    "lost-answer": ({"method": "send"}, {"method": "messages.history"}),
    "outcome-unknown": ({"sent": True}, {"sent": False}),
    "late-own-row": ({"delayMs": 300}, {"delayMs": 3000}, {"delayMs": 9000}),
    "late-join": ({"delayMs": 400}, {"delayMs": 4000}, {"delayMs": 3000, "whose": "own"}),
    "late-text": ({"delayMs": 400}, {"delayMs": 4000}, {"delayMs": 3000, "whose": "own"}),
    "flip": ({"delayMs": 300}, {"delayMs": 3000}),
    "reflect": ({"delayMs": 300}, {"delayMs": 3000}, {"delayMs": 3000, "reply": True}),
    "clock-jump": ({"seconds": 3600.0}, {"seconds": -300.0}),
}
"""The entries to choose from where the defaults of a kind are not it; a kind that is not here is used as it is."""

_RARE = {
    "permission-denied", "refuse-send", "hang-start", "bad-version", "clock-jump", "missing-direction", "fail",
    "outcome-unknown", "overflow", "mirror", "sleep",
}  # fmt: skip
_MISBEHAVIOUR_WEIGHT = 3
_SHORTEST_S, _LONGEST_S = 4.0, 25.0


@dataclass(frozen=True, slots=True)
class Trouble:
    """One thing that goes wrong: ``after`` seconds from the one before, for ``lasts`` seconds where it has a length."""

    deed: Deed
    after: float
    lasts: float
    entry: Mapping[str, Any] = field(default_factory=dict[str, Any])

    @property
    def name(self) -> str:
        """What to call it in a line."""
        more = [f"{key} {value}" for key, value in self.entry.items() if key not in ("kind", "text")]
        return " ".join([str(self.entry.get("kind", self.deed)), *more])


def troubles(seed: int, every: float, known: Collection[str]) -> Iterator[Trouble]:
    """One trouble about each ``every`` seconds, without end; ``known`` are the kinds that the simulator has."""
    chance = random.Random(f"trouble {seed}")
    kinds = {kind: 1 if kind in _RARE else _MISBEHAVIOUR_WEIGHT for kind in sorted(known)}
    deeds: dict[str, int] = {**_ENDINGS, **_OTHERS, **kinds}
    while True:
        chosen = chance.choices(list(deeds), weights=list(deeds.values()))[0]
        after, lasts = every * chance.uniform(0.5, 1.5), chance.uniform(_SHORTEST_S, _LONGEST_S)
        if chosen in kinds:
            entry = chance.choice(_MISBEHAVIOURS.get(chosen, ({},)))
            yield Trouble("misbehave", after, lasts, {"kind": chosen, **entry})
        else:
            yield Trouble(_deed(chosen), after, lasts)


def ends_a_life(trouble: Trouble) -> bool:
    """Whether the gateway's process does not survive it."""
    return trouble.deed in _ENDINGS


def _deed(name: str) -> Deed:
    return next(deed for deed in (*_ENDINGS, *_OTHERS) if deed == name)
