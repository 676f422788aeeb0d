"""`openclaw channels add|remove`: asked and told, shown before, and written so that comments stay."""

from __future__ import annotations

import os
import sys
from typing import Any

import pytest
from click.testing import CliRunner, Result

from openclaw.cli.main import main
from openclaw.config.accounts import resolve_accounts
from openclaw.config.load import load_config
from openclaw.config.locations import locate
from openclaw.simulator import phone

from .conftest import Installation

COMMENTED = """{
  // the phone in the hall
  channels: {
    imessage: {
      cliPath: "/opt/imsg", // from Homebrew
      dmPolicy: "open",
      allowFrom: ["*"],
      region: "DE",
    },
  },
}
"""


def typed(installation: Installation, answers: str, *words: str) -> Result:
    return CliRunner().invoke(main, words, input=answers, env=installation.environ, prog_name="openclaw")


def written(installation: Installation) -> dict[str, Any]:
    environ = {"HOME": str(installation.home)}
    loaded = load_config(locate(environ), environ)
    return {account.id: account for account in resolve_accounts(loaded.config)}


def text_of(installation: Installation) -> str:
    return (installation.state_dir / "openclaw.json").read_text()


def test_a_first_account_is_added_with_flags_alone(installation: Installation):
    """The original's command; the file is made when there is none (facts J.2)."""
    ran = installation.run(
        "channels", "add", "--channel", "imessage", "--cli-path", "/opt/imsg", "--region", "DE"
    )
    assert ran.code == 0
    assert ran.out.startswith('Added iMessage account "default" to ')
    account = written(installation)["default"]
    assert (account.cli_path, account.region, account.enabled) == ("/opt/imsg", "DE", True)


def test_a_second_account_moves_the_first_ones_values_and_shows_it_before(installation: Installation):
    """Facts A.9; what it was stays exactly, comments too, and the new one inherits no open door."""
    installation.configure(COMMENTED)
    before = written(installation)["default"]
    shown = typed(installation, "n\n", "channels", "add", "--account", "Work", "--cli-path", "/opt/other")
    assert (shown.exit_code, text_of(installation)) == (1, COMMENTED)
    assert '+          dmPolicy: "open",' in shown.output
    ran = typed(installation, "y\n", "channels", "add", "--account", "Work", "--cli-path", "/opt/other")
    assert ran.exit_code == 0, ran.output
    accounts = written(installation)
    assert accounts["default"] == before
    assert (accounts["work"].dm_policy, accounts["work"].region) == ("pairing", "DE")
    assert "// the phone in the hall" in text_of(installation)


def test_nothing_is_asked_with_yes_and_nothing_is_written_with_dry_run(installation: Installation):
    """For scripts, and for those who want to look."""
    installation.configure(COMMENTED)
    words = ("channels", "add", "--account", "work", "--cli-path", "/opt/other")
    ran = installation.run(*words, "--dry-run")
    assert (ran.code, "+        work: {" in ran.out, text_of(installation)) == (0, True, COMMENTED)
    ran = installation.run(*words, "--yes", "--json")
    assert ran.json | {"accountId": "work", "changed": True, "dryRun": False, "probe": None} == ran.json
    assert set(written(installation)) == {"default", "work"}


def test_an_account_that_is_there_is_changed(installation: Installation):
    """Adding is also how a value of it is set; adding the same again changes nothing."""
    installation.configure({"channels": {"imessage": {"accounts": {"Work": {"cliPath": "/a", "name": "x"}}}}})
    words = ("channels", "add", "--account", "work", "--cli-path", "/b")
    ran = installation.run(*words)
    assert (ran.code, ran.out.startswith('Changed iMessage account "work" in ')) == (0, True)
    assert (written(installation)["work"].cli_path, written(installation)["work"].name) == ("/b", "x")
    assert "Nothing to change." in installation.run(*words).out


@pytest.mark.parametrize("name", ["!!", "__proto__", "", " ", "電話"])
@pytest.mark.parametrize(
    "words", [("add", "--db-path", "/x"), ("remove", "--delete"), ("capabilities",)], ids=str
)
def test_a_name_of_which_nothing_is_left_is_not_the_default_account(
    installation: Installation, name: str, words: tuple[str, ...]
):
    """Whoever mistypes must not change or delete another account than they named."""
    accounts = {"default": {"dbPath": "/a"}, "work": {"dbPath": "/b"}}
    installation.configure({"channels": {"imessage": {"accounts": accounts}}})
    before = text_of(installation)
    ran = installation.run("channels", *words, "--account", name)
    assert (ran.code, "--account" in ran.err, text_of(installation)) == (2, True, before)


