"""The operator's requests by name: what each is called, which values it takes, and its answer as JSON.

One table serves the running gateway's HTTP interface and the command line while no gateway runs, so both answer alike.
Knows no HTTP and opens nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from openclaw.control import operator
from openclaw.control.params import Params, choices, flag, number, refuse_unknown, required, text
from openclaw.control.shapes import (
    CHANNEL,
    Json,
    chat_shape,
    delivery_shape,
    grant_shape,
    message_shape,
    request_shape,
)
from openclaw.domain.delivery import DeliveryState
from openclaw.domain.ids import AccountId, MessageId
from openclaw.domain.messages import MessageState
from openclaw.store import Tx

_PAGE, _LONGEST_PAGE = 100, 1000
_BY = "operator"


@dataclass(frozen=True, slots=True)
class Answer:
    """``body`` for the operator, and for a running gateway the messages to ``judge`` and whether to ``deliver``."""

    body: Json
    judge: tuple[MessageId, ...] = ()
    deliver: bool = False


@dataclass(frozen=True, slots=True)
class Operation:
    """One request. ``changes`` says that it is more than a look, ``tidies`` that the look closes what is over."""

    run: Callable[[Tx, Params, datetime], Answer]
    names: tuple[str, ...]
    changes: bool = False
    tidies: bool = False

    @property
    def writes(self) -> bool:
        """Whether its transaction may write; one that does not runs beside the journey of messages."""
        return self.changes or self.tidies


def perform(tx: Tx, name: str, params: Params, now: datetime) -> Answer:
    """Do what ``name`` asks for, in one transaction of the ledger; ``name`` is one of ``OPERATIONS``.

    Raises:
        BadRequest: a value is missing, unknown or unusable.
        NotFound: a value names something that is not there.
    """
    operation = OPERATIONS[name]
    refuse_unknown(params, operation.names)
    return operation.run(tx, params, now)


def _account(params: Params) -> AccountId | None:
    name = text(params, "account")
    return AccountId(name) if name else None


def _overview(tx: Tx, _params: Params, now: datetime) -> Answer:
    found = operator.overview(tx, now)
    return Answer(
        {
            "messages": found.messages,
            "deliveries": found.deliveries,
            "sessions": found.sessions,
            "pairingRequests": found.pairing_requests,
            "paused": found.paused,
        }
    )


def _pairing(tx: Tx, params: Params, now: datetime) -> Answer:
    requests = operator.list_requests(tx, now, _account(params))
    return Answer({"channel": CHANNEL, "requests": [request_shape(request) for request in requests]})


def _approve(tx: Tx, params: Params, now: datetime) -> Answer:
    notify = flag(params, "notify")
    grant = operator.approve(tx, required(params, "code"), _BY, now, _account(params), notify=notify)
    return Answer({**grant_shape(grant), "notified": notify}, deliver=notify)


def _chats(tx: Tx, params: Params, _now: datetime) -> Answer:
    found = operator.list_chats(tx, _account(params), number(params, "limit", _PAGE, _LONGEST_PAGE))
    return Answer({"chats": [chat_shape(chat) for chat in found]})


def _pause(tx: Tx, params: Params, now: datetime) -> Answer:
    target, account = text(params, "target"), _account(params)
    chats = operator.pause(tx, target, account, now)
    return Answer({"target": target, "accountId": account, "chats": list(chats)})


def _resume(tx: Tx, params: Params, now: datetime) -> Answer:
    target, account = text(params, "target"), _account(params)
    resumed = operator.resume(tx, target, account, now)
    body: Json = {
        "target": target,
        "accountId": account,
        "wasPaused": resumed.was_paused,
        "messages": len(resumed.messages),
    }
    return Answer(body, judge=tuple(resumed.messages), deliver=True)


def _messages(tx: Tx, params: Params, _now: datetime) -> Answer:
    limit = number(params, "limit", _PAGE, _LONGEST_PAGE)
    found = operator.list_messages(tx, choices(params, "state", MessageState), limit)
    return Answer({"messages": [message_shape(held) for held in found]})


def _deliveries(tx: Tx, params: Params, _now: datetime) -> Answer:
    limit = number(params, "limit", _PAGE, _LONGEST_PAGE)
    found = operator.list_deliveries(tx, choices(params, "state", DeliveryState), limit)
    return Answer({"deliveries": [delivery_shape(delivery) for delivery in found]})


OPERATIONS: Mapping[str, Operation] = {
    "overview": Operation(_overview, (), tidies=True),
    "pairing": Operation(_pairing, ("account",), tidies=True),
    "pairing/approve": Operation(_approve, ("code", "account", "notify"), changes=True),
    "chats": Operation(_chats, ("account", "limit")),
    "pause": Operation(_pause, ("target", "account"), changes=True),
    "resume": Operation(_resume, ("target", "account"), changes=True),
    "messages": Operation(_messages, ("state", "limit")),
    "deliveries": Operation(_deliveries, ("state", "limit")),
}
"""Every request by its name, which is also its path below ``/api/``."""
