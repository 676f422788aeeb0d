"""What a changed configuration would have made of the messages that came."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from tests.control.test_hypothesis import judged
from tests.inbound.documents import CHATS, documents, rows
from tests.inbound.policies import CLAW, NOBODY
from tests.making import ANN, BOB, NOON, group_chat, inbound

from openclaw.config.accounts import resolve_accounts
from openclaw.control.differences import differences_shape
from openclaw.control.impact import Difference, impact
from openclaw.domain.admission import Admitted
from openclaw.domain.ids import MessageId
from openclaw.domain.messages import InboundMessage, LedgerMessage, MessageState
from openclaw.domain.sessions import Peer
from openclaw.inbound.access import compile_access
from openclaw.inbound.admit import Facts, admit
from openclaw.inbound.manners import Manners
from openclaw.store import FILE_NAME, Ledger, Tx, messages
from openclaw.store.view import open_view
from openclaw.turns.commands.recognise import command_of

OPEN = {"channels": {"imessage": {"dmPolicy": "open", "allowFrom": ["*"], "groupPolicy": "open"}}}
CLOSED = {"channels": {"imessage": {"dmPolicy": "disabled", "groupPolicy": "disabled"}}}
CALLED = {**OPEN, "messages": {"groupChat": {"mentionPatterns": ["claw"]}}}


def kept(row: InboundMessage, state: MessageState = MessageState.DROPPED, reason: str = "") -> LedgerMessage:
    """The row as the ledger has it."""
    return LedgerMessage(MessageId(row.row_id), row, NOON, state, reason, 0)


async def differences(
    ledger: Ledger,
    batch: list[LedgerMessage],
    before: dict[str, Any],
    after: dict[str, Any],
    forgotten: dict[MessageId, InboundMessage | None] | None = None,
) -> list[Difference]:
    """What is different between the two files."""
    return await ledger.read(
        lambda tx: list(impact(tx, batch, forgotten or {}, judged(before), judged(after)))
    )


@pytest.mark.parametrize(
    ("before", "after", "kind"),
    [
        (CLOSED, OPEN, "admitted"),
        (OPEN, CLOSED, "refused"),
        (CLOSED, {"channels": {"imessage": {}}}, "asked"),
        (
            CLOSED,
            {"channels": {"imessage": {"dmPolicy": "allowlist", "allowFrom": [BOB]}}},
            "reason",
        ),
        (OPEN, {**OPEN, "session": {"dmScope": "per-peer"}}, "route"),
        (OPEN, {"channels": {"imessage": {"enabled": False}}}, "unserved"),
        (OPEN, {}, "unserved"),
        ({}, OPEN, "served"),
        (OPEN, {"channels": {"imessage": {"accounts": {"other": {}}}}}, "unserved"),
        (OPEN, {**OPEN, "commands": {"useAccessGroups": False}}, None),
        (OPEN, {"channels": {"imessage": {"dmPolicy": "pairing", "allowFrom": [ANN]}}}, None),
    ],
)
async def test_what_would_be_different_is_named(
    ledger: Ledger, before: dict[str, Any], after: dict[str, Any], kind: str | None
) -> None:
    """Let in, refused, asked, sent elsewhere; what nobody would notice is no difference (issue: impact)."""
    found = await differences(ledger, [kept(inbound(1, "hello"))], before, after)
    assert [one.kind for one in found] == ([kind] if kind else [])
    assert all(one.is_certain for one in found)


async def test_a_forgotten_text_makes_mentions_uncertain_and_lists_not(ledger: Ledger) -> None:
    """Whether the agent was called is not known any more; whether the sender is listed is."""
    one, number = kept(replace(inbound(1, "", chat=group_chat()))), MessageId(1)

    [perhaps] = await differences(ledger, [one], CLOSED, CALLED, {number: None})
    assert (perhaps.kind, perhaps.is_certain) == ("reason", False)
    [surely] = await differences(ledger, [one], CALLED, CLOSED, {number: None})
    assert surely.kind in ("refused", "reason")
    # Nothing in the patterns differs, so one that was not called before is not called now.
    silent = replace(one, reason="not-mentioned")
    assert await differences(ledger, [silent], CALLED, {**CALLED, "session": {}}, {number: None}) == []


async def test_a_text_that_the_phone_still_has_settles_it(ledger: Ledger) -> None:
    """The row is read again, members and all."""
    one, number = kept(inbound(1, "", chat=group_chat())), MessageId(1)
    row = inbound(1, "claw, hello", chat=group_chat())

    [found] = await differences(ledger, [one], CLOSED, CALLED, {number: row})
    assert (found.kind, found.is_certain) == ("admitted", True)


async def test_a_command_that_was_refused_stays_one(ledger: Ledger) -> None:
    """Its reason tells what its text was, though the text is gone."""
    one = kept(inbound(1, ""), reason="command-unauthorised")
    strict = {**OPEN, "commands": {"ownerAllowFrom": [BOB]}}

    [found] = await differences(ledger, [one], strict, OPEN, {MessageId(1): None})
    assert (found.kind, found.is_certain) == ("admitted", True)
    assert isinstance(found.after.verdict, Admitted)


async def test_groups_of_differences_count_messages_and_senders(ledger: Ledger) -> None:
    """Would now be admitted: 3 (2 senders), each with reasons and keys before and after."""
    batch = [kept(inbound(n, "hello", sender=who)) for n, who in enumerate((ANN, BOB, ANN), start=1)]
    found = await differences(ledger, batch, CLOSED, OPEN)
    [group] = differences_shape(found, judged(CLOSED), judged(OPEN))

    assert (group["title"], group["messages"], group["senders"]) == ("would now be admitted", 3, 2)
    items: Any = group["items"]
    assert items[0]["before"]["reason"] == "dm-disabled"
    assert items[0]["before"]["keys"][0]["says"] == "channels.imessage.dmPolicy"
    assert items[0]["after"]["route"]["agent"] == "main"


@settings(max_examples=60, suppress_health_check=list(HealthCheck))
@given(documents, documents, rows)
async def test_differences_are_those_of_the_gates(
    ledger: Ledger, before: dict[str, Any], after: dict[str, Any], row: InboundMessage
) -> None:
    """A message is told to be let in or shut out exactly when the gates of the two files say so."""
    found = await differences(ledger, [kept(row)], before, after)

    old, new = (admitted(document, row) for document in (before, after))
    kinds = {one.kind for one in found}
    assert ("admitted" in kinds) == (new and not old)
    if old and not new:
        assert kinds & {"refused", "asked", "held"}


def _names(peer: Peer) -> Manners:
    # Group 7 is bound to an agent that is called by no name.
    return Manners(NOBODY if peer.id == "7" else CLAW)


def admitted(document: dict[str, Any], row: InboundMessage) -> bool:
    """Whether the gates let a message in, with an empty ledger behind them."""
    config = judged(document).loaded.config
    policy = compile_access(resolve_accounts(config)[0], config.commands)
    verdict = admit(row, policy, Facts(now=NOON), command_of(row.text), _names)
    return isinstance(verdict, Admitted)


async def test_it_works_on_a_view_that_cannot_be_written(ledger: Ledger, tmp_path: Path) -> None:
    """Beside a running gateway, and with no way to change anything."""

    def keep(tx: Tx) -> list[LedgerMessage]:
        ids = messages.receive(tx, [inbound(1, "hello", chat=CHATS["ann"])], NOON)
        return messages.load(tx, ids)

    batch = await ledger.write(keep)
    with open_view(tmp_path / "state" / FILE_NAME) as view:
        found = list(impact(view, batch, {}, judged(CLOSED), judged(OPEN)))
    assert [one.kind for one in found] == ["admitted"]
