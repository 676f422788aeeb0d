"""Verdicts and reasons."""

from __future__ import annotations

import pytest
from tests.making import ANN

from openclaw.domain.admission import (
    Admitted,
    Challenged,
    Dropped,
    Held,
    Ours,
    Overheard,
    OwnerTyped,
    Quarantined,
    Reason,
    Verdict,
    verdict_state,
)
from openclaw.domain.commands import Command
from openclaw.domain.handles import Handle
from openclaw.domain.ids import DeliveryId
from openclaw.domain.messages import MessageState
from openclaw.domain.sessions import Peer, PeerKind

PEER = Peer(PeerKind.DIRECT, ANN)


@pytest.mark.parametrize("reason", Reason)
def test_every_reason_has_a_sentence(reason: Reason) -> None:
    """Silence toward the operator is a bug (ruling 18): a code alone says too little."""
    assert reason.sentence.endswith(".")
    assert reason.sentence[0].isupper()
    assert reason.fix == reason.fix.strip()


def test_a_reason_is_its_code() -> None:
    """The codes are an interface: they stand in logs, JSON and the ledger, and read back as members."""
    assert Reason("not-mentioned") is Reason.NOT_MENTIONED
    assert f"{Reason.NOT_MENTIONED}" == "not-mentioned"
    assert all(code == code.lower() and " " not in code for code in map(str, Reason))


def test_what_the_configuration_refuses_names_the_key() -> None:
    """A refusal by policy tells the operator which key decides (design section 6)."""
    refusals = (
        Reason.DM_DISABLED,
        Reason.DM_NOT_ALLOWED,
        Reason.GROUP_SENDER,
        Reason.GROUP_NOT_LISTED,
        Reason.SERVICE,
    )

    assert all("channels.imessage." in reason.fix for reason in refusals)


@pytest.mark.parametrize(
    ("verdict", "state"),
    [
        (Admitted(Reason.DM_OPEN, PEER, authorised=False), MessageState.WAITING),
        (Admitted(Reason.DM_OPEN, PEER, True, Command("/new", "", in_lane=True)), MessageState.WAITING),
        (Admitted(Reason.DM_OPEN, PEER, True, Command("/stop", "")), MessageState.COMMANDED),
        (Admitted(Reason.DM_OPEN, PEER, True, Command("/stop", ""), paused=True), MessageState.PAUSED),
        (Admitted(Reason.DM_OPEN, PEER, authorised=True, paused=True), MessageState.PAUSED),
        (Challenged(Reason.PAIRING_STARTED, Handle(ANN), fresh=True), MessageState.CHALLENGED),
        (Ours(Reason.OWN_GUID, DeliveryId(1)), MessageState.OURS),
        (OwnerTyped(), MessageState.OWNER_TYPED),
        (Held(Reason.SUSPECT_ECHO), MessageState.HELD),
        (Quarantined(Reason.NO_CHAT), MessageState.QUARANTINED),
        (Overheard(Reason.NOT_MENTIONED, 50), MessageState.CONTEXT),
        (Dropped(Reason.EMPTY), MessageState.DROPPED),
    ],
)
def test_each_verdict_puts_a_message_in_one_state(verdict: Verdict, state: MessageState) -> None:
    """Paused comes before everything else that admission leads to (design section 4)."""
    assert verdict_state(verdict) is state
