"""The soak's model names what it answers in every bubble, and the bubble can be read back."""

from __future__ import annotations

from bench.endurance.answers import Named, read_bubble, soak_answer


def _asked(*texts: str) -> list[dict[str, str]]:
    return [{"role": "user", "content": text} for text in texts]


def test_every_part_names_all_messages_since_the_last_answer() -> None:
    """Each bubble of a reply is attributable by itself, whichever of them arrive."""
    said = soak_answer(
        [*_asked("old m-s1-1"), {"role": "assistant", "content": "x"}, *_asked("m-s1-2", "in 2 parts m-s1-3")]
    )
    assert [read_bubble(part) for part in said.split("\n\n")] == [
        Named(1, 2, ("m-s1-2", "m-s1-3"), again=False),
        Named(2, 2, ("m-s1-2", "m-s1-3"), again=False),
    ]


def test_an_ok_is_said_where_it_is_asked_for_and_a_repeated_one_gets_another_answer() -> None:
    """A person who repeats the bot's "ok" is answered (issue 4, our own words); the answer names the last question."""
    asked = _asked("Please just say ok m-s1-7")
    assert soak_answer(asked) == "ok"
    repeated = soak_answer([*asked, {"role": "assistant", "content": "ok"}, *_asked("ok")])
    assert read_bubble(repeated) == Named(1, 1, ("m-s1-7",), again=True)


def test_other_words_are_no_answer() -> None:
    """What the owner types and what commands say is not taken for the model's."""
    assert read_bubble("I am on my way, typed by hand m-s1-4") is None
