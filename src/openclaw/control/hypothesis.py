"""Hypotheses: what would become of a message if it came now. Judged as the gateway judges, and nothing is written."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from openclaw.config.accounts import default_account
from openclaw.config.deciding import Matter
from openclaw.control.bound import bound_says
from openclaw.control.grounds import gates_shape, reason_shape, route_shape
from openclaw.control.judging import Judging
from openclaw.control.kept_back import kept_back
from openclaw.control.looks import account_of
from openclaw.control.operation import Answer, Param
from openclaw.control.operator import find_chats
from openclaw.control.params import Params, flag, required, text
from openclaw.control.shapes import Json, place_shape
from openclaw.control.waiting import Wait, paused_by, waits_in_lane
from openclaw.domain.admission import Admitted, Suspect, Verdict, verdict_state
from openclaw.domain.chats import ChatRef, ChatSelector, parse_selector
from openclaw.domain.handles import parse_handle
from openclaw.domain.ids import AccountId, ChatRowId, MessageGuid, MessageId, RowId
from openclaw.domain.messages import InboundMessage, LedgerMessage, MessageState
from openclaw.errors import BadRequest, NotFound
from openclaw.inbound.access import AccessPolicy
from openclaw.inbound.gates import trace
from openclaw.inbound.second_looks import FIRST_SIGHT, Look
from openclaw.inbound.verdicts import Judgement
from openclaw.store import Tx

SENDER = Param("from", required=True)
CHAT = Param("chat")
SERVICE = Param("service")
GROUP = Param("group", "flag")
TEXT = Param("text", required=True, most=4000)

# No row, message or chat of a phone has it.
_NONE = 0
_SERVICES = {"imessage": "iMessage", "sms": "SMS", "rcs": "RCS"}
# As after the last look at a row that stayed as it was.
_AT_LAST = Look(last=True, settled=True)


def suppose(tx: Tx, params: Params, now: datetime, judging: Judging | None) -> Answer:
    """What would become of the message that ``params`` describe.

    Raises:
        BadRequest: a value is missing or unusable, or the configuration is not known.
    """
    if judging is None:
        raise BadRequest("the configuration is not known here, so nothing can be judged")
    account = _account(params, judging)
    place = _place(tx, params, account, judging.accounts[account].region)
    row = _row(params, account, place, now)
    held = LedgerMessage(MessageId(_NONE), row, now, MessageState.RECEIVED, "", 0)
    assumed = _assumed(place, row, judging.verdicts.doors[account].policy)
    return Answer(_told(tx, held, judging, now) | {"assumed": assumed})


def _told(tx: Tx, held: LedgerMessage, judging: Judging, now: datetime) -> Json:
    row, lookup = held.message, judging.verdicts.lookup(tx, [held])
    first = judging.verdicts.of(tx, held, lookup, FIRST_SIGHT, now).verdict
    judgement = judging.verdicts.of(tx, held, lookup, _AT_LAST, now)
    verdict, policy = judgement.verdict, judging.verdicts.doors[row.account].policy
    is_group = policy.is_group(row)
    route = judgement.route or judging.route(tx, row, now, is_group=is_group)
    admitted = verdict if isinstance(verdict, Admitted) else None
    command = admitted.command if admitted else None
    agent = route.agent if route else None
    matter = Matter(row.account, row.chat, is_group, agent, command.flag if command else None)
    back = kept_back(tx, judging, route.session, command, is_group=is_group) if admitted and route else None
    wait = _wait(tx, held, judgement, judging)
    return {
        "accountId": row.account,
        "enabled": judging.accounts[row.account].enabled,
        "from": row.sender,
        "handle": parse_handle(row.sender, policy.region),
        **(place_shape(row.chat) if row.chat else {}),
        "isGroup": is_group,
        "outcome": outcome(verdict),
        "state": verdict_state(verdict),
        "verdict": reason_shape(verdict.reason, matter, judging),
        "afterwards": reason_shape(back, matter, judging) if back else None,
        "gates": gates_shape(trace(verdict, row, is_group=is_group), verdict.reason),
        "readAgain": first.reason.sentence if isinstance(first, Suspect) else "",
        "route": route_shape(judgement.route) if judgement.route else None,
        "bound": bound_says(tx, row.account, row.chat, judging, now),
        "command": command.word if command else None,
        "authorised": admitted.authorised if admitted else False,
        "waitsFor": wait.what,
        "whatHelps": wait.fix,
    }


def outcome(verdict: Verdict) -> str:
    """A verdict in one word: ``admitted``, ``challenged``, ``dropped``, ``held``, ``ours`` …"""
    name = type(verdict).__name__
    return "owner typed" if name == "OwnerTyped" else name.lower()


def _wait(tx: Tx, held: LedgerMessage, judgement: Judgement, judging: Judging) -> Wait:
    """What it would wait for if it is let in."""
    verdict, route = judgement.verdict, judgement.route
    if not isinstance(verdict, Admitted) or route is None:
        return Wait("")
    if judgement.tripped:
        return Wait(f"The chat would be paused ({judgement.tripped}).", "openclaw resume TARGET")
    if verdict.paused:
        return paused_by(tx, held.message.account, held.message.chat)
    if verdict.command is not None and not verdict.command.in_lane:
        return Wait("")
    return waits_in_lane(tx, route.agent, route.session, judging.answering) or Wait("")


def _account(params: Params, judging: Judging) -> AccountId:
    named = account_of(params) or default_account(judging.loaded.config)
    if named not in judging.accounts:
        listed = ", ".join(sorted(judging.accounts))
        raise BadRequest(
            f"account {named[:80]} does not exist in the configuration; those that do are: {listed}"
        )
    return named


@dataclass(frozen=True, slots=True)
class _Place:
    """Where the message would come; ``is_named`` when the chat was named, ``is_known`` when it has written here."""

    chat: ChatRef
    is_group: bool
    is_named: bool = False
    is_known: bool = False


def _row(params: Params, account: AccountId, place: _Place, now: datetime) -> InboundMessage:
    sender, said = required(params, SENDER.name), params.get(TEXT.name)
    if not isinstance(said, str) or len(said) > TEXT.most:
        raise BadRequest(f"text must be one text of at most {TEXT.most} characters")
    # A group that does not look like one is known by its members; who else there is does not matter.
    members = (sender, "another member") if place.is_group else ()
    return InboundMessage(
        account, RowId(_NONE), MessageGuid(""), place.chat, sender, False, said, now, participants=members
    )


def _place(tx: Tx, params: Params, account: AccountId, region: str) -> _Place:
    """Where the message would come: a chat that has written here, else one of the name, or the sender's own."""
    sender, service = required(params, SENDER.name), _service(params)
    named, group = text(params, CHAT.name), flag(params, GROUP.name)
    if named is None and group:
        return _Place(ChatRef(ChatRowId(_NONE), f"{service or 'any'};+;"), is_group=True)
    target = named or str(parse_handle(sender, region) or sender)
    try:
        known = find_chats(tx, target, account)[0]
    except NotFound:
        return _Place(
            _over(_unknown_chat(target, service or "any", group=group), service), group, bool(named)
        )
    return _Place(_over(known.chat, service), known.is_group or group, bool(named), is_known=True)


