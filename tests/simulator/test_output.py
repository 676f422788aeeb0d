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


def test_output_may_be_held_back_until_there_are_enough_bytes(
    database: Path, imsg: Callable[..., Any]
) -> None:
    """`buffer`: blocks that cut lines, as a wrapper over SSH writes them; the end writes the rest (design E8)."""
    write_settings(str(database), {"misbehaviour": [{"kind": "buffer", "bytes": 100}]})
    child = imsg()
    asked = [child.request("chats.list") for _ in range(3)]
    assert [child.answer(each)["result"] for each in asked[:2]] == [{"chats": []}] * 2
    assert child.end() == 0
    assert child.answer(asked[2])["result"] == {"chats": []}


@pytest.mark.parametrize("given", [{"lines": 2}, {"seconds": 0.1}])
def test_output_may_be_held_back_for_lines_or_seconds(
    given: dict[str, Any], database: Path, imsg: Callable[..., Any]
) -> None:
    """`buffer` lets go of everything after so many lines, or so long."""
    write_settings(str(database), {"misbehaviour": [{"kind": "buffer", **given}]})
    child = imsg()
    asked = [child.request("chats.list") for _ in range(2)]
    assert [child.answer(each)["result"] for each in asked] == [{"chats": []}] * 2


def test_what_is_held_back_comes_when_the_buffer_is_gone(database: Path, imsg: Callable[..., Any]) -> None:
    """The switch works while nothing is written."""
    write_settings(str(database), {"misbehaviour": [{"kind": "buffer", "bytes": 100_000}]})
    child = imsg()
    asked = child.request("chats.list")
    write_settings(str(database), {})
    assert child.answer(asked)["result"] == {"chats": []}
