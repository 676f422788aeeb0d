"""Whom macOS asks for."""

from __future__ import annotations

import pytest

from openclaw.doctor.checks.process_chain import Chain, Link, grantee, render

PYTHON = Link(812, "Python", "/opt/homebrew/Cellar/python/Python.app/Contents/MacOS/Python")
ZSH = Link(700, "zsh", "/bin/zsh")
TERMINAL = Link(501, "Terminal", "/System/Applications/Utilities/Terminal.app/Contents/MacOS/Terminal")
TMUX = Link(640, "tmux", "/opt/homebrew/bin/tmux")
SSHD = Link(330, "sshd", "/usr/sbin/sshd")


@pytest.mark.parametrize(
    ("chain", "ticked"),
    [
        ((PYTHON, ZSH, TERMINAL), "/System/Applications/Utilities/Terminal.app"),
        ((PYTHON,), "/opt/homebrew/Cellar/python/Python.app"),
        ((Link(9, "openclaw", "/Users/ann/.venv/bin/openclaw"),), "/Users/ann/.venv/bin/openclaw"),
        ((Link(9, "python3.12", "/usr/bin/python3.12"), ZSH, TMUX), "/opt/homebrew/bin/tmux"),
        ((PYTHON, ZSH, SSHD), "/usr/libexec/sshd-keygen-wrapper"),
        ((Link(9, "launcher"),), "launcher"),
        ((), "the program that runs imsg"),
    ],
)
def test_the_top_of_the_chain_is_judged(chain: Chain, ticked: str) -> None:
    """The application, else the job of launchd, else the SSH server's wrapper (demand F1, F4)."""
    assert grantee(chain) == ticked


def test_an_application_inside_another_counts_as_the_outer_one() -> None:
    """Settings shows bundles, and a helper's bundle is none of its own."""
    helper = Link(
        5, "Code Helper", "/Applications/Code.app/Contents/Frameworks/Code Helper.app/Contents/MacOS/h"
    )
    assert grantee((ZSH, helper)) == "/Applications/Code.app"


def test_the_chain_is_read_from_below() -> None:
    """Who was started by whom, each with its number."""
    assert render((ZSH, TERMINAL)) == "zsh (700) < Terminal (501)"
    assert render(()) == "nothing can be seen"
