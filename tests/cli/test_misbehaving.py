"""`openclaw simulator misbehave` and its neighbours."""

from __future__ import annotations

import json
from pathlib import Path

from click.testing import CliRunner, Result

from openclaw.cli.simulator import group
from openclaw.simulator import phone
from openclaw.simulator.behaviour import Behaviour
from openclaw.simulator.kinds import KINDS

ANN = "+15550100001"


def run(state: Path, *arguments: str) -> Result:
    """One command with a state directory of its own."""
    return CliRunner().invoke(group, list(arguments), env={"OPENCLAW_STATE_DIR": str(state)})


def test_what_can_go_wrong_is_listed_with_its_fields(tmp_path: Path) -> None:
    """Every kind with its defaults; what is on has a star."""
    run(tmp_path, "init")
    run(tmp_path, "misbehave", "stall")
    listed = run(tmp_path, "misbehave").output
    assert all(f" {kind}" in listed for kind in KINDS)
    assert "* stall seconds=600.0" in listed
    assert "  late-join delayMs=1000" in listed


def test_a_misbehaviour_is_switched_on_with_fields_and_off(tmp_path: Path) -> None:
    """The running programs see it at once; other switches stay."""
    run(tmp_path, "init")
    behaviour = Behaviour(str(tmp_path / "simulator" / "chat.db"))
    done = run(tmp_path, "misbehave", "hang", "method=send", "seconds=5", "times=1")
    assert done.output == "On: hang\n"
    entry = behaviour.look("hang")
    assert entry
    assert (entry["method"], entry["seconds"], entry["times"]) == ("send", 5, 1)
    assert run(tmp_path, "misbehave", "noise").output == "On: hang, noise\n"
    assert run(tmp_path, "misbehave", "--off", "hang").output == "On: noise\n"
    assert run(tmp_path, "misbehave", "--off").output == "On: nothing\n"


def test_a_wrong_field_or_value_is_named(tmp_path: Path) -> None:
    """With what there is instead."""
    run(tmp_path, "init")
    assert "write one of seconds, times" in run(tmp_path, "misbehave", "stall", "minutes=1").output
    assert "must be a number" in run(tmp_path, "misbehave", "stall", "seconds=long").output
    assert "Invalid value for '[KIND]'" in run(tmp_path, "misbehave", "nothing").output


def test_a_backlog_of_now_and_of_long_ago(tmp_path: Path) -> None:
    """COUNT rows at once."""
    run(tmp_path, "init")
    assert run(tmp_path, "backlog", "--from", ANN, "3").output == "Rows 1 to 3 in chat 1.\n"
    run(tmp_path, "backlog", "--from", ANN, "--days-ago", "1000", "1")
    *_, now, old = phone.read_thread(tmp_path / "simulator" / "chat.db", ANN)
    assert round((now.at - old.at) / 86_400) == 1000


def test_the_database_is_copied_replaced_and_restored(tmp_path: Path) -> None:
    """Another Mac in its place, and the old one back."""
    run(tmp_path, "init")
    database, copy = tmp_path / "simulator" / "chat.db", tmp_path / "copy.db"
    run(tmp_path, "say", "--from", ANN, "hello", "--join-after", "0", "--text-after", "0")
    assert run(tmp_path, "snapshot", str(copy)).exit_code == 0
    assert run(tmp_path, "replace-database", "--first-id", "50").exit_code == 0
    assert phone.say(database, ANN, "x").row_id == 50
    assert run(tmp_path, "restore", str(copy)).exit_code == 0
    assert [each.text for each in phone.read_thread(database, ANN)] == ["hello"]
    missing = run(tmp_path, "replace-database", "--db", str(tmp_path / "none.db"))
    assert (missing.exit_code, "simulator init" in missing.output) == (1, True)


def test_the_kinds_and_what_is_on_are_told_to_programs(tmp_path: Path) -> None:
    """--json wherever a list is printed (facts J)."""
    run(tmp_path, "init")
    told = json.loads(run(tmp_path, "misbehave", "--json").output)
    assert (told["on"], [one["kind"] for one in told["kinds"]]) == ([], list(KINDS))
    assert json.loads(run(tmp_path, "misbehave", "hang", "--json").output) == {"on": ["hang"]}


def test_a_folder_that_is_not_there_is_a_message(tmp_path: Path) -> None:
    """The copy's own, and not the database's."""
    run(tmp_path, "init")
    copied = run(tmp_path, "snapshot", str(tmp_path / "nowhere" / "copy.db"))
    assert (copied.exit_code, "nowhere is no folder" in copied.output) == (1, True)
