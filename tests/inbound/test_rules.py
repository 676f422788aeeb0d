"""Whole configuration files, generated, against the rules of the requirements written down a second time."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.inbound.documents import documents, must_not_enter, rows, said
from tests.inbound.policies import CLAW, facts
from tests.making import ANN
from tests.rig import configure

from openclaw.config.accounts import resolve_accounts
from openclaw.domain.admission import Admitted, Challenged, Overheard
from openclaw.domain.commands import Command
from openclaw.domain.handles import Handle
from openclaw.domain.messages import InboundMessage
from openclaw.domain.reasons import Reason
from openclaw.inbound.access import compile_access
from openclaw.inbound.admit import admit
from openclaw.inbound.gates import Gate, gate_of, trace
from openclaw.inbound.manners import Manners
from openclaw.turns.commands.recognise import command_of

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


circumstances = st.fixed_dictionaries(
    {
        key: st.booleans()
        for key in (
            *("granted", "pairing_open", "pairing_denied", "late", "before_start", "released", "addressed"),
            *("paused", "look_again", "unsettled", "chat_unproven", "on_ours"),
        )
    },
    optional={
        "activation": st.sampled_from(["always", "mention"]),
        "answer": st.sampled_from([Command("owner-answer", ""), Reason.OWNER_BY_SMS]),
        "requests_open": st.integers(0, 4),
        "files": st.integers(0, 2),
        "own_handles": st.just(frozenset({Handle(ANN)})),
    },
)


@settings(max_examples=600, deadline=None)
@given(documents, rows, circumstances, st.booleans(), st.sampled_from([False, None]))
def test_nothing_that_is_known_lets_in_whom_the_rules_refuse(
    document: dict[str, Any],
    row: InboundMessage,
    known: dict[str, Any],
    is_reaction: bool,
    from_me: bool | None,
) -> None:
    """A release, an answer to a notice, a tapback, /activation always, a lost database: none is a way around the lists.

    Nor are a refused person's words kept, nor does anybody get a code where none is given out, nor do we talk to
    ourselves because somebody released what we said.
    """
    config = configure(document)
    policy = compile_access(resolve_accounts(config)[0], config.commands)
    # The text of a tapback is our own word for it.
    row = replace(row, is_reaction=is_reaction, from_me=from_me, text="like" if is_reaction else row.text)

    found = admit(
        row, policy, facts(**known), command_of(row.text), lambda _peer: Manners(CLAW, context_limit=5)
    )

    assert found.reason in set(Reason)
    assert gate_of(found.reason) in Gate
    if isinstance(found, Admitted | Overheard | Challenged):
        assert row.sender not in known.get("own_handles", ())
    if isinstance(found, Admitted | Overheard):
        assert not must_not_enter(document, row, granted=known["granted"])
    if isinstance(found, Challenged):
        assert said(document, "dmPolicy", "pairing") == "pairing"
        assert not policy.is_group(row)
        assert not known["late"] or known["pairing_open"]
    if is_reaction and isinstance(found, Admitted):
        assert found.command == known.get("answer")
        assert not policy.is_group(row)
