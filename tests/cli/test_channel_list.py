"""`openclaw channels list` and the words for what iMessage has not."""

from __future__ import annotations

import subprocess
import sys

import pytest

from .conftest import Installation
from .test_main import RUN_AND_TELL, _environ, _loaded


def test_without_an_account_that_is_said(installation: Installation):
    """With the way on."""
    ran = installation.run("channels", "list")
    assert (ran.code, ran.out) == (0, "No phone account is configured; add one with: openclaw channels add\n")
    assert installation.run("channels", "list", "--json").json["chat"] == {"imessage": []}


def test_accounts_are_listed_as_configured(installation: Installation):
    """{chat: {imessage: […]}, auth: […]}, and what a person wants to see (facts J.2)."""
    accounts = {"work": {"name": "Work", "remoteHost": "bot@mac"}, "Home": {"enabled": False, "dbPath": "/h"}}
    providers = {"anthropic": {"apiKey": "sk-secret"}, "ollama": {"baseUrl": "http://127.0.0.1:1"}}
    installation.configure(
        {"channels": {"imessage": {"accounts": accounts}}, "models": {"providers": providers}}
    )
    body = installation.run("channels", "list", "--json", "--no-usage").json
    assert body["chat"] == {"imessage": ["home", "work"]}
    assert (body["defaultAccountId"], [one["id"] for one in body["auth"]]) == ("home", ["anthropic"])
    ran = installation.run("channels", "list")
    assert "sk-secret" not in ran.out
    rows = [line.split() for line in ran.out.splitlines()]
    assert rows[1][:2] == ["home", "disabled,"]
    assert rows[2][:3] == ["work", "Work", "enabled"]
    assert "bot@mac" in ran.out


def test_listing_loads_nothing_heavy(installation: Installation):
    """It reads the configuration, numbers in it included, and nothing else (issue: under 0.3 s)."""
    installation.configure({"channels": {"imessage": {"cliPath": "/opt/imsg"}}})
    ran = subprocess.run(
        [sys.executable, "-c", RUN_AND_TELL, "channels", "list", "--json"],
        env=_environ(installation), capture_output=True, text=True, timeout=60, check=True,
    )  # fmt: skip
    code, loaded = _loaded(ran.stderr)
    assert code == 0
    assert {name for name in loaded if not name.startswith("phonenumbers")} <= {"openclaw.config.load"}


@pytest.mark.parametrize(
    ("words", "way"),
    [
        (["resolve", "Ann"], "openclaw chats list"),
        (["login", "--channel", "imessage"], "sign in to Messages"),
        (["logout", "--account", "work"], "channels remove"),
    ],
)
def test_what_imessage_has_not_is_said_in_a_sentence(installation: Installation, words: list[str], way: str):
    """Exit code 1, and what to do instead (facts J.2)."""
    ran = installation.run("channels", *words)
    assert (ran.code, way in ran.err) == (1, True)
