"""`openclaw init`: what it asks, what it refuses, and what it leaves behind."""

from __future__ import annotations

import json
import os
import signal
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from tests.children import bounded

from openclaw.cli.init import command
from openclaw.config.load import load_config
from openclaw.config.locations import locate
from openclaw.simulator import phone

NO_KEYS = {"ANTHROPIC_API_KEY": None, "OPENAI_API_KEY": None, "OPENROUTER_API_KEY": None}


class Desk:
    """A home of its own with an imsg that works, and the command run in it."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.state = home / ".openclaw"
        self.path = self.state / "openclaw.json"
        phone.create_database(home / "mac" / "chat.db")
        self.imsg = home / "imsg"
        self.imsg.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m openclaw.simulator.imsg "$@"\n')
        self.imsg.chmod(0o700)
        self.environ = {
            "HOME": str(home),
            "LANG": "en_US.UTF-8",
            "OPENCLAW_STATE_DIR": "",
            "OPENCLAW_CONFIG_PATH": "",
        }

    def phone_flags(self) -> list[str]:
        return ["--imsg", str(self.imsg), "--db", str(self.home / "mac" / "chat.db")]

    def run(self, *arguments: str, typed: str = "", **environ: str) -> Result:
        known = {**NO_KEYS, **self.environ, **environ}
        return CliRunner().invoke(command, [*self.phone_flags(), *arguments], input=typed, env=known)

    def written(self, **environ: str):
        known = {**self.environ, **environ}
        return load_config(locate(known), known).config


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """A fresh home."""
    return Desk(tmp_path)


def test_a_personal_account_is_set_up_with_caution(desk: Desk) -> None:
    """Without a word about it, strangers notice nothing and nobody shares a memory (demand B11, I1)."""
    result = desk.run("--yes", "--agent", "none")
    assert result.exit_code == 0, result.output
    config = desk.written()
    channel = config.channels.imessage
    assert channel is not None
    assert (channel.dm_policy, channel.pairing.notify) == ("pairing", "silent")
    assert channel.allow_from is None
    assert channel.group_policy == "disabled"
    assert config.session.dm_scope == "per-channel-peer"


def test_a_dedicated_account_sends_codes(desk: Desk) -> None:
    """Whoever writes to an account made for the agent is told how to get in (requirements, quick setup)."""
    desk.run("--yes", "--agent", "none", "--apple-id", "dedicated", "--owner", "(555) 010-1234")
    config = desk.written()
    assert config.channels.imessage.pairing.notify == "challenge"
    assert config.commands.owner_allow_from == ("+15550101234",)
    assert config.channels.imessage.allow_from == ("+15550101234",)
    assert config.channels.imessage.own_handles is None


def test_the_owner_of_a_personal_account_may_write_to_themselves(desk: Desk) -> None:
    """On one's own account, one's own number is the account's: a chat with oneself goes to the agent (design 4)."""
    desk.run("--yes", "--agent", "none", "--owner", "Ann@Example.com")
    assert desk.written().channels.imessage.own_handles == ("ann@example.com",)


def test_the_file_is_for_its_owner_only(desk: Desk) -> None:
    """The file is 0600 and its directory 0700 (promise 5)."""
    desk.run("--yes", "--agent", "none")
    assert stat.S_IMODE(desk.path.stat().st_mode) == 0o600
    assert stat.S_IMODE(desk.state.stat().st_mode) == 0o700


@pytest.mark.parametrize(
    ("wish", "word"),
    [(["--dm-policy", "open"], "everyone"), (["--pairing-notify", "challenge"], "strangers")],
)
def test_strangers_need_a_typed_word_on_a_personal_account(desk: Desk, wish: list[str], word: str) -> None:
    """Nobody's friends meet a bot by a default or by a slip (demand B11)."""
    refused = desk.run("--yes", "--agent", "none", *wish)
    assert refused.exit_code == 2
    assert word in refused.output
    assert not desk.path.exists()
    assert desk.run("--yes", "--agent", "none", *wish, "--confirm", word).exit_code == 0
    assert desk.path.exists()


def test_questions_are_answered_from_a_pipe(desk: Desk) -> None:
    """Apple ID, country, owner, policy, people, agent, and yes: the whole way by typed lines."""
    typed = "dedicated\nDE\n\nallowlist\n0151 23456789, bob@example.com\nnone\ny\n"
    result = desk.run(typed=typed)
    assert result.exit_code == 0, result.output
    channel = desk.written().channels.imessage
    assert channel.dm_policy == "allowlist"
    assert channel.allow_from == ("+4915123456789", "bob@example.com")
    assert "imsg" in result.output
    assert "works" in result.output


def test_open_is_asked_again_until_it_is_typed_out(desk: Desk) -> None:
    """A person who does not type the word is back at the question (demand B11)."""
    typed = "personal\nUS\n\nopen\nno thanks\nsilent\n\nnone\ny\n"
    assert desk.run(typed=typed).exit_code == 0
    assert desk.written().channels.imessage.dm_policy == "pairing"


def test_a_wrong_answer_is_asked_again_with_the_reason(desk: Desk) -> None:
    """What cannot be a country or a handle says so, and nothing is lost."""
    typed = "dedicated\nXX\nGB\nnot a number!\n+447700900123\n1\n\nnone\ny\n"
    result = desk.run(typed=typed)
    assert result.exit_code == 0, result.output
    assert "XX is not a country" in result.output
    assert "neither a phone number nor a mail address" in result.output


