"""Recognising commands, directives and shortcuts in what people write."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openclaw.domain.commands import Flag, Rank
from openclaw.turns.commands.allowlist import parse_wish
from openclaw.turns.commands.recognise import Heard, any_model, command_of, listen, rest_of
from openclaw.turns.commands.words import BY_WORD, COMMANDS


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("/new", "/new"),
        ("/NEW", "/new"),
        (" /new ", "/new"),
        ("/new:", "/new"),
        ("/new: tell me", "/new"),
        ("/new:tell me", "/new"),
        ("/new tell me", "/new"),
        ("/reset\nand go on", "/reset"),
        ("/status", "/status"),
        ("/id", "/whoami"),
        ("/commands", "/commands"),
        ("\ufffc/stop", "/stop"),
        ("\u200e/stop\u200e", "/stop"),
        ("/t high", "/think"),
        ("/think high /verbose on", "/think"),
        ("/status /help", "/status"),
        ("/export", "/export-session"),
        ("/think about it", "/think"),
        ("/think:high", "/think"),
        ("/config:get a.b", "/config"),
        ("/config\u00a0show", "/config"),
    ],
)
def test_a_command_is_the_whole_message(text: str, word: str) -> None:
    """Behaviour facts I.1: a command starts the message; a colon may follow; case does not matter."""
    command = command_of(text)
    assert command is not None
    assert command.word == word


@pytest.mark.parametrize(
    "text",
    [
        "hello /new",
        "new",
        "/newer",
        "/status of the world",
        "/status:404",
        "/stop:it",
        "",
        "//new",
        "/ new",
        "/stop it",
        "/usr/bin/config set a=b",
        "/status@somebot",
        '"/restart"',
        "“/restart”",
        "> /restart",
        "`/restart`",
        "```\n/restart\n```",
        "[System] /restart",
        "System: /config set a=b",
        "hello\n/config set a=b",
        "/re\u200bstart",
        "/res\u202etart",
        "/\u212aonfig show",
        "／restart",
        "/think high what is 2+2",
        "/model opus write me a poem",
    ],
)
def test_anything_else_is_text(text: str) -> None:
    """What is quoted, code, a path, another word, or has words for the agent beside it, is an ordinary message."""
    assert command_of(text) is None


def test_configured_triggers_mean_reset() -> None:
    """session.resetTriggers: the whole text, or how it begins; what follows is the first message."""
    triggers = ["vergiss", " start over ", "start", "", "a+b"]
    for text, rest in (
        ("Vergiss", ""),
        ("vergiss: alles bisher", "alles bisher"),
        ("Start over", ""),
        ("START over\nwhat is new?", "what is new?"),
        ("start with a joke", "with a joke"),
        ("a+b", ""),
    ):
        command = command_of(text, triggers)
        assert command is not None, text
        assert (command.word, rest_of(text, triggers)) == ("/reset", rest)
    for text in ("vergissmeinnicht", "we start over", "aab"):
        assert command_of(text, triggers) is None


def test_what_follows_a_word_can_make_it_the_owners() -> None:
    """Behaviour facts I.2: the list is for all who may command, its changes for the owner where commands.config is."""
    listed, added = command_of("/allowlist dm"), command_of("/allowlist ADD dm +15550100009")
    assert listed is not None
    assert added is not None
    assert (listed.who, listed.flag) == (Rank.ANYONE, None)
    assert (added.who, added.flag) == (Rank.OWNER, Flag.CONFIG)


_BETWEEN = st.text(alphabet=" :\n\t\u00a0\u200b\u200e\u202e\u2060\ufeff\ufffc\u2003\x1c", max_size=4)


@given(
    _BETWEEN, _BETWEEN, st.sampled_from(["add", "Remove", "ADD\u200b", "add\u2003", "—add", "adD"]), _BETWEEN
)
def test_whatever_stands_between_a_change_of_the_lists_is_the_owners(
    before: str, between: str, action: str, after: str
) -> None:
    """What decides whose it is, and what is carried out, read the same words: invisible ones are no way around."""
    text = f"{before}/allowlist{between}{action} {after}+15550100009"
    command = command_of(text)
    wish = parse_wish(rest_of(text)) if command else "no command"
    if not isinstance(wish, str) and wish.action != "list":
        assert command is not None
        assert (command.who, command.flag) == (Rank.OWNER, Flag.CONFIG)


def test_the_rest_of_a_command_keeps_its_words() -> None:
    """The text after /new becomes the first message."""
    assert rest_of("/new  what  is\nthe time?") == "what  is\nthe time?"
    assert rest_of("/config:set a=b:c") == "set a=b:c"


@pytest.mark.parametrize(
    ("text", "heard"),
    [
        ("/think high what is 2+2", Heard("what is 2+2", (("/think", "high"),))),
        ("/think:high /v: on what is 2+2", Heard("what is 2+2", (("/think", "high"), ("/verbose", "on")))),
        ("what is /status:404", Heard("what is /status:404")),
        ("what is /think:about", Heard("what is /think:about")),
        ("what is 2+2 /t LOW", Heard("what is 2+2", (("/think", "low"),))),
        (
            "/think high /model opus /v on go",
            Heard("go", (("/think", "high"), ("/model", "opus"), ("/verbose", "on"))),
        ),
        ("hi /status how are you", Heard("hi how are you", (), ("/status",))),
        ("/help me", Heard("me", (), ("/help",))),
        ("/think about it", Heard("/think about it")),
        ("look at /usr/bin/status", Heard("look at /usr/bin/status")),
        ('say "/think high" aloud', Heard('say "/think high" aloud')),
        ("> /status\nwhat is that?", Heard("> /status\nwhat is that?")),
        ("`/think high` is what?", Heard("`/think high` is what?")),
        ("```\n/status\n``` what?", Heard("```\n/status\n``` what?")),
        ("```\n/think high\nnever closed", Heard("```\n/think high\nnever closed")),
        ("/th\u200bink high go", Heard("/th\u200bink high go")),
        ("/think\nhigh", Heard("/think\nhigh")),
        ("/restart /think high now", Heard("/restart now", (("/think", "high"),))),
    ],
)
def test_directives_and_shortcuts_stand_inside_a_text(text: str, heard: Heard) -> None:
    """Behaviour facts I.1: several in one message; never in what is quoted or is code, never without a value."""
    assert listen(text, any_model) == heard


def test_a_model_that_is_not_known_is_no_directive() -> None:
    """What the agent is to hear stays whole rather than lose a word that meant something else."""
    assert listen("/model what do you think", lambda name: name == "opus") == Heard(
        "/model what do you think"
    )


def test_a_hundred_thousand_characters_are_no_trouble() -> None:
    """Hostile input: bounded time for openings that are never closed."""
    for piece in ("`", '"', "“", "« ", "> ", "/think ", "/", "```", " ", "/status "):
        text = piece * (100_000 // len(piece))
        command_of(f"/think {text}")
        listen(text, any_model)


@given(st.text())
def test_recognising_never_fails(text: str) -> None:
    """Whatever people write, it is a command or it is not; and what is no command loses nothing that it did not say."""
    command = command_of(text)
    assert command is None or command.word in {one.word for one in COMMANDS}
    heard = listen(text, any_model)
    assert heard.directives or heard.shortcuts or heard.text == text


@given(st.text(alphabet="abcx_.@/", min_size=1), st.sampled_from(sorted(BY_WORD)))
def test_no_word_is_hidden_in_another(extra: str, word: str) -> None:
    """A sign more on either side makes it another word, or none."""
    for text in (f"{extra}{word}", f"{word}{extra}"):
        command = command_of(text)
        assert command is None or text in BY_WORD
