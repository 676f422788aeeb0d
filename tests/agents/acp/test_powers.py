"""What is ruled without a question, as a table."""

from __future__ import annotations

from pathlib import Path

import pytest

from openclaw.agents.acp.fence import Fence
from openclaw.agents.acp.powers import ruling
from openclaw.domain.acp import PermissionMode, ToolKind

INSIDE, OUTSIDE, NONE = ("a.txt",), ("a.txt", "/etc/passwd"), ()
ALL, READS, ASK, DENY = (
    PermissionMode.APPROVE_ALL,
    PermissionMode.APPROVE_READS,
    PermissionMode.ASK,
    PermissionMode.DENY_ALL,
)


@pytest.mark.parametrize("kind", list(ToolKind))
@pytest.mark.parametrize("paths", [INSIDE, OUTSIDE, NONE])
def test_three_modes_look_at_nothing(tmp_path: Path, kind: ToolKind, paths: tuple[str, ...]) -> None:
    """All, none, and a person for each."""
    fence = Fence(tmp_path)
    assert ruling(ALL, kind, paths, fence) is True
    assert ruling(DENY, kind, paths, fence) is False
    assert ruling(ASK, kind, paths, fence) is None


@pytest.mark.parametrize(
    ("kind", "inside", "outside", "none"),
    [
        (ToolKind.READ, True, None, None),
        (ToolKind.SEARCH, True, None, None),
        (ToolKind.THINK, True, None, True),
        (ToolKind.EDIT, None, None, None),
        (ToolKind.DELETE, None, None, None),
        (ToolKind.MOVE, None, None, None),
        (ToolKind.EXECUTE, None, None, None),
        (ToolKind.FETCH, None, None, None),
        (ToolKind.SWITCH_MODE, None, None, None),
        (ToolKind.OTHER, None, None, None),
    ],
)
def test_reading_inside_the_folder_needs_no_question(
    tmp_path: Path, kind: ToolKind, inside: bool | None, outside: bool | None, none: bool | None
) -> None:
    """All else is for a person, reading that does not say what it reads included (facts H.10: approve-reads)."""
    fence = Fence(tmp_path)
    assert [ruling(READS, kind, paths, fence) for paths in (INSIDE, OUTSIDE, NONE)] == [inside, outside, none]


def test_every_kind_stands_in_the_table() -> None:
    """A kind that the protocol gets is ruled on purpose."""
    assert len(ToolKind) == 10
