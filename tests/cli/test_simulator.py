"""`openclaw simulator`."""

from __future__ import annotations

import json
import stat
from pathlib import Path

from click.testing import CliRunner, Result

from openclaw.cli.simulator import group
from openclaw.simulator import phone

ANN = "+15550100001"


def run(state: Path, *arguments: str, typed: str = "") -> Result:
    """One command with a state directory of its own."""
    return CliRunner().invoke(group, list(arguments), input=typed, env={"OPENCLAW_STATE_DIR": str(state)})


def test_init_makes_a_database_and_says_what_to_configure(tmp_path: Path) -> None:
    """The default place is in the state directory; a second time is refused."""
    done = run(tmp_path, "init")
    database = tmp_path / "simulator" / "chat.db"
    block = json.loads(done.output[done.output.index("{") :])["channels"]["imessage"]
    assert database.is_file()
    assert (block["enabled"], block["dbPath"]) == (True, str(database))
    assert block["cliPath"].endswith("imsg-simulator")
    again = run(tmp_path, "init")
    assert (again.exit_code, "is there already" in again.output) == (1, True)


def test_a_state_directory_that_init_makes_is_its_owner_s_alone(tmp_path: Path) -> None:
    """A newcomer's first command may be this one, and the doctor is not to find fault with it."""
    state = tmp_path / "state"
    run(state, "init")
    assert [stat.S_IMODE(path.stat().st_mode) for path in (state, state / "simulator")] == [0o700, 0o700]


def test_init_of_a_newer_system_as_json(tmp_path: Path) -> None:
    """`--macos 26` spells guids differently; `--own` is the account."""
    other = tmp_path / "other.db"
    done = run(tmp_path, "init", "--db", str(other), "--own", "me@example.com", "--macos", "26", "--json")
    assert json.loads(done.output)["dbPath"] == str(other)
    assert phone.say(other, ANN, "x").chat_guid.startswith("any;-;")


def test_say_and_thread(tmp_path: Path) -> None:
    """What is said stands in the thread, in direct chats and groups."""
    run(tmp_path, "init")
    said = run(tmp_path, "say", "--from", ANN, "hello", "--json", "--sms", "--body-only")
    assert json.loads(said.output)["chat_guid"] == f"SMS;-;{ANN}"
    assert run(tmp_path, "thread", "--from", ANN).output == f"{ANN}: hello\n"
    assert json.loads(run(tmp_path, "thread", "--from", ANN, "--json").output)["service"] == "SMS"
    assert run(tmp_path, "make-group", "Family", ANN, "bob@example.com").output == "Family is chat 2.\n"
    assert (
        run(tmp_path, "say", "--from", ANN, "--group", "Family", "all").output == "Said in chat 2 as row 2.\n"
    )
    assert run(tmp_path, "thread", "--from", ANN, "--chat-id", "2").output == f"{ANN}: all\n"


def test_what_is_missing_is_named_with_the_way_to_make_it(tmp_path: Path) -> None:
    """No database and no group are plain errors."""
    done = run(tmp_path, "say", "--from", ANN, "x")
    assert (done.exit_code, "openclaw simulator init" in done.output) == (1, True)
    run(tmp_path, "init")
    done = run(tmp_path, "say", "--from", ANN, "--group", "Nobody", "x")
    assert (done.exit_code, "make a group first" in done.output) == (1, True)


def test_a_phone_in_a_pipe_fails_without_an_answer(tmp_path: Path) -> None:
    """Exit code 1 and the question whether a gateway runs."""
    run(tmp_path, "init")
    done = run(tmp_path, "phone", "--from", ANN, "--wait", "0.05", typed="hello\n")
    assert (done.exit_code, "is the gateway running" in done.output) == (1, True)
    assert run(tmp_path, "thread", "--from", ANN).output == f"{ANN}: hello\n"
