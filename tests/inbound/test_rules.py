"""Whole configuration files, generated, against the rules of the requirements written down a second time."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.inbound.documents import documents, must_not_enter, rows
from tests.inbound.policies import CLAW, facts
from tests.rig import configure

from openclaw.config.accounts import resolve_accounts
from openclaw.domain.admission import Admitted
from openclaw.domain.messages import InboundMessage
from openclaw.domain.reasons import Reason
from openclaw.inbound.access import compile_access
from openclaw.inbound.admit import admit
from openclaw.inbound.gates import Gate, gate_of, trace
from openclaw.inbound.manners import Manners
from openclaw.turns.commands import command_of

# Behind the gates of access: whom the rules let in may still be refused for what they said.
_OF_WORDS = (Gate.CONTENT, Gate.COMMAND, Gate.MENTION)


@settings(max_examples=400, deadline=None)
@given(documents, rows, st.booleans())
def test_no_path_admits_whom_the_rules_refuse(
    document: dict[str, Any], row: InboundMessage, granted: bool
) -> None:
    """Promise 5: one verdict with a reason for each message, and a place exactly for those whom the page lets in."""
    config = configure(document)
    policy = compile_access(resolve_accounts(config)[0], config.commands)

    found = admit(row, policy, facts(granted=granted), command_of(row.text), lambda _peer: Manners(CLAW))

    assert found.reason in set(Reason)
    refused = must_not_enter(document, row, granted=granted)
    if isinstance(found, Admitted):
        assert not refused
    elif not refused:
        assert gate_of(found.reason) in _OF_WORDS
    way = trace(found, row, is_group=policy.is_group(row))
    assert list(way.passed) == sorted(way.passed, key=list(Gate).index)
    assert way.stopped_at not in way.passed
