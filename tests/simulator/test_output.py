"""Lines on standard output, and what may be wrong with them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from openclaw.simulator.behaviour import write_settings


def test_noise_stands_between_the_records(database: Path, imsg: Callable[..., Any]) -> None:
    """Misbehaviour `noise`: plain text lines, as many as `times` says."""
    noise = {"kind": "noise", "text": "objc[1]: something", "times": 2}
    write_settings(str(database), {"misbehaviour": [noise]})
    child = imsg()
    for _ in range(3):
        assert child.ask("chats.list") == {"chats": []}
    assert child.noise == ["objc[1]: something"] * 2


def test_it_ends_after_so_many_records(database: Path, imsg: Callable[..., Any]) -> None:
    """Misbehaviour `exit`: the last record is whole, then the child is gone with the code asked for."""
    write_settings(str(database), {"misbehaviour": [{"kind": "exit", "afterLines": 2, "code": 9}]})
    child = imsg()
    assert child.ask("chats.list") == {"chats": []}
    assert child.ask("chats.list") == {"chats": []}
    with pytest.raises(EOFError):
        child.notice()
    assert child.process.wait() == 9


def test_a_watching_child_ends_when_told_while_it_waits(database: Path, imsg: Callable[..., Any]) -> None:
    """Misbehaviours are read again while it runs."""
    child = imsg()
    child.ask("watch.subscribe")
    write_settings(str(database), {"misbehaviour": [{"kind": "exit"}]})
    with pytest.raises(EOFError):
        child.notice()
