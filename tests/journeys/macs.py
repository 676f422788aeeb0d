"""Several simulated Macs in one house, each an account of its gateway: what is said on them, and what became of it.

Every line has a word that no other line has, and the agent repeats what it answers; so each bubble on a phone tells
which line it answers.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.crash.evidence import ask
from tests.journeys.house import House, model
from tests.making import ANN, BOB
from tests.waiting import until

from openclaw.domain.delivery import DeliveryState
from openclaw.domain.health import AccountState
from openclaw.domain.messages import MessageState
from openclaw.simulator import phone
from openclaw.simulator.behaviour import write_settings

CREW = "Crew"

_WORD = re.compile(r"\b[a-z]+x\d+\b")
_MOST = 1000
# Longer than the stray bytes that are overlooked in front of our words: what a person said is not what we say of it.
_PREFIX = "You have just told me this:"
_SETTLED = (DeliveryState.CONFIRMED, DeliveryState.UNKNOWN, DeliveryState.UNCONFIRMED, DeliveryState.PARKED)
_ASIDE = (
    MessageState.OURS,
    MessageState.OWNER_TYPED,
    MessageState.DROPPED,
    MessageState.HELD,
    MessageState.SUSPECT,
    MessageState.QUARANTINED,
)


@dataclass(slots=True)
class Line:
    """What somebody wrote in a place, with its own word."""

    word: str
    place: str
    row: phone.Said


@dataclass(slots=True)
class Mac:
    """One simulated Mac, which is the account of the same name."""

    house: House
    name: str
    release: str
    settings: dict[str, Any]
    own_handle: str
    lines: list[Line] = field(default_factory=list)
    withheld: set[str] = field(default_factory=set)
    """Words whose answer need not be on the phone, since its fate is shown as unknown."""
    _met: int = 0

    @property
    def database(self) -> Path:
        """Its messages."""
        return self.house.root / self.name / "chat.db"

    @property
    def imsg(self) -> Path:
        """Its imsg."""
        return self.house.root / self.name / "imsg"

    def behave(self, *misbehaviours: dict[str, Any]) -> None:
        """How it is from now on."""
        write_settings(str(self.database), self.settings | {"misbehaviour": list(misbehaviours)})

    def somebody(self) -> str:
        """The handle of a person who has not written yet."""
        self._met += 1
        return f"+1555018{self._met:04}"

    def say(self, place: str, more: str = "", **how: Any) -> Line:
        """Somebody writes in ``place``, with ``more`` behind their word."""
        word = f"{self.name.translate(_LETTERS)}x{len(self.lines)}"
        text = f"{word} is what I wanted to say. {more}".strip()
        group = place if place == CREW else None
        line = Line(word, place, phone.say(self.database, ANN if group else place, text, group=group, **how))
        self.lines.append(line)
        return line

    def bubbles(self, place: str) -> list[str]:
        """What the gateway has put there."""
        return [
            bubble.text
            for bubble in phone.read_thread(self.database, place)
            if bubble.from_me and bubble.text.startswith(_PREFIX)
        ]

    def messages(self) -> list[dict[str, Any]]:
        """What the gateway knows of the account's rows."""
        return self._mine(ask(self.house, "messages", limit=_MOST)["messages"])

    def deliveries(self) -> list[dict[str, Any]]:
        """What the gateway knows of the account's bubbles."""
        states = [str(state) for state in DeliveryState]
        return self._mine(ask(self.house, "deliveries", state=states, limit=_MOST)["deliveries"])

    def _mine(self, records: list[dict[str, Any]]) -> list[dict[str, Any]]:
        return [each for each in records if each["accountId"] == self.name]

    def note_to_self(self) -> Line:
        """The owner writes to themselves; the row is there twice."""
        word = f"{self.name.translate(_LETTERS)}x{len(self.lines)}"
        text = f"{word} is what I must not forget."
        row = phone.owner_types(self.database, text, to=self.own_handle, mirrored=True)
        line = Line(word, self.own_handle, row)
        self.lines.append(line)
        return line

    async def answered(self, *lines: Line) -> None:
        """Return once each of ``lines`` is answered on the phone, and the gateway has seen its bubble there."""
        await self.on_phone(*lines)

        async def look() -> bool:
            states = {each["guid"]: each["state"] for each in self.messages()}
            settled = all(states.get(line.row.guid) == MessageState.ANSWERED for line in lines)
            return settled and all(each["state"] in _SETTLED for each in self.deliveries())

        await until(look, f"{[line.word for line in lines]} are answered on {self.name}")

    async def reaches(self, *states: AccountState) -> None:
        """Return once the account is in one of ``states``."""

        async def look() -> bool:
            accounts = ask(self.house, "channels")["channelAccounts"]["imessage"]
            return any(each["state"] in states for each in accounts if each["accountId"] == self.name)

        await until(look, f"{self.name} is one of {states}")

    def record(self, line: Line) -> dict[str, Any]:
        """What became of a line; empty while it is not known."""
        return next((each for each in self.messages() if each["guid"] == line.row.guid), {})

    async def on_phone(self, *lines: Line) -> None:
        """Return once each of ``lines`` has an answer on the phone."""

        async def look() -> bool:
            return all(_count(self.bubbles(line.place), line.word) for line in lines)

        await until(look, f"answers to {[line.word for line in lines]} are on {self.name}")

    async def queued(self, line: Line) -> None:
        """Return once the bubble that answers ``line`` waits."""

        async def look() -> bool:
            return any(line.word in each["text"] for each in self.deliveries())

        await until(look, f"the answer to {line.word} is queued on {self.name}")

    async def in_doubt(self, line: Line) -> None:
        """Return once the bubble that answers ``line`` is shown to be of unknown fate."""
        self.withheld.add(line.word)

        async def look() -> bool:
            bubbles = [each for each in self.deliveries() if line.word in each["text"]]
            return [each["state"] for each in bubbles] == [DeliveryState.UNKNOWN]

        await until(look, f"the answer to {line.word} is in doubt on {self.name}")

    def complaints(self) -> list[str]:
        """Each promise that was broken up to now."""
        wrong: list[str] = []
        home = {line.word: line.place for line in self.lines}
        for place in {*home.values(), CREW}:
            said = [word for bubble in self.bubbles(place) for word in _WORD.findall(bubble)]
            wrong += [f"{self.name}: {word} came to {place}" for word in said if home.get(word) != place]
        for line in self.lines:
            times = _count(self.bubbles(line.place), line.word)
            if times > 1 or (times == 0 and line.word not in self.withheld):
                wrong.append(f"{self.name}: {line.word} was answered {times} times: {self.record(line)}")
        heard = {line.row.guid for line in self.lines}
        others = [each for each in self.messages() if each["guid"] not in heard]
        wrong += [
            f"{self.name}: a row of nobody became a turn: {each}"
            for each in others
            if each["state"] not in _ASIDE
        ]
        return wrong


