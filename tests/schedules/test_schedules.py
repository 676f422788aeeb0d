"""Generated schedules: a fixed few of them, each that once broke a promise, and whether a broken promise is noticed."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from tests.schedules import many
from tests.schedules.disk import Disk
from tests.schedules.play import play
from tests.schedules.steps import Step, read, schedules, written

FOUND = sorted(Path(__file__).with_name("found").glob("*.txt"))


@pytest.fixture
def disk(tmp_path: Path) -> Disk:
    """Where the ledgers of one test lie."""
    return Disk(tmp_path)


def test_every_promise_is_kept_in_a_fixed_set_of_generated_schedules(disk: Disk) -> None:
    """The same few each time; scripts/schedules plays thousands (docs/reliability.md, "Generated schedules")."""
    assert many.run(disk, 40, number=7, shrinks=False) == 40


@pytest.mark.parametrize("path", FOUND, ids=lambda path: path.stem)
def test_what_broke_a_promise_once_does_not_again(disk: Disk, path: Path) -> None:
    """Each file is a schedule that scripts/schedules found, with what it was about in its first line."""
    play(disk, read(path.read_text()))


@given(schedules(longest=3))
def test_a_schedule_that_is_written_down_can_be_read_again(schedule: list[Step]) -> None:
    """What is printed on a failure is what repeats it."""
    assert read(written(schedule)) == schedule