def test_two_accounts_of_one_database_are_not_written(installation: Installation):
    """The result is judged before; the file stays (issue: accounts)."""
    installation.configure(COMMENTED)
    ran = installation.run("channels", "add", "--account", "work", "--cli-path", "/opt/imsg", "--yes")
    assert (ran.code, "reads the same Messages database as default" in ran.err) == (1, True)
    assert text_of(installation) == COMMENTED


@pytest.mark.parametrize("value", ["imsg; rm -rf /", "a|b"])
def test_a_path_that_is_none_is_refused(installation: Installation, value: str):
    """As at every other place where it may stand (facts A.8)."""
    assert installation.run("channels", "add", "--cli-path", value).code == 1
    assert not (installation.state_dir / "openclaw.json").exists()


def _imsg(installation: Installation) -> str:
    program = installation.home / "imsg"
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m openclaw.simulator.imsg "$@"\n')
    program.chmod(0o700)
    phone.create_database(installation.state_dir / "simulator" / "chat.db")
    return str(program)


def test_without_flags_it_asks_looks_at_imsg_and_shows_what_it_writes(installation: Installation):
    """Where Messages is signed in, the path, and how strangers are met (facts J.2: wizard)."""
    installation.environ["PATH"] = os.environ["PATH"]
    answers = f"work\nhere\n{_imsg(installation)}\nsilent\ny\n"
    ran = typed(installation, answers, "channels", "add")
    assert ran.exit_code == 0, ran.output
    assert "works." in ran.output
    assert '+      notify: "silent"' in ran.output.replace("            notify", "      notify")
    account = written(installation)["work"]
    assert (account.dm_policy, account.pairing_notify) == ("pairing", "silent")


def test_a_remote_account_gets_a_wrapper_of_its_own(installation: Installation):
    """Another account may lead to another Mac; imsg that does not work yet is told and no end of it."""
    fake = installation.home / "bin"
    fake.mkdir()
    (fake / "ssh").write_text("#!/bin/sh\nexit 255\n")
    (fake / "ssh").chmod(0o700)
    installation.environ["PATH"] = f"{fake}:{os.environ['PATH']}"
    ran = typed(installation, "hall\nthere\nbot@mac\n\n\nn\nsilent\nn\ny\n", "channels", "add")
    assert ran.exit_code == 0, ran.output
    wrapper = installation.state_dir / "scripts" / "imsg-hall"
    assert "bot@mac" in wrapper.read_text()
    account = written(installation)["hall"]
    assert (account.cli_path, account.remote_host) == (str(wrapper), "bot@mac")
    assert "does not work yet" in ran.output


def test_a_name_that_is_taken_is_asked_for_again(installation: Installation):
    """Asking adds; changing one is for flags."""
    installation.configure(COMMENTED)
    ran = typed(installation, "default\n", "channels", "add")
    assert "there is an account of that name" in ran.output
    assert text_of(installation) == COMMENTED


def test_an_account_is_switched_off_after_asking(installation: Installation):
    """Without --delete its settings stay (facts J.2)."""
    installation.configure({"channels": {"imessage": {"accounts": {"home": {}, "work": {"dbPath": "/w"}}}}})
    assert typed(installation, "n\n", "channels", "remove", "--account", "work").exit_code == 1
    assert written(installation)["work"].enabled
    ran = typed(installation, "y\n", "channels", "remove", "--account", "Work")
    assert 'Disabled iMessage account "work".' in ran.output
    assert (written(installation)["work"].enabled, written(installation)["work"].db_path) == (False, "/w")


def test_an_account_is_deleted_and_can_be_had_back(installation: Installation):
    """Its section goes, its bindings are told, and the change is in the history like every other."""
    accounts = {"home": {}, "work": {"dbPath": "/w"}}
    bindings = [{"agentId": "main", "match": {"channel": "imessage", "accountId": "work"}}]
    installation.configure({"channels": {"imessage": {"accounts": accounts}}, "bindings": bindings})
    before = text_of(installation)
    ran = installation.run("channels", "remove", "--account", "work", "--delete")
    assert ran.code == 0
    assert "1 of the bindings name it" in ran.out
    assert set(written(installation)) == {"home"}
    assert installation.run("config", "undo").code == 0
    assert text_of(installation) == before


def test_the_last_account_is_not_deleted(installation: Installation):
    """What is left would answer for imsg's own database."""
    installation.configure(COMMENTED)
    ran = installation.run("channels", "remove", "--delete")
    assert (ran.code, "is the only account" in ran.err, text_of(installation)) == (1, True, COMMENTED)
    assert installation.run("channels", "remove", "--yes", "--json").json["deleted"] is False
    assert not written(installation)["default"].enabled
