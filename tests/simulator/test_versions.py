"""The table of releases."""

from __future__ import annotations

import pytest

from openclaw.simulator.versions import DEFAULT, TABLE, version


def test_the_documented_release_is_the_default() -> None:
    """The documented world has 0.5.0 (imsg contract, provenance)."""
    assert version(DEFAULT).number == "0.5.0"


def test_a_release_between_two_entries_answers_as_the_older() -> None:
    """A patch release that changed nothing visible differs only in its number."""
    assert version("0.8.7") == version("0.8.2")._replace(number="0.8.7")


def test_two_numbers_name_the_release_of_that_name() -> None:
    """`0.9` is 0.9.0."""
    assert version("0.9") == version("0.9.0")


@pytest.mark.parametrize("text", ["", "new", "0.2.1", "0..3"])
def test_what_cannot_be_imitated_is_refused_by_name(text: str) -> None:
    """0.3.0 was the first with `rpc` (imsg contract 1.10); other texts are no versions."""
    with pytest.raises(ValueError, match="imsg"):
        version(text)


def test_every_release_has_the_read_surface_and_send() -> None:
    """The five methods of 0.3.0 are in all of them (imsg contract 1.5)."""
    core = {"chats.list", "messages.history", "watch.subscribe", "watch.unsubscribe", "send"}
    assert all(core <= entry.methods.keys() for entry in TABLE)


def test_typing_start_was_in_0_5_only() -> None:
    """`typing.start` and `typing.stop` existed only in 0.5.x (imsg contract 8, point 17)."""
    assert [entry.number for entry in TABLE if "typing.start" in entry.methods] == ["0.5.0"]
