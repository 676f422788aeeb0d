"""Generated schedules: a fixed few of them, each that once broke a promise, and whether a broken promise is noticed."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.schedules import many
from tests.schedules.disk import Disk
from tests.schedules.draw import draw
from tests.schedules.play import Broken, play, shortened
from tests.schedules.steps import NextSend, Say, Wait, read, written

FOUND = sorted(Path(__file__).with_name("found").glob("*.txt"))


@pytest.fixture
def disk(tmp_path: Path) -> Disk:
    """Where the ledgers of one test lie."""
    return Disk(tmp_path)


def test_every_promise_is_kept_in_a_fixed_set_of_generated_schedules(disk: Disk) -> None:
    """The same few each time; scripts/schedules plays thousands (docs/reliability.md, "Generated schedules")."""
    many.run(disk, 100, seed=7)


@pytest.mark.parametrize("path", FOUND, ids=lambda path: path.stem)
def test_what_broke_a_promise_once_does_not_again(disk: Disk, path: Path) -> None:
    """Each file is a schedule that scripts/schedules found, with what it was about in its first line."""
    play(disk, read(path.read_text()))


def test_a_schedule_that_is_written_down_can_be_read_again() -> None:
    """What is printed on a failure is what repeats it."""
    for number in range(100):
        schedule = draw(1, number, 10)
        assert read(written(schedule)) == schedule


def test_a_broken_promise_is_told_with_the_few_steps_that_break_it(disk: Disk) -> None:
    """A bubble that leaves later than any can is sent again meanwhile: that is noticed, and told briefly."""
    steps = [Say(who=1), NextSend("unknown", leaves=300.0), Wait(2.5), Say(), *[Wait(100.0)] * 4]
    with pytest.raises(Broken) as caught:
        play(disk, steps)
    told = str(shortened(disk, caught.value))
    assert "left 2 times for 1 bubbles" in told
    assert len(read(told.partition("Schedule:")[2])) < len(steps)
