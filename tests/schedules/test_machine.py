"""The state machine of hypothesis over phone, gateway and trouble: a fixed few of its runs, and what it tells."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis.stateful import rule
from tests.schedules import machine
from tests.schedules.disk import Disk
from tests.schedules.machine import Machine
from tests.schedules.play import Broken, play
from tests.schedules.steps import NextSend, Say, Wait


class LateMachine(Machine):
    """With a phone that does what no phone can: a bubble leaves when its sending has long been given up."""

    @rule()
    def leaves_too_late(self) -> None:
        """It is sent again meanwhile, and so it leaves twice."""
        self.course.do(NextSend("unknown", leaves=300.0), Say(who=1), Wait(400.0))


def test_every_promise_is_kept_in_a_fixed_set_of_runs_of_the_machine(tmp_path: Path) -> None:
    """The same few each time; scripts/schedules --machine plays thousands (docs/reliability.md)."""
    machine.run(Disk(tmp_path), 40, steps=30)


def test_a_promise_that_the_machine_breaks_is_told_as_a_schedule_that_breaks_it_again(tmp_path: Path) -> None:
    """The schedule goes into a file for scripts/schedules --play (docs/reliability.md, "Generated schedules")."""
    disk = Disk(tmp_path)
    with pytest.raises(Broken) as caught:
        machine.run(disk, 40, steps=10, kind=LateMachine)
    with pytest.raises(Broken) as again:
        play(disk, caught.value.schedule)
    assert again.value.kind == caught.value.kind
    assert len(caught.value.schedule) < 10
