"""The stage of the demonstration: it clears only what is its own, and leaves nothing running."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path

import pytest
from tests.waiting import BOUND_S

from openclaw.cli.stage import Stage, StageFailed, open_stage
from openclaw.errors import StateDirectoryBusy
from openclaw.simulator import phone
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


def test_in_a_group_the_agent_is_called_by_that_word(tmp_path: Path) -> None:
    """Groups made on the phone's page work at once, and the agent does not answer every word in them (issue: demo)."""
    with open_stage(tmp_path, MODEL) as stage:
        phone.make_group(stage.database, "Trip", ["+15550100001", "+15550100002"])
        phone.say(stage.database, "+15550100001", "Who brings the tent?", group="Trip")
        phone.say(stage.database, "+15550100002", "Agent, what do you think?", group="Trip")
        deadline = time.monotonic() + BOUND_S
        while len(reasons := reasons_of(stage)) < 2 and time.monotonic() < deadline:
            stage.check()
        assert sorted(reasons) == ["group-allowed", "not-mentioned"]


def reasons_of(stage: Stage) -> list[str]:
    """Why each judged message was let in or not."""
    listed = json.loads(stage.openclaw("messages", "list", "--json").stdout)["messages"]
    return [one["reason"] for one in listed if one["reason"]]
