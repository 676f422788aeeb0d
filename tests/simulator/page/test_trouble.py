"""The switches for what goes wrong."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from openclaw.simulator.behaviour import SUFFIX, Behaviour, write_settings
from openclaw.simulator.kinds import KINDS
from openclaw.simulator.page import trouble

ANN = "+15550100001"


def test_every_misbehaviour_has_a_switch_with_one_sentence() -> None:
    """One plain sentence of what a real Mac does there; the rest of the kinds is for tests and the command line."""
    assert {each.kind for each in trouble.SWITCHES} <= set(KINDS)
    for switch in trouble.SWITCHES:
        assert switch.story.endswith(".")
        assert switch.story.count(". ") == 0
        assert switch.modes[0] == "off"


def test_the_page_is_told_which_there_are(page: Any) -> None:
    """With the modes each can have."""
    told = {each["kind"]: each["modes"] for each in page.get("api/trouble").json["switches"]}
    assert told["lost-answer"] == ["off", "once", "on"]
    assert told["exit"] == ["off", "once"]


@pytest.mark.parametrize("kind", [each.kind for each in trouble.SWITCHES if "on" in each.modes])
def test_a_switch_is_turned_on_and_off(page: Any, database: Path, kind: str) -> None:
    """The running look-alike sees it at once, every window what stands in the file."""
    look_alike = Behaviour(str(database))
    assert page.post("api/trouble", kind=kind, mode="on").json["trouble"][kind] == "on"
    assert look_alike.look(kind)
    assert page.get("api/chats").json["trouble"][kind] == "on"
    assert page.post("api/trouble", kind=kind, mode="off").json["trouble"][kind] == "off"
    assert look_alike.look(kind) is None


def test_once_is_once_each_time_it_is_pressed(page: Any, database: Path) -> None:
    """A process that has done it once does it again after the next press, and then no more."""
    look_alike = Behaviour(str(database))
    for _ in range(2):
        assert page.post("api/trouble", kind="noise", mode="once").json["trouble"]["noise"] == "once"
        assert [look_alike.take("noise") is not None for _ in range(2)] == [True, False]


def test_other_settings_and_switches_stay(page: Any, database: Path) -> None:
    """The page changes what it was asked to change."""
    kept = {"as": "0.8.0", "pollMs": 50, "misbehaviour": [{"kind": "ghost-row", "times": 3}]}
    write_settings(str(database), kept)
    page.post("api/trouble", kind="noise", mode="on")
    page.post("api/trouble", kind="noise", mode="off")
    assert json.loads(Path(f"{database}{SUFFIX}").read_text()) == kept


def test_the_end_of_imsg_is_real_and_only_for_a_moment(page: Any, imsg: Callable[..., Any]) -> None:
    """The child ends at its next step; the one started after it lives (brief)."""
    child = imsg()
    child.ask("watch.subscribe")
    assert page.post("api/trouble", kind="exit", mode="once").json["trouble"]["exit"] == "off"
    assert child.process.wait(20) == 1
    assert imsg().ask("chats.list") == {"chats": []}


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"kind": "rain", "mode": "on"}, 404),
        ({"kind": "noise", "mode": "twice"}, 400),
        ({"kind": "exit", "mode": "on"}, 400),
        ({"kind": "noise"}, 400),
        ({"mode": "on"}, 400),
    ],
)
def test_what_cannot_be_turned_is_refused(page: Any, fields: dict[str, str], code: int) -> None:
    """Bad input gets a message with what there is."""
    answer = page.post("api/trouble", **fields)
    assert (answer.code, bool(answer.json["error"])) == (code, True)
