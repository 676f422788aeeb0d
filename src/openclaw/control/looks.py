"""Looks: the requests that only show something, each as a function from parameters to an answer."""

from __future__ import annotations

from datetime import datetime, timedelta

from openclaw.control import operator, series
from openclaw.control.attention import attention
from openclaw.control.operation import Answer, Param
from openclaw.control.params import Params, choices, number, numeral, required, text
from openclaw.control.shapes import (
    CHANNEL,
    approval_shape,
    chat_shape,
    grant_shape,
    pause_shape,
    request_shape,
)
from openclaw.control.story import story
from openclaw.control.talk import conversation, conversations
from openclaw.control.things import delivery_shape, message_shape, outside_shape, session_shape, turn_shape
from openclaw.domain.delivery import DeliveryState
from openclaw.domain.ids import AccountId, AgentId
from openclaw.domain.messages import MessageState
from openclaw.domain.turns import TurnState
from openclaw.store import (
    Tx,
    accounts,
    acp_sessions,
    figures,
    pairing,
    permissions,
    session_settings,
    sessions,
    turns,
)

ACCOUNT = Param("account")
AGENT = Param("agent")
# In minutes; not given it is any time at all.
ACTIVE = Param("active", "number", most=60 * 24 * 366)
ID = Param("id", "number", required=True, most=2**53)
LIMIT = Param("limit", "number", default=100, most=1000)
ATTENTION_LIMIT = Param("limit", "number", default=100, most=500)
ENTRIES = Param("limit", "number", default=50, most=500)
HOURS = Param("hours", "number", default=24, most=168)
MESSAGE_STATE = Param("state", "choices", options=tuple(MessageState))
DELIVERY_STATE = Param("state", "choices", options=tuple(DeliveryState))
TURN_STATE = Param("state", "choices", options=tuple(TurnState))
BEFORE = Param("before")


def account_of(params: Params) -> AccountId | None:
    """The account that the request is about, ``None`` for all."""
    name = text(params, ACCOUNT.name)
    return AccountId(name) if name else None


def overview(tx: Tx, _params: Params, now: datetime) -> Answer:
    """How much of what there is."""
    found = operator.overview(tx, now)
    return Answer(
        {
            "messages": found.messages,
            "deliveries": found.deliveries,
            "sessions": found.sessions,
            "permissionRequests": found.permission_requests,
            "pairingRequests": found.pairing_requests,
            "failedTurns": found.failed_turns,
            "paused": found.paused,
            "tripped": [pause_shape(pause) for pause in found.tripped],
        }
    )


def show_attention(tx: Tx, params: Params, now: datetime) -> Answer:
    """What waits for a person."""
    return Answer(attention(tx, now, _number(params, ATTENTION_LIMIT)))


def show_health(tx: Tx, params: Params, now: datetime) -> Answer:
    """Series for charts."""
    return Answer(series.health(tx, now, _number(params, HOURS)))


def show_conversations(tx: Tx, params: Params, _now: datetime) -> Answer:
    """The chats with their last words."""
    return Answer(conversations(tx, account_of(params), text(params, BEFORE.name), _number(params, LIMIT)))


def show_conversation(tx: Tx, params: Params, _now: datetime) -> Answer:
    """What was said in one chat."""
    target, before = required(params, "target"), text(params, BEFORE.name)
    return Answer(conversation(tx, target, account_of(params), before, _number(params, ENTRIES)))


def show_story(tx: Tx, params: Params, now: datetime) -> Answer:
    """Everything about one message."""
    return Answer(story(tx, numeral(params, ID.name, ID.most), now))


def list_messages(tx: Tx, params: Params, _now: datetime) -> Answer:
    """Messages by state."""
    found = operator.list_messages(tx, choices(params, "state", MessageState), _number(params, LIMIT))
    return Answer({"messages": [message_shape(held) for held in found]})


def list_deliveries(tx: Tx, params: Params, _now: datetime) -> Answer:
    """Bubbles by state."""
    found = operator.list_deliveries(tx, choices(params, "state", DeliveryState), _number(params, LIMIT))
    return Answer({"deliveries": [delivery_shape(delivery) for delivery in found]})


def list_turns(tx: Tx, params: Params, _now: datetime) -> Answer:
    """Turns by state."""
    found = turns.records(tx, choices(params, "state", TurnState), _number(params, LIMIT))
    return Answer({"turns": [turn_shape(record) for record in found]})


def list_sessions(tx: Tx, params: Params, now: datetime) -> Answer:
    """Sessions with what goes on in them."""
    agent, minutes = text(params, AGENT.name), number(params, ACTIVE.name, 0, ACTIVE.most)
    found = sessions.every(
        tx,
        _number(params, LIMIT),
        agent=AgentId(agent) if agent else None,
        since=now - timedelta(minutes=minutes) if minutes else None,
    )
    keys = [session.key for session in found]
    entries, going_on = sessions.remembered(tx, keys), turns.of_sessions(tx, keys)
    outside = {one.key: one for key in keys if (one := acp_sessions.find(tx, key))}
    waiting, models = figures.waiting_by_session(tx), session_settings.models(tx, keys)
    return Answer(
        {
            "sessions": [
                session_shape(one, entries.get(one.key, 0), waiting.get(one.key, 0), going_on.get(one.key))
                | {"model": models.get(one.key, ""), "outside": outside_shape(outside.get(one.key))}
                for one in found
            ]
        }
    )


def list_chats(tx: Tx, params: Params, _now: datetime) -> Answer:
    """The chats that wrote to us."""
    found = operator.list_chats(tx, account_of(params), _number(params, LIMIT))
    return Answer({"chats": [chat_shape(chat) for chat in found]})


def list_approvals(tx: Tx, _params: Params, now: datetime) -> Answer:
    """What agents ask to be allowed, the oldest first."""
    return Answer({"requests": [approval_shape(one) for one in permissions.open_requests(tx, now)]})


def list_requests(tx: Tx, params: Params, now: datetime) -> Answer:
    """Open pairing requests."""
    requests = operator.list_requests(tx, now, account_of(params))
    return Answer({"channel": CHANNEL, "requests": [request_shape(request) for request in requests]})


def list_grants(tx: Tx, params: Params, _now: datetime) -> Answer:
    """Who was let in by approval."""
    grants = pairing.grants(tx, account_of(params))
    return Answer({"channel": CHANNEL, "grants": [grant_shape(grant) for grant in grants]})


def list_pauses(tx: Tx, _params: Params, _now: datetime) -> Answer:
    """What is paused."""
    return Answer({"pauses": [pause_shape(pause) for pause in accounts.pauses(tx)]})


def _number(params: Params, param: Param) -> int:
    return number(params, param.name, param.default or 1, param.most)
