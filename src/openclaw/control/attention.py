"""Attention: what waits for a person; first the agents and people who ask, then the newest first."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from openclaw.control import words
from openclaw.control.shapes import Json, iso, pause_shape
from openclaw.control.things import delivery_shape, message_shape, turn_shape
from openclaw.domain.access import PairingRequest
from openclaw.domain.acp import WANTS, PermissionRequest, asker
from openclaw.domain.admission import Reason
from openclaw.domain.delivery import Delivery, DeliveryState
from openclaw.domain.ids import AccountId, ChatKey
from openclaw.domain.messages import LedgerMessage, MessageState
from openclaw.domain.notices import Notice, NoticeKind
from openclaw.domain.turns import TurnRecord, TurnState
from openclaw.store import (
    Tx,
    accounts,
    conversations,
    databases,
    deliveries,
    delivery_lists,
    figures,
    messages,
    notices,
    pairing,
    permissions,
    turns,
)

_MESSAGE: Mapping[MessageState, str] = {
    MessageState.HELD: "A message is held",
    MessageState.LATE: "A message came late",
    MessageState.QUARANTINED: "A message has no conversation",
}
_DELIVERY: Mapping[DeliveryState, str] = {
    DeliveryState.PARKED: "may or may not have left",
    DeliveryState.UNCONFIRMED: "never showed up on the phone",
    DeliveryState.EXPIRED: "could not be sent",
    DeliveryState.FAILED: "was refused by the phone",
}
_TURN: Mapping[TurnState, str] = {
    TurnState.FAILED: "The agent could not answer",
    TurnState.INTERRUPTED: "The agent was interrupted",
}
# What else needs a person: the other kinds of notices are about things that are shown themselves.
_NOTICE: Mapping[NoticeKind, tuple[str, str]] = {
    NoticeKind.ACCOUNT: ("An account does not work", "openclaw channels status --probe says what helps."),
    NoticeKind.CONFIGURATION: (
        "The configuration cannot be used",
        "openclaw config validate says what is wrong.",
    ),
    NoticeKind.PAIRING_FILES: (
        "A file of the original cannot be used",
        "Mend or remove it, then: openclaw pairing import",
    ),
}
# No installation has as many chats.
_EVERY_CHAT = 1_000_000

Names = Mapping[tuple[AccountId, ChatKey], str]


def attention(tx: Tx, now: datetime, limit: int) -> Json:
    """At most ``limit`` things that wait for a person, and how many of each kind there are."""
    requests, pleading = pairing.open_requests(tx, now), permissions.open_requests(tx, now)
    held = messages.in_state(tx, *conversations.NEEDING, limit=limit + 1, newest_first=True)
    bubbles = delivery_lists.needing_a_person(tx, limit + 1)
    records = turns.records(tx, turns.BADLY_ENDED, limit + 1)
    known = {(chat.account, chat.chat.key): chat.name for chat in accounts.chats(tx, limit=_EVERY_CHAT)}
    tripped = [pause for pause in accounts.pauses(tx) if pause.reason]
    # An agent that asks has stopped in the middle of a turn.
    first = [
        *(_permission(one, known) for one in reversed(pleading)),
        *(_request(one, known) for one in reversed(requests)),
    ]
    frozen = databases.unproven_since(tx)
    noted = [one for one in notices.waiting(tx) if one.kind in _NOTICE]
    rest = [
        *(_database(account, since) for account, since in frozen.items()),
        *(_notice(one) for one in noted),
        *(_pause(one, known) for one in tripped),
        *(_message(one, known) for one in held),
        *(_delivery(one, known) for one in bubbles),
        *(_turn(one, known) for one in records),
    ]
    items = first + sorted(rest, key=lambda item: str(item["at"]), reverse=True)
    return {
        "items": items[:limit],
        "counts": {
            "permissions": len(pleading),
            "pairing": len(requests),
            "messages": sum(figures.messages_by_state(tx, *conversations.NEEDING).values()),
            "deliveries": sum(delivery_lists.count_by_state(tx, *deliveries.IN_DOUBT).values()),
            "turns": turns.count_badly_ended(tx),
            "pauses": len(tripped),
            "databases": len(frozen),
            "notices": len(noted),
        },
        "truncated": len(items) > limit,
    }


def _permission(request: PermissionRequest, names: Names) -> Json:
    question = request.question
    always = ["approvals/always"] if question.may_always else []
    return {
        "kind": "permission",
        "id": request.code,
        "at": iso(request.asked_at),
        "accountId": request.account,
        "chatKey": request.chat,
        "chatName": names.get((request.account, request.chat), ""),
        "who": asker(question),
        "title": f"{asker(question)} asks for permission",
        "says": f"It wants to {WANTS[question.kind]} this, and its answer waits. Left alone, it is denied.",
        "fix": "",
        "text": "\n".join(dict.fromkeys(part for part in (question.title, question.target) if part)),
        "actions": ["approvals/allow", *always, "approvals/deny"],
        "expiresAt": iso(request.expires_at),
    }


def _request(request: PairingRequest, names: Names) -> Json:
    key = request.chat.key
    return {
        "kind": "pairing",
        "id": request.code,
        "at": iso(request.created_at),
        "accountId": request.account,
        "chatKey": key,
        "chatName": names.get((request.account, key), ""),
        "who": request.handle,
        "title": f"{request.handle} asks to be let in",
        "says": f"{Reason.PAIRING_STARTED.sentence} Its code is {request.code}.",
        "fix": "Approve it if you know who it is.",
        "text": "",
        "actions": ["pairing/approve", "pairing/deny"],
        "expiresAt": iso(request.expires_at),
    }


def _database(account: AccountId, since: datetime) -> Json:
    """An account whose numbers nobody has confirmed since another database took the place of its own."""
    command = f"openclaw channels confirm-database --account {account}"
    return {
        "kind": "database",
        "id": account,
        "at": iso(since),
        "accountId": account,
        "chatKey": None,
        "chatName": "",
        "who": "",
        "title": "Another Messages database is here, or the ledger was restored",
        "says": "Groups are held whose number is not the one they had before.",
        "fix": f"Put the new chat numbers (log: database.chat_moved) into the configuration; then: {command}",
        "text": "",
        "actions": ["channels/confirm-database"],
        "resume": command,
    }


def _notice(notice: Notice) -> Json:
    """What nothing else here shows."""
    title, fix = _NOTICE[notice.kind]
    return {
        "kind": "notice",
        "id": f"{notice.kind} {notice.subject}",
        "at": iso(notice.at),
        "accountId": notice.account or None,
        "chatKey": None,
        "chatName": "",
        "who": "",
        "title": title,
        "says": notice.says,
        "fix": fix,
        "text": "",
        "actions": [],
    }


def _pause(pause: accounts.Pause, names: Names) -> Json:
    """A pause that a brake made: who asked for one knows of it."""
    shape = pause_shape(pause)
    name = names.get((pause.account, pause.chat), "")
    who = pause.chat.partition(";")[2] or pause.chat
    return {
        "kind": "pause",
        "id": f"{pause.account} {pause.chat}".strip(),
        "at": shape["since"],
        "accountId": pause.account,
        "chatKey": shape["chatKey"],
        "chatName": name,
        "who": who,
        "title": f"Sending to {name or who} stopped" if pause.chat else "Sending of the account stopped",
        "says": words.sentence(pause.reason),
        "fix": f"Nothing is lost. Look for what sends so much, then go on with: {shape['resume']}",
        "text": "",
        "actions": ["resume"],
        "resume": shape["resume"],
    }


def _message(held: LedgerMessage, names: Names) -> Json:
    shape = message_shape(held)
    common = _common("message", shape, names, shape["receivedAt"])
    return common | {"who": held.message.sender, "title": _MESSAGE[held.state]}


def _delivery(delivery: Delivery, names: Names) -> Json:
    shape = delivery_shape(delivery)
    common = _common("delivery", shape, names, shape["changedAt"])
    title = f"{words.CAUSE[delivery.cause]} {_DELIVERY[delivery.state]}"
    return common | {"who": shape.get("chatIdentifier") or shape.get("handle") or "", "title": title}


def _turn(record: TurnRecord, names: Names) -> Json:
    shape = turn_shape(record)
    asked = record.turn.messages
    common = _common("turn", shape, names, shape["endedAt"] or shape["startedAt"])
    return common | {
        "who": asked[-1].sender if asked else "",
        "title": _TURN[record.state],
        "text": asked[-1].text if asked else "",
    }


def _common(kind: str, shape: Json, names: Names, at: object) -> Json:
    account, key = AccountId(str(shape["accountId"])), shape["chatKey"]
    return {
        "kind": kind,
        "id": shape["id"],
        "at": at,
        "accountId": account,
        "chatKey": key,
        "chatName": names.get((account, ChatKey(str(key))), ""),
        "says": shape["says"],
        "fix": shape["fix"],
        "text": shape.get("text", ""),
        "actions": shape["actions"],
    }
