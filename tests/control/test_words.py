from __future__ import annotations

import pytest

from openclaw.control import words
from openclaw.domain.admission import Reason
from openclaw.domain.delivery import Cause, DeliveryState
from openclaw.domain.messages import MessageState
from openclaw.domain.turns import TurnState


@pytest.mark.parametrize(
    ("told", "kinds"),
    [
        (words.MESSAGE, MessageState),
        (words.DELIVERY, DeliveryState),
        (words.TURN, TurnState),
        (words.CAUSE, Cause),
    ],
)
def test_every_state_has_its_words(told: dict[str, str], kinds: type):
    """A new state must not reach the page without a sentence."""
    assert set(told) == set(kinds)


def test_every_reason_says_its_sentence():
    """The words of the gates, and free text as a sentence of its own."""
    assert all(words.reason(one) == (one.sentence, one.fix) for one in Reason)
    assert words.reason("no row of it was seen") == ("No row of it was seen.", "")
    assert words.joined("It waits.", "") == "It waits."