def build(root: Path, *groups: Mapping[str, str]) -> tuple[House, dict[str, Mac]]:
    """A house with an empty Mac for each name of ``groups``, which tell its release of imsg."""
    house = House(root)
    made: dict[str, Mac] = {}
    for name, release in [pair for group in groups for pair in group.items()]:
        mac = Mac(house, name, release, {"debounceMs": 0}, own_handle=f"+1555019{len(made):04}")
        phone.create_database(mac.database, own_handle=mac.own_handle)
        phone.make_group(mac.database, CREW, [ANN, BOB])
        mac.behave()
        mac.imsg.write_text(
            f'#!/bin/sh\nexec "{sys.executable}" -m openclaw.simulator.imsg --as {release} "$@"\n'
        )
        mac.imsg.chmod(0o755)
        made[name] = mac
    return house, made


def configure(house: House, macs: Mapping[str, Mac], address: str, **more: Any) -> None:
    """Everybody may write, the model at ``address`` answers, nothing waits longer than it must, no fuse goes.

    ``more`` under the name of a Mac is of that account, else of all.
    """
    shared = {
        "dmPolicy": "open",
        "allowFrom": ["*"],
        "groupPolicy": "open",
        "groups": {"*": {"requireMention": False}},
        "settleMs": 0,
        "sendTimeoutMs": 4000,
    }
    accounts = {
        mac.name: {"cliPath": str(mac.imsg), "dbPath": str(mac.database)} | more.pop(mac.name, {})
        for mac in macs.values()
    }
    house.configure(
        channels={"imessage": shared | more | {"accounts": accounts}},
        messages={
            "responsePrefix": _PREFIX,
            "queue": {"debounceMs": 0},
            "loop": {"maxTurnsPerMinute": 1000},
            "fuse": {"perContactPerMinute": 1000, "perAccountPerMinute": 1000},
        },
        session={"dmScope": "per-account-channel-peer"},
        **model(address),
    )


_LETTERS = str.maketrans("0123456789", "abcdefghij", "-_.")


def _count(bubbles: Sequence[str], word: str) -> int:
    return sum(bubble.split().count(word) for bubble in bubbles)
