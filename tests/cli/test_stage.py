"""The stage of the demonstration: it clears only what is its own, and leaves nothing running."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from openclaw.cli.stage import StageFailed, open_stage
from openclaw.errors import StateDirectoryBusy
from openclaw.store import lock_state

MODEL = "nowhere/nothing"


def test_a_directory_with_other_things_is_left_alone(tmp_path: Path) -> None:
    """Nothing that somebody else made is ever deleted."""
    (tmp_path / "thesis.txt").write_text("years of work")
    with pytest.raises(StageFailed, match="holds something else"), open_stage(tmp_path, MODEL):
        pass
    assert (tmp_path / "thesis.txt").read_text() == "years of work"


def test_a_running_demonstration_is_not_pulled_from_under(tmp_path: Path) -> None:
    """The second one names the first one's process."""
    (tmp_path / ".openclaw-demo").touch()
    with lock_state(tmp_path / "state"), pytest.raises(StateDirectoryBusy, match=str(os.getpid())):  # noqa: SIM117
        with open_stage(tmp_path, MODEL):
            pass


def test_a_gateway_on_it_is_ready_and_gone_afterwards(tmp_path: Path) -> None:
    """Inside, commands find the running gateway; outside, it has ended in order. A second time starts afresh."""
    for _ in range(2):
        with open_stage(tmp_path, MODEL) as stage:
            assert '"requests": []' in stage.openclaw("pairing", "list", "--json").stdout
            with pytest.raises(StageFailed, match="NOSUCH"):
                stage.openclaw("pairing", "approve", "NOSUCH")
        assert stage.child.returncode == 0
        with pytest.raises(StageFailed, match="ended"):
            stage.check()
