"""The gates by name: each reason has one, and a trace is what was passed before it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.making import ANN, group_chat, inbound

from openclaw.domain.admission import Admitted, Dropped, OwnerTyped, Quarantined
from openclaw.domain.reasons import Reason
from openclaw.domain.sessions import Peer, PeerKind
from openclaw.inbound.gates import AFTERWARDS, Gate, gate_of, trace

DIRECT, GROUP = Peer(PeerKind.DIRECT, ANN), Peer(PeerKind.GROUP, "7")


@pytest.mark.parametrize("reason", [reason for reason in Reason if reason not in AFTERWARDS])
def test_every_reason_belongs_to_one_gate(reason: Reason) -> None:
    """Without its gate, a new reason could not be explained (issue: explain)."""
    assert gate_of(reason) in Gate


def test_what_was_refused_had_passed_the_gates_before() -> None:
    """The one that decided is the last one, and nothing behind it is claimed."""
    way = trace(Dropped(Reason.GROUP_SENDER), inbound(1, "x", chat=group_chat()), is_group=True)

    assert way.stopped_at is Gate.SENDERS
    assert way.passed == (
        Gate.OWN,
        Gate.KIND,
        Gate.CHAT,
        Gate.SENDER,
        Gate.SERVICE,
        Gate.DATABASE,
        Gate.POLICY,
    )


def test_what_was_admitted_passed_them_all() -> None:
    """The registry of groups is no gate of a direct message."""
    direct = trace(Admitted(Reason.DM_ALLOWED, DIRECT, authorised=True), inbound(1, "x"), is_group=False)
    group = trace(
        Admitted(Reason.GROUP_ALLOWED, GROUP, authorised=True),
        inbound(1, "x", chat=group_chat()),
        is_group=True,
    )

    assert (direct.stopped_at, group.stopped_at) == (None, None)
    assert group.passed == tuple(Gate)
    assert direct.passed == tuple(gate for gate in Gate if gate is not Gate.GROUPS)


@pytest.mark.parametrize(
    ("reason", "gate"), [(Reason.PAUSED, Gate.PAUSE), (Reason.LATE, Gate.LATENESS), (Reason.LOOP, Gate.LOOP)]
)
def test_what_waits_stands_before_the_gate_that_has_it_wait(reason: Reason, gate: Gate) -> None:
    """It was let in, and does not go on yet: both can be seen (ruling 18)."""
    way = trace(Admitted(reason, DIRECT, authorised=True, paused=True), inbound(1, "x"), is_group=False)

    assert way.stopped_at is gate
    assert Gate.SENDERS in way.passed


def test_a_row_without_its_chat_gets_no_further() -> None:
    """Whatever is said of it, nothing was looked at that needs a chat."""
    row = replace(inbound(1, "x", from_me=True), chat=None)

    for verdict in (OwnerTyped(), Quarantined(Reason.NO_CHAT), Dropped(Reason.EMPTY)):
        assert trace(verdict, row, is_group=False).stopped_at is Gate.CHAT or verdict.reason is Reason.EMPTY
    assert trace(OwnerTyped(), row, is_group=False).passed == (Gate.OWN, Gate.KIND)
