"""The people of a soak say the same with the same seed, and each thing once."""

from __future__ import annotations

from itertools import islice

from bench.endurance.crowd import Talk, gather


def test_one_seed_is_one_conversation() -> None:
    """A soak can be run again by its seed."""
    first, second = (list(islice(Talk(gather(10), 3).things(), 50)) for _ in range(2))
    assert first == second
    assert first != list(islice(Talk(gather(10), 4).things(), 50))


def test_no_mark_is_given_twice() -> None:
    """An answer stands for one message only if its mark does."""
    marks = [line.mark for thing in islice(Talk(gather(10), 3).things(), 300) for line in thing if line.mark]
    assert len(marks) == len(set(marks)) > 250


def test_each_kind_of_talk_comes_up() -> None:
    """The mix has people, groups, strangers, the owner's own hand, commands, links and parrots (issue 4, soak)."""
    kinds = {line.kind for thing in islice(Talk(gather(10), 3).things(), 600) for line in thing}
    assert kinds >= {
        "short",
        "long",
        "parts",
        "burst",
        "link",
        "parrot",
        "group",
        "stranger",
        "owner",
        "command",
    }
