"""Impact: what another configuration would have made of the messages that came, each judged by both. Changes nothing.

What the ledger knows now (grants, pauses, what we said) counts for both alike, so that a difference is the file's.
Where a text is known no more, what depends on it is tried both ways and told as not known.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal, assert_never

from openclaw.control.judging import Judging
from openclaw.domain.admission import (
    Admitted,
    Challenged,
    Dropped,
    Held,
    Ours,
    Overheard,
    OwnerTyped,
    Quarantined,
    Suspect,
    Verdict,
    verdict_state,
)
from openclaw.domain.commands import Command
from openclaw.domain.ids import AgentId, MessageId
from openclaw.domain.messages import InboundMessage, LedgerMessage
from openclaw.domain.reasons import Reason
from openclaw.domain.sessions import Route
from openclaw.inbound.facts import Lookup
from openclaw.inbound.manners import NO_MANNERS, Manners
from openclaw.inbound.mentions import MentionPatterns
from openclaw.inbound.second_looks import Look
from openclaw.inbound.verdicts import Verdicts
from openclaw.store import Tx, accounts

Kind = Literal["admitted", "asked", "held", "refused", "reason", "route", "unserved", "served"]
"""What would be different: let in, met with a pairing request, held, refused; or the same for another reason, or by
another agent or session; or not heard at all, or heard now."""

_AT_LAST = Look(last=True, settled=True)
# No pattern names it, and a pattern that takes any character takes it: as a text of which nothing is known should be.
_SOME_TEXT = "\ue000"
_SOME_COMMAND = Command("/status", "")
_COMMANDS = (Reason.COMMAND_UNAUTHORISED, Reason.COMMAND_LATE)


@dataclass(frozen=True, slots=True)
class Fate:
    """What one configuration makes of a message. ``verdict`` is ``None`` when its account is not served.

    ``agent`` would answer in its conversation, whether or not this message is let in.
    """

    verdict: Verdict | None
    route: Route | None = None
    is_group: bool = False
    agent: AgentId | None = None


@dataclass(frozen=True, slots=True)
class Difference:
    """A message that would fare otherwise. ``is_certain`` is false when it depends on a text that is not known."""

    held: LedgerMessage
    kind: Kind
    before: Fate
    after: Fate
    is_certain: bool = True


def impact(
    tx: Tx,
    batch: Sequence[LedgerMessage],
    forgotten: Mapping[MessageId, InboundMessage | None],
    before: Judging,
    after: Judging,
) -> Iterator[Difference]:
    """Those of ``batch`` that ``after`` would treat otherwise than ``before``.

    ``forgotten`` are the messages whose text the ledger has no more, each with its row as the phone has it, if it has.
    """
    shown = [_shown(held, forgotten.get(held.id)) for held in batch]
    lookups = before.verdicts.lookup(tx, shown), after.verdicts.lookup(tx, shown)
    for held in shown:
        unknown = held.id in forgotten and forgotten[held.id] is None
        if unknown:
            held = _with_members(tx, held)
        pairs = [
            (_fate(tx, one, held, lookups[0], before), _fate(tx, other, held, lookups[1], after))
            for one, other in _ways(tx, held, before, after, unknown=unknown)
        ]
        if (found := _first(held, pairs)) is not None:
            yield found


def _first(held: LedgerMessage, pairs: Sequence[tuple[Fate, Fate]]) -> Difference | None:
    """The difference that the likeliest of ``pairs`` makes; it is certain when all of them come to the same."""
    for pair in pairs:
        if (kind := _kind(*pair)) is not None:
            return Difference(held, kind, *pair, is_certain=all(_same(pair, each) for each in pairs))
    return None


def _shown(held: LedgerMessage, row: InboundMessage | None) -> LedgerMessage:
    """The message with what the phone still has of it."""
    if row is None:
        return held
    return replace(held, message=replace(held.message, text=row.text, participants=row.participants))


def _with_members(tx: Tx, held: LedgerMessage) -> LedgerMessage:
    """A message whose members were forgotten too is one of a group when its chat is known as one."""
    message, chat = held.message, held.message.chat
    noted = accounts.find_chat(tx, message.account, chat.key) if chat else []
    members = (message.sender, "another member") if any(each.is_group for each in noted) else ()
    return replace(held, message=replace(message, text=_SOME_TEXT, participants=members))


def _ways(
    tx: Tx, held: LedgerMessage, before: Judging, after: Judging, *, unknown: bool
) -> Iterable[tuple[Verdicts, Verdicts]]:
    """The pairs of verdicts to compare: one where the text is known, else one for each thing that it may have been."""
    old, new = before.verdicts, after.verdicts
    if not unknown:
        return [(old, new)]
    if held.command or held.reason in _COMMANDS:
        return [(_commanding(old), _commanding(new))]
    if held.reason == str(Reason.NOT_MENTIONED):
        same = _names(tx, before, held) == _names(tx, after, held)
        return [(old, new)] if same else [(old, new), (old, _calling(new))]
    return [(old, new), (_calling(old), _calling(new)), (_commanding(old), _commanding(new))]


def _names(tx: Tx, judging: Judging, held: LedgerMessage) -> MentionPatterns | None:
    """By which patterns the agent is called that would answer."""
    door = judging.verdicts.doors.get(held.message.account)
    is_group = door is not None and door.policy.is_group(held.message)
    route = judging.route(tx, held.message, held.received_at, is_group=is_group)
    return judging.verdicts.directions.manners(route).patterns if route else None


def _calling(verdicts: Verdicts) -> Verdicts:
    """As if the agent was called: nothing is required of a message when there is no pattern."""
    return verdicts.directed(replace(verdicts.directions, manners=_called_nothing))


def _called_nothing(_route: Route) -> Manners:
    return NO_MANNERS


def _commanding(verdicts: Verdicts) -> Verdicts:
    return verdicts.directed(replace(verdicts.directions, command=_some_command))


def _some_command(_text: str) -> Command | None:
    return _SOME_COMMAND


def _fate(tx: Tx, verdicts: Verdicts, held: LedgerMessage, lookup: Lookup, judging: Judging) -> Fate:
    account = judging.accounts.get(held.message.account)
    if account is None or not account.enabled:
        return Fate(None)
    found = verdicts.before_loops(tx, held, lookup, _AT_LAST, held.received_at)
    is_group = verdicts.doors[account.id].policy.is_group(held.message)
    route = found.route or judging.route(tx, held.message, held.received_at, is_group=is_group)
    return Fate(found.verdict, found.route, is_group, route.agent if route else None)


def _kind(before: Fate, after: Fate) -> Kind | None:
    """What is different; ``None`` when nothing is that anybody would notice."""
    if before.verdict is None or after.verdict is None:
        return None if before.verdict is after.verdict else "served" if after.verdict else "unserved"
    old, new = _class(before.verdict), _class(after.verdict)
    if old != new:
        return new
    if isinstance(before.verdict, Admitted):
        if _place(before) != _place(after):
            return "route"
        return None if verdict_state(before.verdict) == verdict_state(after.verdict) else "reason"
    return None if before.verdict.reason == after.verdict.reason else "reason"


def _class(verdict: Verdict) -> Kind:
    match verdict:
        case Admitted():
            return "admitted"
        case Challenged():
            return "asked"
        case Held() | Quarantined() | Suspect():
            return "held"
        case Dropped() | Overheard() | Ours() | OwnerTyped():
            return "refused"
        case _:
            assert_never(verdict)


def _same(one: tuple[Fate, Fate], other: tuple[Fate, Fate]) -> bool:
    return all(_mark(left) == _mark(right) for left, right in zip(one, other, strict=True))


def _mark(fate: Fate) -> tuple[object, ...]:
    verdict = fate.verdict
    return (type(verdict), verdict.reason if verdict else "", _place(fate))


def _place(fate: Fate) -> tuple[str, str]:
    return (fate.route.agent, fate.route.session) if fate.route else ("", "")
