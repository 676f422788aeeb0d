import dataclasses
import os

import pytest

from openclaw.config.history import DIRECTORY, LIMIT, begin, digest, finish, past_changes, settle, withdraw
from openclaw.errors import ConfigUnreadable


def note(place, before, after, what="set a"):
    return begin(place, place.config_path, before, after, by="cli", what=(what,))


def test_a_change_is_kept_with_the_text_before_it(place):
    """When, by whom, what, and what stood there: for the owner only."""
    finish(note(place, "{a: 1}", "{a: 2}"))
    (kept,) = past_changes(place)
    assert (kept.number, kept.by, kept.what, kept.before) == (1, "cli", ("set a",), "{a: 1}")
    assert kept.left == digest("{a: 2}")
    directory = place.state_dir / DIRECTORY
    assert directory.stat().st_mode & 0o777 == 0o700
    assert [file.stat().st_mode & 0o777 for file in directory.iterdir()] == [0o600]


def test_only_so_many_are_kept(place):
    """The newest first, and the numbers go on."""
    for number in range(LIMIT + 3):
        finish(note(place, str(number), str(number + 1)))
    kept = past_changes(place)
    assert len(kept) == LIMIT
    assert (kept[0].number, kept[-1].number) == (LIMIT + 3, 4)


def test_another_configuration_has_a_history_of_its_own(place):
    """One state directory may have served two files."""
    finish(note(place, None, "{}"))
    assert past_changes(dataclasses.replace(place, config_path=place.home / "other.json")) == ()


def test_a_change_that_was_not_made_is_not_kept(place):
    """Neither before it is made nor after it failed."""
    pending = note(place, "{}", "{a: 1}")
    assert past_changes(place) == ()
    withdraw(pending)
    assert os.listdir(place.state_dir / DIRECTORY) == []


@pytest.mark.parametrize(("stands", "kept"), [("{old: 1}", 0), ("{new: 1}", 1), ("{other: 1}", 1)])
def test_what_a_killed_writer_left_open_is_settled_by_the_file(place, stands, kept):
    """The change counts unless the text before it still stands: what is gone from the file must be in the history."""
    place.config_path.write_text(stands)
    note(place, "{old: 1}", "{new: 1}")
    settle(place)
    assert len(past_changes(place)) == kept
    assert len(os.listdir(place.state_dir / DIRECTORY)) == kept


def test_a_note_that_was_not_finished_goes(place):
    """Its change was not begun."""
    pending = note(place, "{old: 1}", "{new: 1}")
    pending.write_text('{"at": "20')
    settle(place)
    assert os.listdir(place.state_dir / DIRECTORY) == []


def test_what_another_configuration_left_open_is_left_to_it(place):
    """Its writer may be at work on it now; a change of ours has a number of its own."""
    other = dataclasses.replace(place, config_path=place.home / "other.json")
    pending = begin(other, other.config_path, None, "{}", by="cli", what=("set b",))
    settle(place)
    assert pending.exists()
    finish(note(place, None, "{}"))
    assert [one.number for one in past_changes(place)] == [2]


def test_a_damaged_note_is_named(place):
    """Unreadable state is an error, never an empty history (style 20)."""
    finish(note(place, None, "{}"))
    (place.state_dir / DIRECTORY / "00000001.json").write_text("{}")
    with pytest.raises(ConfigUnreadable, match=r"00000001\.json cannot be read as a kept change.*remove it"):
        past_changes(place)
