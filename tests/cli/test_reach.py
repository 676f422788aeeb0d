from __future__ import annotations

import os

import pytest

from openclaw.cli import reach
from openclaw.control.address import ControlAddress, publish
from openclaw.errors import ControlUnreachable
from openclaw.store import lock_state

from .conftest import Installation


def test_a_gateway_that_does_not_answer_is_not_gone_round(installation: Installation):
    """While a gateway lives, the ledger is its own; a command says that it is stuck (design 4)."""
    installation.state_dir.mkdir()
    publish(ControlAddress(os.getpid(), 9, "", ""), installation.state_dir)
    ran = installation.run("pause")
    assert ran.code == 1
    assert f"process {os.getpid()}" in ran.err
    assert not (installation.state_dir / "openclaw.sqlite").exists()


def test_a_ledger_that_stays_locked_is_told(installation: Installation, monkeypatch: pytest.MonkeyPatch):
    """A command waits a moment for another one, then says who is in the way (style 25)."""
    monkeypatch.setenv("HOME", str(installation.home))
    with (
        lock_state(installation.state_dir),
        pytest.raises(ControlUnreachable, match=f"process {os.getpid()}"),
    ):
        reach.reach("pause", {}, change=True, patience_s=0.1)
