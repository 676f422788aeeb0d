"""Coming up with and without a database."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from openclaw.simulator import phone
from openclaw.simulator.behaviour import write_settings

DENIED = {"misbehaviour": [{"kind": "permission-denied"}]}


@pytest.mark.parametrize(
    ("version", "first"),
    [("0.5.0", "permissionDenied(path: "), ("0.7.0", "Permission Error"), ("0.8.1", "Permission Error")],
)
def test_older_releases_print_why_and_end(
    version: str, first: str, database: Path, imsg: Callable[..., Any]
) -> None:
    """A line, later a banner, of plain text on standard output and exit code 1 (imsg contract 1.9)."""
    write_settings(str(database), DENIED)
    child = imsg(version)
    with pytest.raises(EOFError):
        child.notice()
    assert first in child.noise[0]
    assert child.process.wait() == 1


def test_from_0_8_2_every_request_is_answered_with_the_banner(
    database: Path, imsg: Callable[..., Any]
) -> None:
    """The process stays until the end of input and exits 1 (imsg contract 1.9)."""
    write_settings(str(database), DENIED)
    child = imsg("0.8.2")
    for method in ("chats.list", "nothing.here"):
        error = child.ask(method)
        assert error["code"] == -32603
        assert "Permission Error" in error["data"]
        assert "Full Disk Access" in error["data"]
    child.write("not json")
    assert child.answer(None)["error"]["code"] == -32700
    assert child.end() == 1


def test_a_missing_database_is_no_permission(database: Path, imsg: Callable[..., Any]) -> None:
    """A missing file shows like a denied one (imsg contract 1.9)."""
    database.unlink()
    assert "Permission Error" in imsg("0.9.0").ask("chats.list")["data"]


def test_from_0_14_only_what_reads_fails_and_recovers(database: Path, imsg: Callable[..., Any]) -> None:
    """Code -32002 with an object as data; the open is tried again for every request (imsg contract 1.10)."""
    write_settings(str(database), DENIED)
    child = imsg("0.14.0")
    assert child.ask("status")["database"]["ready"] is False
    error = child.ask("chats.list")
    assert (error["code"], error["data"]["retry_safe"]) == (-32002, True)
    assert child.ask("nothing.here")["code"] == -32601
    write_settings(str(database), {})
    assert child.ask("chats.list") == {"chats": []}
    assert child.end() == 0


@pytest.mark.parametrize("kind", ["hang-start", "sleep"])
def test_a_program_that_hangs_or_sleeps_answers_when_it_is_over(
    kind: str, database: Path, imsg: Callable[..., Any]
) -> None:
    """A question of macOS holds the start, a sleeping Mac everything (imsg contract 1.9, 5.2)."""
    write_settings(str(database), {"misbehaviour": [{"kind": kind}]})
    child = imsg("0.6.0")
    asked = child.request("chats.list")
    write_settings(str(database), {})
    assert child.answer(asked)["result"] == {"chats": []}


def test_a_mac_that_falls_asleep_goes_on_where_it_was(database: Path, imsg: Callable[..., Any]) -> None:
    """`sleep` while it runs: no output, no answers, then both (imsg contract 5.2)."""
    quick = {"debounceMs": 0, "pollMs": 50}
    write_settings(str(database), quick)
    child = imsg("0.9.0")
    child.ask("watch.subscribe")
    write_settings(str(database), {**quick, "misbehaviour": [{"kind": "sleep", "seconds": 0.5}]})
    phone.say(database, "+15550100001", "at night")
    assert child.ask("messages.history", chat_id=1)["messages"][0]["text"] == "at night"
    assert child.message()["text"] == "at night"
