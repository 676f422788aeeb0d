"""What an agent is told first."""

from __future__ import annotations

from openclaw.agents.acp.words import HISTORY_CHARS, first_words
from openclaw.domain.sessions import TranscriptEntry
from openclaw.domain.turns import Prompt

BEFORE = (TranscriptEntry("user", "my name is Ada"), TranscriptEntry("assistant", "hello Ada"))


def test_a_new_session_is_told_what_it_cannot_know() -> None:
    """Instructions, what was said before, and then what is said."""
    said = first_words(Prompt("Be brief.", BEFORE, "who am I?", about="⟦from Ann⟧"), is_fresh=True)
    assert said == (
        "Be brief.\n\nThis was said before in this conversation:\nuser: my name is Ada\nassistant: hello Ada\n\n"
        "⟦from Ann⟧\nwho am I?"
    )


def test_a_session_that_remembers_is_told_what_is_said() -> None:
    """Nothing twice (facts H.8: the prompt is the text)."""
    assert first_words(Prompt("Be brief.", BEFORE, "who am I?"), is_fresh=False) == "who am I?"


def test_an_empty_past_is_not_mentioned() -> None:
    """Nothing to say, nothing said."""
    assert first_words(Prompt("", (), "hi"), is_fresh=True) == "hi"


def test_the_newest_of_a_long_past_is_told() -> None:
    """Bounded, whole entries, the last ones."""
    past = tuple(TranscriptEntry("user", f"{number} " + "x" * 1000) for number in range(20))
    said = first_words(Prompt("", past, "now"), is_fresh=True)
    assert "user: 19 " in said
    assert "user: 12 " not in said
    assert len(said) < HISTORY_CHARS + 200


def test_whoever_may_give_no_commands_gives_none_to_the_agent() -> None:
    """`/logout` of somebody who was only let in would sign the agent out for everybody."""
    assert first_words(Prompt("", (), "/logout"), is_fresh=False) == "Message: /logout"
    assert first_words(Prompt("Be brief.", (), "/logout"), is_fresh=True) == "Be brief.\n\n/logout"


def test_a_command_of_the_agent_s_own_goes_alone() -> None:
    """With anything before it, it would be no command (facts H.8: other slash commands go to the harness)."""
    assert (
        first_words(Prompt("Be brief.", BEFORE, "  /compact", about="⟦x⟧", by_commanders=True), is_fresh=True)
        == "/compact"
    )
