"""A phone in a terminal."""

from __future__ import annotations

import queue
import threading
from collections.abc import Iterator
from pathlib import Path

from openclaw.simulator import phone, terminal
from openclaw.simulator.terminal import Person

ANN, BOB = "+15550100001", "bob@example.com"
BOUND_S = 20.0


def test_what_is_typed_is_said_and_the_answer_shown(database: Path) -> None:
    """It ends with the answer to the last line."""
    shown: list[str] = []

    def typed() -> Iterator[str]:
        yield "hello\n"
        yield "\n"
        phone.owner_types(database, "hi Ann", to=ANN)

    assert terminal.converse(database, Person(ANN), typed(), shown.append, BOUND_S)
    assert shown == ["◀ hi Ann"]
    assert [each.text for each in phone.read_thread(database, ANN)] == ["hello", "hi Ann"]


def test_without_an_answer_it_gives_up(database: Path) -> None:
    """The wait is bounded, and an answer to an earlier line does not count."""
    phone.owner_types(database, "earlier", to=ANN)
    assert not terminal.converse(database, Person(ANN), ["hello\n"], [].append, 0.05)


def test_in_a_group_the_words_of_others_are_shown(tmp_path: Path, database: Path) -> None:
    """Own words are not echoed; files are named."""
    phone.make_group(database, "G", [ANN, BOB])
    shown: queue.Queue[str] = queue.Queue()
    seen: list[str] = []

    def typed() -> Iterator[str]:
        yield "hello"
        phone.say(database, BOB, "hey", group="G", attachments=[tmp_path / "cat.png"])
        seen.append(shown.get(timeout=BOUND_S))

    terminal.converse(database, Person(ANN, group="G"), typed(), shown.put, 0)
    assert seen == [f"{BOB}: \ufffchey [cat.png]"]


def test_following_yields_what_comes_until_it_is_stopped(database: Path) -> None:
    """Bubbles after the given row, live."""
    stop = threading.Event()
    first = phone.say(database, ANN, "old")
    bubbles = terminal.follow(database, ANN, first.row_id, stop)
    phone.say(database, ANN, "new")
    assert next(bubbles).text == "new"
    stop.set()
    assert list(bubbles) == []