def test_the_end_of_the_input_leaves_nothing(desk: Desk) -> None:
    """Wherever the input ends, no file appears."""
    lines = ["personal", "US", "", "silent", "", "none"]
    for count in range(len(lines) + 1):
        result = desk.run(typed="".join(f"{line}\n" for line in lines[:count]))
        assert result.exit_code == 1
        assert "nothing was written" in result.output
    assert not desk.state.exists()


def test_no_is_no(desk: Desk) -> None:
    """What was shown and declined is not written."""
    result = desk.run("--agent", "none", typed="personal\nUS\n\nsilent\n\nn\n")
    assert result.exit_code == 1
    assert not desk.state.exists()


def test_ctrl_c_leaves_nothing(desk: Desk) -> None:
    """Interrupted at the first question, the program ends with a sentence and no file."""
    environ = {**os.environ, **desk.environ}
    started = subprocess.Popen(
        [sys.executable, "-c", "from openclaw.cli.init import command; command()", *desk.phone_flags()],
        env=environ,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    with bounded(started) as child:
        assert child.stdout is not None
        for line in child.stdout:
            if "Whoever writes to it" in line:
                break
        child.send_signal(signal.SIGINT)
        _, errors = child.communicate(timeout=30)
    assert child.returncode == 1
    assert "nothing was written" in errors
    assert not desk.state.exists()


def test_an_existing_file_stays_without_a_typed_yes(desk: Desk) -> None:
    """Neither --yes nor Enter writes over a file; the word does, and keeps the old one as .bak."""
    desk.state.mkdir()
    desk.path.write_text("{ /* mine */ }")
    refused = desk.run("--yes", "--agent", "none")
    assert refused.exit_code == 1
    assert "--replace" in refused.output
    answers = "personal\nUS\n\nsilent\n\nnone\n"
    assert desk.run(typed=answers + "\n").exit_code == 1
    assert desk.path.read_text() == "{ /* mine */ }"
    assert desk.run(typed=answers + "yes\n").exit_code == 0
    assert desk.path.with_name("openclaw.json.bak").read_text() == "{ /* mine */ }"
    assert desk.written().channels.imessage is not None


def test_replace_is_the_flag_for_it(desk: Desk) -> None:
    """A script that means it says --replace."""
    desk.state.mkdir()
    desk.path.write_text("{}")
    result = desk.run("--yes", "--agent", "none", "--replace", "--json")
    assert json.loads(result.stdout)["backup"] == f"{desk.path}.bak"


def test_json_is_all_there_is_on_standard_output(desk: Desk) -> None:
    """With --json a program reads the result, the probe included; everything for people goes to standard error."""
    result = desk.run("--yes", "--agent", "none", "--json")
    said = json.loads(result.stdout)
    assert said["path"] == str(desk.path)
    assert said["probe"]["code"] == "works"
    assert said["config"]["channels"]["imessage"]["cliPath"] == str(desk.imsg)
    assert "works" in result.stderr


def test_a_phone_that_does_not_work_is_shown_with_its_fix(desk: Desk) -> None:
    """The finding and what helps are shown, and one can go on anyway (requirements, troubleshooting)."""
    typed = "personal\nUS\n\nsilent\n\nnone\nn\ny\n"
    result = desk.run("--imsg", str(desk.home / "no-imsg"), typed=typed)
    assert result.exit_code == 0, result.output
    assert "imsg-not-found" in result.output
    assert "brew install" in result.output
    assert desk.path.exists()


def test_a_key_is_never_in_the_configuration(desk: Desk) -> None:
    """A key of the environment is named, not copied."""
    result = desk.run("--yes", "--agent", "anthropic", ANTHROPIC_API_KEY="sk-very-secret")
    assert result.exit_code == 0, result.output
    text = desk.path.read_text()
    assert "sk-very-secret" not in text + result.output
    assert "${ANTHROPIC_API_KEY}" in text
    assert not (desk.state / ".env").exists()


def test_a_pasted_key_goes_into_dotenv(desk: Desk) -> None:
    """A key that is not set is kept in .env beside the state, 0600, and what stood there stays."""
    desk.state.mkdir()
    (desk.state / ".env").write_text("OTHER=1")
    typed = "personal\nUS\n\nsilent\n\n\nsk-very-secret\ny\n"
    result = desk.run("--agent", "openai", typed=typed)
    assert result.exit_code == 0, result.output
    kept = desk.state / ".env"
    assert kept.read_text() == "OTHER=1\nOPENAI_API_KEY=sk-very-secret\n"
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert "sk-very-secret" not in desk.path.read_text()
    assert desk.written().models.providers is not None


def test_without_a_key_messages_wait_and_the_file_is_valid(desk: Desk) -> None:
    """No reference to a variable that is not set is written: the gateway would refuse to start (ruling 8)."""
    result = desk.run("--yes", "--agent", "openai")
    assert "OPENAI_API_KEY is not set" in result.output
    config = desk.written()
    assert config.models.providers is None
    assert config.agents.defaults.model.primary.startswith("openai/")


@pytest.mark.parametrize(
    ("flag", "value"),
    [
        ("--allow", "???"),
        ("--owner", "???"),
        ("--region", "Narnia"),
        ("--imsg", "imsg; rm"),
        ("--remote", "-oProxy=x"),
    ],
)
def test_a_flag_that_cannot_be_meant_is_refused(desk: Desk, flag: str, value: str) -> None:
    """The message names the flag and the value, and nothing is written."""
    result = desk.run("--yes", "--agent", "none", f"{flag}={value}")
    assert result.exit_code == 2
    assert flag in result.output
    assert value in result.output
    assert not desk.state.exists()
