"""Which accounts read one database: a decision table, and what only a file system can show."""

from __future__ import annotations

from pathlib import Path

import pytest

from openclaw.config.accounts import resolve_accounts
from openclaw.config.locations import locate
from openclaw.config.phones import database_of
from openclaw.config.reader import read_section
from openclaw.config.sections.root import Config
from openclaw.errors import ConfigInvalid

BINARY, SCRIPT = b"\xcf\xfa\xed\xfe", b'#!/bin/sh\nexec sudo -u bot imsg "$@"\n'
SSH_MAC, SSH_OTHER = (
    b'#!/bin/sh\nexec ssh -T bot@mac imsg "$@"\n',
    b'#!/bin/sh\nexec ssh -T bot@other imsg "$@"\n',
)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home with programs, a database, and links to it."""
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    (tmp_path / "bin").mkdir()
    programs = {
        "imsg": BINARY,
        "as-bot": SCRIPT,
        "ssh-mac": SSH_MAC,
        "ssh-mac-2": SSH_MAC,
        "ssh-other": SSH_OTHER,
    }
    for name, content in programs.items():
        (tmp_path / "bin" / name).write_bytes(content)
        (tmp_path / "bin" / name).chmod(0o700)
    standard = tmp_path / "Library" / "Messages"
    standard.mkdir(parents=True)
    (standard / "chat.db").touch()
    (tmp_path / "linked").symlink_to(standard)
    (tmp_path / "imsg-link").symlink_to(tmp_path / "bin" / "imsg")
    return tmp_path


# Two accounts, and whether they read one database. HOME stands for the home of this machine.
PAIRS = [
    # on this machine
    ({}, {}, True),
    ({"cliPath": "imsg"}, {"cliPath": "HOME/bin/imsg"}, True),
    ({"cliPath": "HOME/imsg-link"}, {"cliPath": "imsg"}, True),
    ({}, {"dbPath": "HOME/Library/Messages/chat.db"}, True),
    ({}, {"dbPath": "~/Library/Messages/chat.db"}, True),
    ({}, {"dbPath": "HOME/linked/chat.db"}, True),
    ({}, {"dbPath": "HOME/Library/../Library/Messages/chat.db"}, True),
    ({}, {"dbPath": "/other/chat.db"}, False),
    ({"dbPath": "/a/chat.db"}, {"dbPath": "/b/chat.db"}, False),
    # through a script that may run imsg as somebody else
    ({"cliPath": "HOME/bin/as-bot"}, {}, False),
    ({"cliPath": "HOME/bin/as-bot"}, {"cliPath": "HOME/bin/as-bot"}, True),
    ({"cliPath": "HOME/bin/as-bot"}, {"cliPath": "as-bot"}, True),
    ({"cliPath": "HOME/bin/as-bot", "dbPath": "/a"}, {"cliPath": "HOME/bin/as-bot", "dbPath": "/b"}, False),
    ({"cliPath": "/not/there/yet"}, {}, False),
    ({"cliPath": "/not/there/yet"}, {"cliPath": "/not/there/either"}, False),
    # on another machine
    ({"remoteHost": "bot@mac"}, {}, False),
    ({"remoteHost": "bot@mac"}, {"remoteHost": "bot@MAC"}, True),
    ({"remoteHost": "bot@mac"}, {"remoteHost": "Bot@mac"}, False),
    ({"remoteHost": "bot@mac"}, {"remoteHost": "ann@mac"}, False),
    ({"remoteHost": "bot@mac"}, {"cliPath": "HOME/bin/ssh-mac"}, True),
    ({"cliPath": "HOME/bin/ssh-mac"}, {"cliPath": "HOME/bin/ssh-mac-2"}, True),
    ({"cliPath": "HOME/bin/ssh-mac"}, {"cliPath": "HOME/bin/ssh-other"}, False),
    ({"remoteHost": "bot@mac"}, {"remoteHost": "bot@mac", "dbPath": "~/Library/Messages/chat.db"}, True),
    ({"remoteHost": "bot@mac"}, {"remoteHost": "bot@mac", "dbPath": "/Users/bot/Library/Messages/chat.db"}, True),
    ({"remoteHost": "bot@mac"}, {"remoteHost": "bot@mac", "dbPath": "/Users/ann/Library/Messages/chat.db"}, False),
    (
        {"cliPath": "HOME/bin/ssh-mac", "dbPath": "/Users/bot/Library/Messages/chat.db"},
        {"cliPath": "HOME/bin/ssh-other", "dbPath": "/Users/bot/Library/Messages/chat.db"},
        False,
    ),
]  # fmt: skip


@pytest.mark.parametrize(("one", "other", "same"), PAIRS)
def test_the_same_database_is_known_in_every_spelling(home: Path, one, other, same):
    """Links, ``~``, imsg's own choice and the standard path, hosts and wrappers (issue: accounts)."""
    found = [database_of(account) for account in resolve_accounts(_config(home, one, other))]
    assert (found[0] == found[1]) is same


def test_two_accounts_of_one_database_are_refused_with_a_sentence(home: Path, check):
    """Both would answer each message; the second one is named, with what helps (demand D4)."""
    database = str(home / "linked" / "chat.db")
    with pytest.raises(ConfigInvalid) as refused:
        check({"channels": {"imessage": {"accounts": {"a": {}, "b": {"dbPath": database}}}}})
    (issue,) = refused.value.issues
    assert issue.path == "channels.imessage.accounts.b"
    assert "reads the same Messages database as a" in issue.message


def _config(home: Path, one: dict[str, str], other: dict[str, str]) -> Config:
    accounts = [{key: text.replace("HOME", str(home)) for key, text in each.items()} for each in (one, other)]
    section = {"channels": {"imessage": {"accounts": {"a": accounts[0], "b": accounts[1]}}}}
    config, findings = read_section(Config, section)
    assert findings.issues == []
    assert config is not None
    from dataclasses import replace

    return replace(config, locations=locate({"HOME": str(home)}))
