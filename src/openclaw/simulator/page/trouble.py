"""The switches for what a Mac does wrong: which there are, what each looks like from outside, and turning them.

Owns the sentences and the ways each can be turned; what then happens is in the look-alike. The switches stand in the
settings file, so a restart keeps them and every window shows the same.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, cast

from openclaw.errors import BadRequest, NotFound
from openclaw.simulator.page.settings import change_settings, read_document

Mode = Literal["off", "once", "on"]
_ONCE_OR_ON: tuple[Mode, ...] = ("off", "once", "on")
_ON: tuple[Mode, ...] = ("off", "on")
_ONCE: tuple[Mode, ...] = ("off", "once")


@dataclass(frozen=True, slots=True)
class Switch:
    """One misbehaviour: its kind of `behaviour.KINDS`, a name, what a real Mac does there, and how it can be turned."""

    kind: str
    name: str
    story: str
    modes: tuple[Mode, ...]
    entry: Mapping[str, Any]
    """The fields of its entry beside the kind."""


SWITCHES = (
    Switch(
        "hang-send",
        "Stalled send",
        "Messages stops reacting: a send neither succeeds nor fails until you switch this off, or two minutes pass.",
        _ON,
        {},
    ),
    Switch(
        "lost-answer",
        "Lost answer",
        "The message goes out, but nobody is told: sending it again would say everything twice.",
        _ONCE_OR_ON,
        {},
    ),
    Switch(
        "late-own-row",
        "Late own row",
        "A sent message turns up in the database only seconds later, so at first it looks as if it was never sent.",
        _ONCE_OR_ON,
        {"delayMs": 4000},
    ),
    Switch(
        "late-join",
        "Late chat",
        "A new message stands in the database before anybody can tell which conversation it belongs to.",
        _ON,
        {"delayMs": 2000},
    ),
    Switch(
        "flip",
        "Flipped row",
        "A sent message looks for a moment as if the contact had written it.",
        _ONCE_OR_ON,
        {"delayMs": 1000},
    ),
    Switch(
        "reflect",
        "Reflection",
        "Some seconds after a send the same words come in again from the contact.",
        _ONCE_OR_ON,
        {"delayMs": 3000},
    ),
    Switch(
        "stall",
        "Deaf watch",
        "imsg is alive and answers, but reports no new message until you switch this off.",
        _ON,
        {"seconds": 3600},
    ),
    Switch(
        "ghost-row",
        "Ghost row",
        "A send into a group leaves an empty row without a chat, and nothing is delivered.",
        _ONCE_OR_ON,
        {},
    ),
    Switch(
        "refuse-send",
        "Refused send",
        "macOS has taken back the permission to automate Messages, so every send fails at once.",
        _ONCE_OR_ON,
        {},
    ),
    Switch(
        "noise",
        "Noise",
        "A line of plain text slips in between the JSON that imsg writes.",
        _ONCE_OR_ON,
        {"text": "2026-01-01 imsg[412:9] a warning that is no JSON"},
    ),
    Switch(
        "exit",
        "imsg ends",
        "The imsg program dies in the middle of its work and has to be started again.",
        _ONCE,
        {"code": 1},
    ),
    Switch(
        "permission-denied",
        "No disk access",
        "Full Disk Access is gone: an imsg that starts now cannot open the Messages database.",
        _ON,
        {},
    ),
)
_BY_KIND = {switch.kind: switch for switch in SWITCHES}


def find_switch(kind: str) -> Switch:
    """Return the switch of this kind; raises NotFound when there is none."""
    found = _BY_KIND.get(kind)
    if found is None:
        raise NotFound(f"there is no misbehaviour {kind[:40]!r}; there are {', '.join(_BY_KIND)}")
    return found


def modes(database: Path) -> dict[str, Mode]:
    """How every switch stands, by kind. Raises BadSettings for settings that cannot be used."""
    entries = {str(each["kind"]): each for each in _entries(read_document(database))}
    return {kind: _mode(entries.get(kind)) for kind in _BY_KIND}


def turn(database: Path, kind: str, mode: str) -> None:
    """Turn a switch; the running look-alikes see it at their next step.

    Raises NotFound for an unknown kind, BadRequest for a mode the switch does not have, BadSettings for settings that
    cannot be used.
    """
    switch = find_switch(kind)
    if mode not in switch.modes:
        raise BadRequest(f"{kind} cannot be {mode[:20]!r}; it can be {', '.join(switch.modes)}")

    def turned(document: dict[str, object]) -> None:
        kept = [each for each in _entries(document) if each["kind"] != kind]
        document["misbehaviour"] = kept if mode == "off" else [*kept, _entry(switch, mode)]

    change_settings(database, turned)


def _entry(switch: Switch, mode: str) -> dict[str, Any]:
    # A process counts the uses of one entry, so that "once" a second time must not look like the first.
    once = {"times": 1, "pressed": secrets.token_hex(4)} if mode == "once" else {}
    return {"kind": switch.kind, **switch.entry, **once}


def _mode(entry: Mapping[str, Any] | None) -> Mode:
    if entry is None:
        return "off"
    return "once" if "times" in entry else "on"


def _entries(document: Mapping[str, object]) -> list[dict[str, Any]]:
    return list(cast("list[dict[str, Any]]", document.get("misbehaviour", [])))
