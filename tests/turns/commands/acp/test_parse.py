"""The words after /acp: as a table, and that nothing that is typed breaks the reading."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openclaw.errors import CommandRefused
from openclaw.turns.commands.acp.actions import ACTIONS, help_text
from openclaw.turns.commands.acp.parse import Wish, parse

MEANT = [
    ("", Wish("help")),
    ("dance", Wish("help")),
    ("help", Wish("help")),
    ("SPAWN codex", Wish("spawn", ("codex",))),
    ("spawn codex --bind here", Wish("spawn", ("codex",), {"--bind": "here"})),
    ("spawn codex --bind=HERE", Wish("spawn", ("codex",), {"--bind": "here"})),
    ("spawn codex —bind here", Wish("spawn", ("codex",), {"--bind": "here"})),
    ("spawn codex –bind=here", Wish("spawn", ("codex",), {"--bind": "here"})),
    (
        "spawn --mode oneshot --label My codex",
        Wish("spawn", ("codex",), {"--mode": "oneshot", "--label": "My"}),
    ),
    ("spawn codex --cwd /srv/a=b", Wish("spawn", ("codex",), {"--cwd": "/srv/a=b"})),
    ("spawn codex --cwd=/srv/a=b", Wish("spawn", ("codex",), {"--cwd": "/srv/a=b"})),
    ("cancel tests", Wish("cancel", ("tests",))),
    ("set effort high tests", Wish("set", ("effort", "high", "tests"))),
    ("steer go  on\n- like this", Wish("steer", text="go  on\n- like this")),
    ("steer —session tests go on", Wish("steer", options={"--session": "tests"}, text="go on")),
    ("steer --session=tests go on", Wish("steer", options={"--session": "tests"}, text="go on")),
    ("steer\ngo on", Wish("steer", text="go on")),
    ("steer use --bind here", Wish("steer", text="use --bind here")),
]


@pytest.mark.parametrize(("words", "wish"), MEANT)
def test_what_is_meant(words: str, wish: Wish) -> None:
    """Both forms of an option, every dash of a phone, and a text to the agent as it stands (behaviour facts H.2)."""
    assert parse(words) == wish


@pytest.mark.parametrize(
    "words",
    [
        "spawn codex --frob",
        "spawn codex --mode sometimes",
        "spawn codex --bind",
        "spawn codex --bind --label x",
        "spawn codex --thread auto --bind here",
        "spawn one two",
        "spawn co\x01dex",
        "status a b",
        "status --session x",
        "sessions all",
        "steer",
        "steer --session tests",
        "steer --session= go on",
    ],
)
def test_what_cannot_be_meant_is_told_with_how_it_is_written(words: str) -> None:
    """An option that does not exist is an error with the usage (behaviour facts H.2)."""
    with pytest.raises(CommandRefused, match=r"Usage: /acp "):
        parse(words)


@given(st.lists(st.sampled_from([*ACTIONS, "--bind", "here", "—", "--", "=", "x" * 50, "\n", "--session"])))
def test_anything_typed_is_a_wish_or_a_refusal(words: list[str]) -> None:
    """Nothing that somebody writes is an error of ours."""
    try:
        wish = parse(" ".join(words))
    except CommandRefused:
        return
    assert wish.action in ACTIONS


def test_the_help_has_every_action() -> None:
    """What exists can be found from the chat."""
    assert all(f"/acp {word}" in help_text() for word in ACTIONS)
