"""Tapbacks at the gates; under every configuration they are tried in ``test_admit``."""

from __future__ import annotations

import pytest
from tests.inbound.policies import policy
from tests.making import ANN, direct_chat, group_chat

from openclaw.domain.admission import Admitted, Challenged, Dropped, Overheard, Reason, Verdict
from openclaw.domain.handles import Handle
from openclaw.domain.sessions import Peer, PeerKind
from openclaw.inbound.tapbacks import MOST_TAPBACKS, verdict_on

DIRECT = Admitted(Reason.DM_OPEN, Peer(PeerKind.DIRECT, ANN), authorised=True)
GROUP = Admitted(Reason.GROUP_ALLOWED, Peer(PeerKind.GROUP, "7"), authorised=False)
NOTED = Overheard(Reason.TAPBACK, MOST_TAPBACKS)


@pytest.mark.parametrize(
    ("message", "is_old", "visibility", "expected"),
    [
        (DIRECT, False, "all", NOTED),
        (DIRECT, False, "allowlist", NOTED),
        (DIRECT, True, "all", Dropped(Reason.BEFORE_START)),
        (GROUP, False, "all", NOTED),
        (GROUP, False, "allowlist", Dropped(Reason.REACTION)),
        (Challenged(Reason.PAIRING_STARTED, Handle(ANN), fresh=True), False, "all", Dropped(Reason.REACTION)),
        (Dropped(Reason.DM_NOT_ALLOWED), False, "all", Dropped(Reason.DM_NOT_ALLOWED)),
    ],
)
def test_a_tapback_goes_by_what_its_sender_may(
    message: Verdict, is_old: bool, visibility: str, expected: Verdict
) -> None:
    """Decision table: the gates of messages, without their consequences."""
    chat = group_chat() if message is GROUP else direct_chat()
    rules = policy(group_allow_from=("+15550100002",), context_visibility=visibility)
    assert verdict_on(message, Handle(ANN), chat, rules, is_old=is_old) == expected
