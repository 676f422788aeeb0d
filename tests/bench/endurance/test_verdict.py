"""The judge of a soak sees each promise broken, and none where it was kept."""

from __future__ import annotations

from bench.endurance.books import Books, Bubble, Kept, Row
from bench.endurance.crowd import Line
from bench.endurance.verdict import Said, Tally, judge, lost_in_the_end

ANN, BOB = 1, 2


def _said(number: int, chat: int = ANN, *, kind: str = "short", text: str = "") -> Said:
    mark = f"m-s1-{number}"
    sender = "" if kind == "owner" else f"+1555000000{chat}"
    line = Line(
        kind, sender, sender, text or f"Hello {mark}", mark, "nothing" if kind == "owner" else "answer"
    )
    return Said(line, number, f"G{number}", chat, 0.0)


def _theirs(one: Said) -> Row:
    return Row(one.row, one.guid, not one.line.sender, one.line.text, one.chat)


def _ours(row: int, number: int, chat: int = ANN, *, part: int = 1, of: int = 1) -> Row:
    return Row(row, f"G{row}", from_me=True, text=f"Part {part} of {of} to m-s1-{number}", chat=chat)


def _kept(one: Said, state: str = "answered", reason: str = "", turn: int | None = 1) -> Kept:
    return Kept(one.row, one.guid, one.row, state, reason, turn)


def _bubble(state: str = "confirmed", *, number: int = 1, turn: int = 1, reason: str = "") -> Bubble:
    return Bubble(7, "turn", turn, 0, ANN, f"Part 1 of 1 to m-s1-{number}", state, reason, "", None)


def _counts(tally: Tally) -> tuple[int, ...]:
    return tuple(tally.count(ill) for ill in ("doubled", "lost", "astray", "self-answered"))


def test_an_answer_on_the_phone_is_an_answer() -> None:
    """The phone is believed before the ledger."""
    one = _said(1)
    tally = judge([one], Books((_theirs(one), _ours(2, 1)), (_kept(one),), (_bubble(),), ()))
    assert (tally.wanted, tally.answered, _counts(tally)) == (1, 1, (0, 0, 0, 0))


def test_the_same_answer_twice_is_doubled() -> None:
    """Once per part, wherever the second came from."""
    one = _said(1)
    tally = judge([one], Books((_theirs(one), _ours(2, 1), _ours(3, 1)), (_kept(one),), (_bubble(),), ()))
    assert _counts(tally) == (1, 0, 0, 0)


def test_an_answer_in_another_chat_is_astray() -> None:
    """A reply goes to the chat of its message or nowhere (issue 4, the wrong person)."""
    one = _said(1)
    tally = judge([one], Books((_theirs(one), _ours(2, 1, BOB)), (_kept(one),), (_bubble(),), ()))
    assert tally.count("astray") == 1


def test_a_turn_of_an_own_row_is_an_answer_to_ourselves() -> None:
    """What the owner typed and what we said never becomes a turn (issue 4, our own words)."""
    typed = _said(1, kind="owner")
    tally = judge([typed], Books((_theirs(typed),), (_kept(typed),), (), ()))
    assert tally.count("self-answered") == 1


def test_our_words_from_the_peer_are_ours_too() -> None:
    """An echo that became a turn counts, although its row is not from us."""
    echo = Row(5, "G5", from_me=False, text="Part 1 of 1 to m-s1-1", chat=ANN)
    tally = judge([], Books((echo,), (Kept(5, "G5", 5, "answered", "", 3),), (), ()))
    assert tally.count("self-answered") == 1


def test_what_is_held_back_is_withheld_by_state_and_reason() -> None:
    """Withheld visibly is no loss (issue 4, crash suite)."""
    held, parked = _said(1), _said(2)
    tally = judge(
        [held, parked],
        Books(
            (_theirs(held), _theirs(parked)),
            (_kept(held, "held", "suspect-echo", None), _kept(parked, turn=2)),
            (_bubble("parked", number=2, turn=2, reason="no proof"),),
            (),
        ),
    )
    assert tally.withheld == {"held (suspect-echo)": 1, "bubble parked (no proof)": 1}


def test_a_message_said_to_be_answered_without_an_answer_is_lost() -> None:
    """The ledger's word is not enough: a confirmed bubble must stand on the phone."""
    one = _said(1)
    assert judge([one], Books((_theirs(one),), (_kept(one),), (_bubble(),), ())).count("lost") == 1


def test_what_never_ends_is_lost_in_the_end() -> None:
    """Under way while the soak runs, lost when nothing moves any more."""
    one = _said(1)
    tally = judge([one], Books((_theirs(one),), (), (), ()))
    assert (len(tally.under_way), tally.count("lost")) == (1, 0)
    lost_in_the_end(tally)
    assert tally.count("lost") == 1


def test_a_reply_with_a_missing_part_is_not_answered() -> None:
    """An answer with a hole says something else."""
    one = _said(1)
    tally = judge([one], Books((_theirs(one), _ours(2, 1, part=1, of=2)), (_kept(one),), (_bubble(),), ()))
    assert (tally.answered, tally.count("lost")) == (0, 1)
