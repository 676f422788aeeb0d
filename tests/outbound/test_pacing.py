"""Who may be tried again when, after a bubble that never left."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from openclaw.domain.ids import ChatKey
from openclaw.outbound.pacing import Pacing

ANN, BOB, CAT = ChatKey("ann"), ChatKey("bob"), ChatKey("cat")


def test_a_refused_chat_rests_alone_and_longer_each_time() -> None:
    """Issue 4, point 3: one chat's trouble is not the others'."""
    pacing, lengths, at = Pacing(), list[float](), 0.0
    for _ in range(8):
        pacing.refused(ANN, at)
        assert pacing.resting(at) == [ANN]
        assert not pacing.line_rests(at)
        rest = pacing.pause(at)
        assert rest is not None
        lengths.append(rest)
        at += rest
        assert pacing.resting(at) == []
        assert pacing.pause(at) is None
    assert lengths == [1, 2, 4, 8, 16, 32, 60, 60]


def test_three_chats_refused_in_a_row_are_the_line() -> None:
    """All rest together, at most a quarter of a minute at a time, and one bubble tries."""
    pacing = Pacing()
    for chat in (ANN, BOB, CAT):
        assert not pacing.line_rests(0)
        pacing.refused(chat, 0)
    assert pacing.line_rests(0)
    assert not pacing.line_rests(1)
    for _ in range(6):
        pacing.refused(ANN, 100)
    assert pacing.pause(100) == 15
    pacing.taken(BOB)
    assert pacing.pause(100) is None, "what was refused by the line is tried at once when the line is back"


def test_two_troubled_chats_between_good_ones_are_no_dead_line() -> None:
    """What is taken in between shows that the line works."""
    pacing = Pacing()
    for at in range(0, 40, 2):
        pacing.refused(ANN, at)
        pacing.refused(BOB, at)
        pacing.taken(CAT)
        assert not pacing.line_rests(at)


@given(st.lists(st.tuples(st.booleans(), st.integers(0, 2000)), max_size=60))
def test_whatever_is_refused_something_may_be_tried_within_a_minute(
    happening: list[tuple[bool, int]],
) -> None:
    """No rest is longer than a minute, and none is forgotten to end."""
    pacing = Pacing()
    for at, (refused, chat) in enumerate(happening):
        (pacing.refused if refused else lambda key, _: pacing.taken(key))(ChatKey(str(chat)), float(at))
    end = float(len(happening))
    rest = pacing.pause(end)
    assert rest is None or 0 < rest <= 60
    assert pacing.resting(end + 60) == []
    assert not pacing.line_rests(end + 15)
