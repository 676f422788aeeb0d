"""The command line of the simulated imsg."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from openclaw.config.locations import locate
from openclaw.simulator import imsg, phone
from openclaw.simulator.behaviour import write_settings
from openclaw.simulator.versions import version

ANN = "+15550100001"


def run(*arguments: str, **environ: str) -> tuple[int, str]:
    """Exit code and standard output of one command."""
    command = [sys.executable, "-m", "openclaw.simulator.imsg", *arguments]
    done = subprocess.run(
        command,
        capture_output=True,
        text=True,
        timeout=20,
        env={**os.environ, **environ},
        stdin=subprocess.DEVNULL,
    )
    return done.returncode, done.stdout


def test_the_version_is_a_bare_line_wherever_it_is_asked_for() -> None:
    """`--version` and `-V` count anywhere, IMSG_VERSION overrides the text (imsg contract 2)."""
    assert run("--version") == (0, "0.5.0\n")
    assert run("rpc", "-V") == (0, "0.5.0\n")
    assert run("--version", IMSG_VERSION="dev") == (0, "dev\n")


def test_the_version_is_chosen_by_option_environment_or_settings(database: Path) -> None:
    """In that order; the settings stand beside the database."""
    write_settings(str(database), {"as": "0.7.3"})
    assert run("rpc", "--db", str(database), "--version") == (0, "0.7.3\n")
    assert run("rpc", "--db", str(database), "--version", IMSG_SIMULATOR_AS="0.8") == (0, "0.8.0\n")
    assert run("--as", "0.9.0", "--version", IMSG_SIMULATOR_AS="0.8") == (0, "0.9.0\n")
    code, text = run("--as", "0.1.0", "--version")
    assert (code, "0.1.0" in text) == (1, True)


def test_help_of_rpc_starts_with_its_name() -> None:
    """The first line proves that there is an `rpc`; the root help lists the commands (imsg contract 2)."""
    code, text = run("rpc", "--help")
    assert (code, text.splitlines()[0], "--db" in text) == (0, "imsg rpc", True)
    code, text = run()
    assert (code, text.splitlines()[0], "  rpc\t" in text) == (0, "imsg 0.5.0", True)


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        (["fly"], "Unknown subcommand 'fly' for command 'imsg'"),
        (["status"], "Unknown subcommand 'status' for command 'imsg'"),
        (["chats", "--fast"], "Unknown option --fast"),
        (["history"], "Missing required option: --chat-id"),
        (["chats", "--limit", "many"], "Invalid value for option: --limit"),
    ],
)
def test_errors_are_text_on_standard_output_and_exit_1(
    arguments: list[str], text: str, database: Path
) -> None:
    """There is no other exit code (imsg contract 2)."""
    assert run(*arguments, IMSG_SIMULATOR_DB=str(database)) == (1, text + "\n")


def test_status_tells_version_and_methods_in_newer_releases() -> None:
    """`status --json` since 0.6, `rpc_methods` since 0.7.3, `version` since 0.9 (imsg contract 2)."""
    reports = {
        number: json.loads(run("--as", number, "status", "--json")[1])
        for number in ("0.6.0", "0.7.3", "0.9.0")
    }
    assert set(reports["0.6.0"]) == {
        *("basic_features", "advanced_features", "typing_indicators", "read_receipts", "sip", "message")
    }
    assert reports["0.7.3"]["rpc_methods"] == sorted(version("0.7.3").methods)
    assert reports["0.9.0"]["version"] == "0.9.0"


def test_send_takes_words_or_options(database: Path) -> None:
    """Both spellings send; `--json` answers a status without ids (imsg contract 2)."""
    assert run("send", ANN, "by words", "--db", str(database)) == (0, "sent\n")
    options = ("send", "--to", ANN, "--text", "by options", "--db", str(database), "--json")
    assert json.loads(run(*options)[1]) == {"status": "sent"}
    assert [each.text for each in phone.read_thread(database, ANN)] == ["by words", "by options"]


def test_chats_and_history_are_one_object_a_line(database: Path) -> None:
    """The human form is a line each as well (imsg contract 2)."""
    chat = phone.say(database, ANN, "hello").chat_id
    where = ("--db", str(database))
    assert json.loads(run("chats", "--limit", "1", "--json", *where)[1])["identifier"] == ANN
    assert f"[{chat}] {ANN}" in run("chats", *where)[1]
    history = ("history", "--chat-id", str(chat), *where)
    assert json.loads(run(*history, "--json")[1])["text"] == "hello"
    assert run(*history)[1].endswith(f" {ANN}: hello\n")


def test_an_unusable_database_or_settings_file_is_exit_1(tmp_path: Path, database: Path) -> None:
    """Every command says what is wrong (imsg contract 2)."""
    assert run("chats", "--db", str(tmp_path / "none.db"))[0] == 1
    Path(f"{database}.simulator.json").write_text("{")
    code, text = run("rpc", "--db", str(database))
    assert (code, "simulator.json cannot be used" in text) == (1, True)


@pytest.mark.parametrize("environ", [{}, {"OPENCLAW_STATE_DIR": "/x/state"}, {"OPENCLAW_HOME": "/x/home"}])
def test_the_default_database_is_in_the_state_directory(environ: dict[str, str]) -> None:
    """Never the database of the real Messages; the same place as `openclaw simulator` uses."""
    assert Path(imsg.default_database(environ)) == locate(environ).state_dir / "simulator" / "chat.db"


def test_it_loads_nothing_heavy() -> None:
    """Three of these run beside every gateway (decision: standard library only, few modules)."""
    code = "import sys, openclaw.simulator.imsg; print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=20
    )
    heavy = {
        "asyncio",
        "click",
        "pydantic",
        "dataclasses",
        "inspect",
        "pathlib",
        "shutil",
        "argparse",
        "logging",
        "ctypes",
    }
    here = {"site", "_distutils_hack"}
    plain = subprocess.run(
        [sys.executable, "-c", "import sys; print(*sys.modules)"],
        capture_output=True,
        text=True,
        check=True,
        timeout=20,
    )
    assert not heavy & (set(done.stdout.split()) - set(plain.stdout.split()) - here)


@pytest.mark.parametrize(
    ("given", "expected"), [({"text": "?!"}, (0, "?!\n")), ({"text": "", "code": 1}, (1, "\n"))]
)
def test_the_version_may_be_unreadable(
    given: dict[str, object], expected: tuple[int, str], database: Path
) -> None:
    """`bad-version`: other text, another exit code, or no end for `seconds` (oc#115074)."""
    entry = {"kind": "bad-version", "seconds": 0.1, **given}
    write_settings(str(database), {"misbehaviour": [entry]})
    assert run("--version", "--db", str(database)) == expected
    assert run("--version", IMSG_SIMULATOR_DB=str(database)) == expected
