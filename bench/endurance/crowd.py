"""The people of a soak: who there is, and who says what next.

Owns the mix of the traffic. Everything comes from the seed, so that two runs with one seed say the same; when it is
said, and what becomes of it, is not known here.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from .answers import OK, SAY_OK

Expect = Literal["answer", "ok", "again", "command", "challenge", "nothing"]
"""What is to come of a message: an answer of the model, the bare "ok", an answer to somebody who repeated that, the
gateway's own words to a command or to a stranger, or nothing at all."""

BOT = "@bot"
_COMMANDS = ("/status", "/whoami", "/help")
_LONG = (
    "I have thought about this for a while and there is a lot to tell before I come to what I would ask, so "
)
_STRANGERS = 6
_MIX: dict[str, int] = {
    "short": 34, "long": 8, "parts": 12, "at length": 3, "burst": 8, "body": 5, "link": 4, "parrot": 5,
    "group": 8, "group talk": 4, "stranger": 2, "stranger in group": 2, "owner": 4, "command": 3,
}  # fmt: skip
"""How often each kind of thing is said, out of their sum."""


@dataclass(frozen=True, slots=True)
class Line:
    """Something to say: by whom ("" for the owner's own hand), where (a handle or the name of a group), and how."""

    kind: str
    sender: str
    place: str
    text: str
    mark: str
    expect: Expect
    is_group: bool = False
    body_only: bool = False
    is_link: bool = False


@dataclass(frozen=True, slots=True)
class Crowd:
    """Who there is. Contacts are in the allowlist and strangers are not; groups have two contacts and a stranger."""

    contacts: tuple[str, ...]
    parrots: tuple[str, ...]
    strangers: tuple[str, ...]
    groups: dict[str, tuple[str, ...]]

    @property
    def allowed(self) -> tuple[str, ...]:
        """Everybody who may talk to the agent."""
        return self.contacts + self.parrots


def gather(chats: int) -> Crowd:
    """People for about ``chats`` conversations: a fifth of them groups, a few parrots and strangers besides."""
    groups = max(chats // 5, 1)
    contacts = tuple(f"+1555{1000000 + number}" for number in range(max(chats - groups, 2)))
    parrots = tuple(f"+1555{2000000 + number}" for number in range(2))
    strangers = tuple(f"+1555{3000000 + number}" for number in range(_STRANGERS))
    members = {
        f"Group {number}": (
            contacts[number % len(contacts)],
            contacts[(number + 1) % len(contacts)],
            strangers[0],
        )
        for number in range(groups)
    }
    return Crowd(contacts, parrots, strangers, members)


class Talk:
    """What the crowd says, thing after thing; most things are one line, a burst is three."""

    def __init__(self, crowd: Crowd, seed: int) -> None:
        self._crowd = crowd
        self._label = f"s{seed}"
        self._chance = random.Random(f"talk {seed}")
        self._said = 0

    def things(self) -> Iterator[list[Line]]:
        """One thing after the other, without end."""
        while True:
            kind = self._chance.choices(list(_MIX), weights=list(_MIX.values()))[0]
            if kind == "burst":
                who = self._chance.choice(self._crowd.contacts)
                yield [self._from_contact("burst", who) for _ in range(3)]
            else:
                yield [self._one(kind)]

    def repeated(self, parrot: str) -> Line:
        """The line of a parrot that has just read our "ok"; its own has no mark, the answer takes that of the last."""
        return Line("parrot's ok", parrot, parrot, OK, "", "again")

    def _one(self, kind: str) -> Line:
        crowd, pick = self._crowd, self._chance.choice
        match kind:
            case "parrot":
                who, mark = pick(crowd.parrots), self._mark()
                return Line(kind, who, who, f"Please {SAY_OK} {mark}", mark, "ok")
            case "group" | "group talk" | "stranger in group":
                return self._in_group(kind)
            case "stranger":
                who, mark = pick(crowd.strangers), self._mark()
                return Line(kind, who, who, f"Hello stranger {mark}", mark, "challenge")
            case "owner":
                who, mark = pick(crowd.contacts), self._mark()
                return Line(kind, "", who, f"I am on my way, typed by hand {mark}", mark, "nothing")
            case "command":
                who = pick(crowd.contacts)
                return Line(kind, who, who, pick(_COMMANDS), "", "command")
            case _:
                return self._from_contact(kind, pick(crowd.contacts))

    def _from_contact(self, kind: str, who: str) -> Line:
        mark, text = self._mark(), f"Hello {kind}, how are you"
        match kind:
            case "long" | "body":
                text = _LONG * self._chance.randint(1, 20) + "what do you think of it"
            case "parts" | "at length":
                text = f"Tell me {kind if kind == 'at length' else ''} in {self._chance.randint(2, 4)} parts"
            case "link":
                text = f"https://example.com/page?about={mark}"
            case _:
                pass
        said = text if mark in text else f"{text} {mark}?"
        return Line(
            kind, who, who, said, mark, "answer", body_only=kind in ("body", "link"), is_link=kind == "link"
        )

    def _in_group(self, kind: str) -> Line:
        name = self._chance.choice(list(self._crowd.groups))
        members, mark = self._crowd.groups[name], self._mark()
        sender = members[-1] if kind == "stranger in group" else self._chance.choice(members[:-1])
        called = "" if kind == "group talk" else f"{BOT} "
        expect: Expect = "answer" if kind == "group" else "nothing"
        return Line(kind, sender, name, f"{called}what about dinner {mark}?", mark, expect, is_group=True)

    def _mark(self) -> str:
        self._said += 1
        return f"m-{self._label}-{self._said}"
