"""The property list: read back as it was written, with keys that launchd documents."""

from __future__ import annotations

import plistlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openclaw.daemon.launchd_plist import LABEL, read_plist, render_plist
from openclaw.daemon.plan import Plan

PLAN = Plan(
    program=("/opt/py", "-P", "-m", "openclaw", "gateway", "--quiet", "--port", "18999"),
    environment={"PATH": "/opt/homebrew/bin:/usr/bin"},
    directory="/Users/ann/.openclaw",
    errors="/Users/ann/.openclaw/logs/gateway.stderr.log",
)
# launchd.plist(5), and "Comment", which it passes over.
DOCUMENTED = {
    "Comment": str,
    "Label": str,
    "ProgramArguments": list,
    "EnvironmentVariables": dict,
    "WorkingDirectory": str,
    "StandardOutPath": str,
    "StandardErrorPath": str,
    "Umask": int,
    "RunAtLoad": bool,
    "KeepAlive": bool,
    "ThrottleInterval": int,
    "ExitTimeOut": int,
    "ProcessType": str,
}
words = st.text(
    st.characters(blacklist_categories=["Cc", "Cs"], blacklist_characters="\ufffe\uffff"), min_size=1
)


@given(st.lists(words, min_size=1, max_size=5), st.dictionaries(words, words, max_size=3), words, words)
def test_a_plist_says_what_the_plan_says(program, environment, directory, errors):
    """Any path survives the way through XML."""
    plan = Plan(program=tuple(program), environment=environment, directory=directory, errors=errors)
    assert read_plist(render_plist(plan)) == plan


def test_it_has_documented_keys_of_the_documented_kinds():
    """Kept alive, started at login, and not slowed down: somebody waits for each answer (launchd.plist(5))."""
    entries = plistlib.loads(render_plist(PLAN))
    assert {name: type(value) for name, value in entries.items()} == DOCUMENTED
    assert (entries["Label"], entries["ProcessType"], entries["Umask"]) == (LABEL, "Interactive", 0o077)
    assert entries["KeepAlive"] is entries["RunAtLoad"] is True
    assert entries["ProgramArguments"] == list(PLAN.program)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"<plist>",
        b"not xml",
        plistlib.dumps(["a"]),
        plistlib.dumps({"Label": LABEL, "ProgramArguments": ["node"]}),
        render_plist(PLAN).replace(b"<key>WorkingDirectory</key>", b"<key>Elsewhere</key>"),
        render_plist(PLAN).replace(b"Written by", b"Changed by"),
    ],
)
def test_another_s_file_or_a_changed_one_is_no_plan(data):
    """It is not ours to say what it does, and not to be written over without --force."""
    assert read_plist(data) is None
