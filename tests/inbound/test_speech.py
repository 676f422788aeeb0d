"""What the conversation adds to a message."""

from __future__ import annotations

import pytest

from openclaw.domain.commands import Command, Standing
from openclaw.domain.sessions import Peer, PeerKind
from openclaw.inbound.manners import Manners
from openclaw.inbound.speech import Conversation, Speech

from .policies import CLAW

DIRECT, GROUP = Peer(PeerKind.DIRECT, "+15550100001"), Peer(PeerKind.GROUP, "7")
STOP = Command("/stop", "")


def speech() -> Speech:
    """Speech where the word "stop" stops."""
    talk = Conversation(lambda _peer, text: STOP if text == "stop" else None)
    return Speech(Standing(authorised=True), None, lambda _peer: Manners(CLAW), talk)


@pytest.mark.parametrize(
    ("text", "peer", "found"),
    [
        ("stop", DIRECT, STOP),
        ("claw stop", DIRECT, None),
        ("claw, stop", GROUP, STOP),
        ("@claw stop", GROUP, STOP),
        ("stop" + " " * 200, DIRECT, None),
    ],
)
def test_a_name_may_stand_before_a_stop_word_in_groups(text: str, peer: Peer, found: Command | None) -> None:
    """Behaviour facts D.12."""
    assert speech().stop(text, peer) == found