def _assumed(place: _Place, row: InboundMessage, policy: AccessPolicy) -> str:
    """What had to be assumed of a chat that never wrote, where it may decide; "" when nothing had."""
    if place.is_known:
        return ""
    assumed: list[str] = []
    if place.is_named and not policy.is_group(row):
        assumed.append("a direct one (--group says that it is a group)")
    if place.chat.service == "any" and not policy.takes_every_service:
        assumed.append("one of a service that is accepted (--service says which it has)")
    if not assumed:
        return ""
    return f"This chat has not written here yet, so it is taken for {' and '.join(assumed)}."


def _unknown_chat(target: str, service: str, *, group: bool) -> ChatRef:
    """A chat of which only its name is known."""
    shape = "+" if group else "-"
    makers: dict[str, Callable[[str], ChatRef]] = {
        "chat_id": lambda value: ChatRef(ChatRowId(int(value)), ""),
        "chat_guid": lambda value: ChatRef(ChatRowId(_NONE), value, value.rpartition(";")[2]),
        "chat_identifier": lambda value: ChatRef(ChatRowId(_NONE), f"{service};{shape};{value}", value),
    }
    selector = parse_selector(target) or ChatSelector("chat_identifier", target)
    return makers[selector.kind](selector.value)


def _over(chat: ChatRef, service: str) -> ChatRef:
    _, semicolon, rest = chat.guid.partition(";")
    return replace(chat, guid=f"{service};{rest}") if semicolon and service else chat


def _service(params: Params) -> str:
    named = text(params, SERVICE.name)
    if named is None:
        return ""
    if named.lower() not in _SERVICES:
        raise BadRequest(f"service {named[:40]!r} does not exist; use one of: {', '.join(_SERVICES)}")
    return _SERVICES[named.lower()]
