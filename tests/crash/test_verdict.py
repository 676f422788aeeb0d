"""The judge itself: a good end has no complaint, and each broken promise is noticed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from tests.crash.evidence import Evidence, Phone, still_open
from tests.crash.script import CREW, Fate, Line, Written, ann, crew, stranger
from tests.crash.verdict import complaints, withheld
from tests.making import ANN, BOB

from openclaw.simulator.phone import Said

CHATS = {ANN: 1, CREW: 2, BOB: 3}


def written(row: int, line: Line) -> Written:
    """A line in its row."""
    return Written(line, Said(row, f"guid-{row}", CHATS[line.place], ""))


def message(one: Written, state: str, **more: Any) -> dict[str, Any]:
    """What the gateway says of a line."""
    return {"id": one.row.row_id, "guid": one.row.guid, "state": state, "reason": "", "turnId": None} | more


def bubbles(
    first: int, place: str, texts: Sequence[str], cause: str = "turn", number: int = 1
) -> list[dict[str, Any]]:
    """The deliveries of one cause, all confirmed."""
    common = {"chatId": CHATS[place], "state": "confirmed", "cause": cause, "causeId": number, "reason": ""}
    return [common | {"id": first + at, "index": at, "text": text} for at, text in enumerate(texts)]


def good_end() -> Evidence:
    """Ann's line answered in two bubbles, the group's in one, Bob challenged; an old line left alone."""
    old = written(1, Line("old1", ANN, "hello old1x00", Fate.TOO_OLD))
    one, group, bob = written(2, ann("a1", words=4)), written(3, crew("g1")), written(4, stranger("b1"))
    parts, in_group = ["a1x00 a1x01", "a1x02 a1x03"], " ".join(group.line.words)
    return Evidence(
        [old, one, group, bob],
        Phone({ANN: parts, CREW: [in_group], BOB: ["your code is X"]}, 0),
        [
            message(one, "answered", turnId=1),
            message(group, "answered", turnId=2),
            message(bob, "challenged"),
        ],
        [
            *bubbles(1, ANN, parts),
            *bubbles(3, CREW, [in_group], number=2),
            *bubbles(4, BOB, ["your code is X"], "challenge"),
        ],
    )


def shows(evidence: Evidence, place: str, texts: list[str]) -> Evidence:
    """The same end with other bubbles on the phone."""
    return replace(evidence, phone=Phone(evidence.phone.bubbles | {place: texts}, evidence.phone.elsewhere))


def with_delivery(evidence: Evidence, number: int, **changed: Any) -> Evidence:
    """The same end with one delivery changed."""
    changed_list = [each | (changed if each["id"] == number else {}) for each in evidence.deliveries]
    return replace(evidence, deliveries=changed_list)


def with_message(evidence: Evidence, row: int, **changed: Any) -> Evidence:
    """The same end with one message changed."""
    return replace(
        evidence, messages=[each | (changed if each["id"] == row else {}) for each in evidence.messages]
    )


def test_a_good_end_has_no_complaint() -> None:
    """Everything answered once, in order, in its chat."""
    assert complaints(good_end()) == []
    assert withheld(good_end()) == []


def test_a_bubble_that_arrived_twice_is_noticed() -> None:
    """Promise 2: never twice; also when the ledger knows nothing of it."""
    found = complaints(shows(good_end(), ANN, ["a1x00 a1x01", "a1x02 a1x03", "a1x02 a1x03"]))
    assert f"{ANN} got a1x02 2 times" in found
    assert f"{ANN} shows 3 bubbles, 2 are confirmed" in found


def test_a_bubble_in_another_chat_is_noticed() -> None:
    """Promise 1: to the chat of its message, or nowhere."""
    found = complaints(shows(good_end(), BOB, ["your code is X", "a1x00 a1x01"]))
    assert f"{BOB} got a1x00, which was not said there" in found


def test_an_answer_that_was_queued_for_another_chat_is_noticed() -> None:
    """Promise 1, before anything has left."""
    found = complaints(with_delivery(good_end(), 1, chatId=CHATS[BOB]))
    assert f"a1 was said in {ANN}, its answer 1 goes elsewhere" in found


def test_an_own_row_in_a_chat_nobody_wrote_from_is_noticed() -> None:
    """Promise 1: also where nobody looks."""
    evidence = good_end()
    strayed = replace(evidence, phone=Phone(evidence.phone.bubbles, 1))
    assert complaints(strayed) == ["1 own rows stand in another chat"]


def test_bubbles_that_overtook_each_other_are_noticed() -> None:
    """Issue 4, point 3: chunks of one reply never overtake each other."""
    found = complaints(shows(good_end(), ANN, ["a1x02 a1x03", "a1x00 a1x01"]))
    assert any("confirmed are" in complaint for complaint in found)


def test_answers_in_the_wrong_order_are_noticed() -> None:
    """Each chat reads its answers in the order of its messages."""
    evidence = good_end()
    evidence = replace(evidence, written=[*evidence.written, written(5, ann("a2", words=1))])
    found = complaints(shows(evidence, ANN, ["a2x00", "a1x00 a1x01"]))
    assert f"{ANN} got a2x00 before a1x00" in found


def test_a_gap_in_a_reply_is_noticed() -> None:
    """A reply is complete, or withheld from some point on."""
    evidence = with_delivery(good_end(), 1, state="parked", reason="whether it left could not be found out")
    found = complaints(shows(evidence, ANN, ["a1x02 a1x03"]))
    assert "the bubbles of turn 1 overtook each other: [False, True]" in found


def test_a_lost_message_is_noticed() -> None:
    """Promise 3: never lost."""
    evidence = good_end()
    assert complaints(replace(evidence, messages=evidence.messages[1:])) == ["a1 is not in the ledger"]


def test_an_answer_without_a_bubble_is_noticed() -> None:
    """Answered means that something was said."""
    evidence = good_end()
    evidence = shows(replace(evidence, deliveries=evidence.deliveries[2:]), ANN, [])
    assert complaints(evidence) == ["a1 is answered, and nothing was ever queued for it"]


def test_half_an_answer_is_noticed() -> None:
    """What the model said is on its way as a whole."""
    evidence = with_delivery(shows(good_end(), ANN, ["a1x00 a1x01", "a1x02"]), 2, text="a1x02")
    assert complaints(evidence) == ["a1x03 is 0 times in the answer"]


def test_an_old_message_that_was_taken_up_is_noticed() -> None:
    """Design section 5: the first start answers nothing old."""
    evidence = good_end()
    taken = message(evidence.written[0], "answered")
    found = complaints(replace(evidence, messages=[*evidence.messages, taken]))
    assert found == ["old1 is older than the first start and was taken up"]


def test_a_second_challenge_is_noticed() -> None:
    """Ruling 12: one challenge per sender per request."""
    evidence = good_end()
    again = bubbles(9, BOB, ["your code is Y"], "challenge", 2)
    found = complaints(
        shows(
            replace(evidence, deliveries=evidence.deliveries + again),
            BOB,
            ["your code is X", "your code is Y"],
        )
    )
    assert found == ["2 challenges were made"]


def test_a_wrong_fate_is_noticed() -> None:
    """What the gates must say of a line does not depend on a crash."""
    found = complaints(with_message(good_end(), 4, state="dropped", reason="pairing-full"))
    assert found == ["b1 is dropped (pairing-full), not challenged"]


def test_what_is_withheld_and_shown_is_no_complaint() -> None:
    """Issue 4: answered exactly once, or visibly withheld; what stands behind a doubt waits for it."""
    evidence = with_delivery(good_end(), 1, state="unknown", reason="its sending was cut off")
    evidence = shows(with_delivery(evidence, 2, state="queued"), ANN, [])
    assert complaints(evidence) == []
    assert withheld(evidence) == ["delivery 1 unknown (its sending was cut off)", "delivery 2 queued ()"]


def test_a_turn_that_was_interrupted_is_withheld() -> None:
    """Design section 4: a turn with effects is not run again unasked; its messages say so."""
    evidence = with_message(good_end(), 3, state="failed", reason="interrupted", turnId=None)
    evidence = shows(
        replace(evidence, deliveries=[each for each in evidence.deliveries if each["id"] != 3]), CREW, []
    )
    assert complaints(evidence) == []
    assert withheld(evidence) == ["message 3 failed (interrupted)"]


def test_a_doubt_whose_row_is_on_the_phone_is_not_settled() -> None:
    """Design section 4: its own row settles an unknown send; to leave it in doubt would be a miss."""
    evidence = with_delivery(good_end(), 2, state="unknown", reason="its sending was cut off")
    assert still_open(evidence) == [f"{ANN} shows 2 bubbles, 1 are confirmed"]


def test_a_queued_bubble_that_waits_for_nothing_is_not_settled() -> None:
    """Nothing is forgotten in the line."""
    evidence = shows(with_delivery(good_end(), 4, state="queued"), BOB, [])
    assert "delivery 4 is queued" in still_open(evidence)
