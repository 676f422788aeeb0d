"""The settings file beside a database."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from openclaw.simulator import imsg, phone
from openclaw.simulator.behaviour import SUFFIX, BadSettings, Behaviour, Settings, write_settings


def test_without_a_file_nothing_is_special(tmp_path: Path) -> None:
    """Defaults of every key."""
    assert Behaviour(str(tmp_path / "chat.db")).settings == Settings()


def test_a_replaced_file_is_seen_at_the_next_look(tmp_path: Path) -> None:
    """A page or a test switches misbehaviours while the program runs."""
    database = str(tmp_path / "chat.db")
    behaviour = Behaviour(database)
    write_settings(database, {"as": "0.6.0", "debounceMs": 5, "misbehaviour": [{"kind": "noise", "x": 1}]})
    assert (behaviour.settings.version, behaviour.settings.debounce_ms) == ("0.6.0", 5)
    assert behaviour.look("noise") == {"kind": "noise", "x": 1, "text": "a line that is not JSON"}
    write_settings(database, {})
    assert behaviour.look("noise") is None


def test_an_entry_with_times_is_used_up(tmp_path: Path) -> None:
    """`take` counts, `look` does not."""
    database = str(tmp_path / "chat.db")
    write_settings(database, {"misbehaviour": [{"kind": "noise", "times": 2}]})
    behaviour = Behaviour(database)
    assert [behaviour.take("noise") is not None for _ in range(3)] == [True, True, False]
    assert behaviour.look("noise")


def test_an_entry_that_differs_is_used_anew(tmp_path: Path) -> None:
    """A button pressed twice means twice: the page marks each press in the entry."""
    database = str(tmp_path / "chat.db")
    behaviour = Behaviour(database)
    for press in ("first", "second"):
        write_settings(database, {"misbehaviour": [{"kind": "noise", "times": 1, "pressed": press}]})
        assert [behaviour.take("noise") is not None for _ in range(2)] == [True, False]


@pytest.mark.parametrize(
    "text",
    [
        "{",
        "[]",
        '{"misbehaviour": {}}',
        '{"misbehaviour": [{"kid": 1}]}',
        '{"misbehaviour": [{"kind": "nose"}]}',
    ],
)
def test_a_file_that_cannot_be_used_is_named(text: str, tmp_path: Path) -> None:
    """Unusable settings are an error, never defaults."""
    database = tmp_path / "chat.db"
    Path(str(database) + SUFFIX).write_text(text)
    with pytest.raises(BadSettings, match=r"chat\.db\.simulator\.json cannot be used"):
        _ = Behaviour(str(database)).settings


def test_the_file_is_private(tmp_path: Path) -> None:
    """Files are 0600."""
    write_settings(str(tmp_path / "chat.db"), {})
    assert (tmp_path / ("chat.db" + SUFFIX)).stat().st_mode & 0o777 == 0o600


def test_what_lasts_is_over_after_its_seconds_or_when_taken_away(tmp_path: Path) -> None:
    """Counted from when a process first sees it; taken away and put back it begins anew."""
    database = str(tmp_path / "chat.db")
    behaviour = Behaviour(database)
    assert not behaviour.lasts("sleep")
    for seconds, lasts in ((60.0, True), (0.0, False)):
        write_settings(database, {"misbehaviour": [{"kind": "sleep", "seconds": seconds}]})
        assert behaviour.lasts("sleep") is lasts
    entry = behaviour.look("sleep")
    assert entry
    assert behaviour.outlast(entry) is False
    write_settings(database, {})
    assert behaviour.outlast(entry) is True


def test_an_entry_may_be_for_one_method(tmp_path: Path) -> None:
    """Without a method it is for all."""
    database = str(tmp_path / "chat.db")
    write_settings(database, {"misbehaviour": [{"kind": "hang", "method": "send"}, {"kind": "slow"}]})
    behaviour = Behaviour(database)
    assert [bool(behaviour.take("hang", each)) for each in ("send", "chats.list")] == [True, False]
    assert behaviour.take("slow", "chats.list")


def test_the_clock_of_the_mac_may_jump(tmp_path: Path) -> None:
    """`clock-jump`: rows are dated by the Mac's clock, of people and of sends alike."""
    database = phone.create_database(tmp_path / "chat.db")
    write_settings(str(database), {"misbehaviour": [{"kind": "clock-jump", "seconds": -86_400}]})
    phone.say(database, "+15550100001", "yesterday")
    imsg.run(["send", "+15550100001", "too", "--db", str(database)], {})
    ages = [time.time() - each.at for each in phone.read_thread(database, "+15550100001")]
    assert [round(age / 86_400) for age in ages] == [1, 1]
