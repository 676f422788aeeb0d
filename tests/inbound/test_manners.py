"""When an agent is spoken to in a conversation."""

from __future__ import annotations

import pytest
from tests.inbound.policies import CLAW, NOBODY

from openclaw.inbound.manners import NO_MANNERS, Manners
from openclaw.inbound.mentions import MentionPatterns


@pytest.mark.parametrize(
    ("patterns", "required", "text", "called"),
    [
        (CLAW, True, "hello", False),
        (CLAW, True, "claw, hello", True),
        (CLAW, False, "hello", True),
        (NOBODY, True, "hello", True),
    ],
)
def test_what_has_to_be_called_is_called_by_its_patterns(
    patterns: MentionPatterns, required: bool, text: str, called: bool
) -> None:
    """Behaviour facts C.5; ruling 14: without a pattern nothing can be required."""
    assert Manners(patterns).is_called(text, required=required) is called


def test_a_conversation_without_a_route_requires_and_keeps_nothing() -> None:
    """What has no route is not answered for other reasons."""
    assert NO_MANNERS.is_called("hello", required=True)
    assert NO_MANNERS.context_limit == 0
