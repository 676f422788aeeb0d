"""Messages, bubbles, turns and sessions as JSON, each with what it means in plain words and what can be decided."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from openclaw.control import words
from openclaw.control.decisions import DELIVERY_ACTIONS, MESSAGE_ACTIONS, TURN_ACTIONS
from openclaw.control.shapes import Json, iso, place_shape
from openclaw.domain.acp import AcpSession, outside_name
from openclaw.domain.chats import ChatRef
from openclaw.domain.delivery import Delivery, OutboundFile
from openclaw.domain.messages import LedgerMessage
from openclaw.domain.sessions import Session
from openclaw.domain.turns import TurnRecord
from openclaw.store import conversations, deliveries, turns


def message_shape(held: LedgerMessage) -> Json:
    """A message and what became of it; ``text`` is "" once nobody needs it."""
    message = held.message
    says, fix = words.reason(held.reason)
    return {
        "id": held.id,
        "accountId": message.account,
        **(_chat(message.chat) if message.chat else {"chatId": None, "chatKey": None}),
        "rowId": message.row_id,
        "guid": message.guid,
        "sender": message.sender,
        "fromMe": message.from_me,
        "state": held.state,
        "reason": held.reason,
        "says": words.joined(words.MESSAGE[held.state], says),
        "fix": fix,
        "text": message.text,
        "files": held.files,
        "sentAt": iso(message.sent_at),
        "receivedAt": iso(held.received_at),
        "session": held.session,
        "agent": held.agent,
        "turnId": held.turn,
        "needsPerson": held.state in conversations.NEEDING,
        "actions": _actions(held.state, MESSAGE_ACTIONS),
    }


def delivery_shape(delivery: Delivery) -> Json:
    """A bubble and where it stands."""
    target = delivery.message.target
    return {
        "id": delivery.id,
        "accountId": delivery.message.account,
        **(_chat(target) if isinstance(target, ChatRef) else {"handle": target, "chatKey": f"-;{target}"}),
        "state": delivery.state,
        "reason": delivery.reason,
        "says": words.joined(words.DELIVERY[delivery.state], delivery.reason),
        "fix": words.DELIVERY_FIX.get(delivery.state, ""),
        "cause": delivery.cause,
        "causeId": delivery.cause_id,
        "index": delivery.index,
        "service": delivery.message.service,
        "text": delivery.message.text,
        "file": _file(delivery.message.file),
        "queuedAt": iso(delivery.queued_at),
        "changedAt": iso(delivery.changed_at),
        "needsPerson": delivery.state in deliveries.IN_DOUBT,
        "actions": _actions(delivery.state, DELIVERY_ACTIONS),
    }


def turn_shape(record: TurnRecord) -> Json:
    """A turn and what became of it."""
    turn = record.turn
    return {
        "id": turn.id,
        "accountId": turn.account,
        **_chat(turn.chat),
        "agent": turn.agent,
        "session": turn.session,
        "state": record.state,
        "error": record.error,
        "says": words.joined(words.TURN[record.state], record.error),
        "fix": words.TURN_FIX.get(record.state, ""),
        "attempts": turn.attempts,
        "effects": turn.effects,
        "model": record.model,
        "inputTokens": record.input_tokens,
        "outputTokens": record.output_tokens,
        "startedAt": iso(record.started_at),
        "endedAt": iso(record.ended_at) if record.ended_at else None,
        "messages": [message.id for message in turn.messages],
        "needsPerson": record.state in turns.BADLY_ENDED,
        "actions": _actions(record.state, TURN_ACTIONS),
    }


def session_shape(session: Session, entries: int, waiting: int, turn: TurnRecord | None) -> Json:
    """A session: how much its agent remembers, how many messages wait, and the turn that runs or will."""
    going_on: Json | None = None
    if turn is not None:
        going_on = {"id": turn.turn.id, "state": turn.state, "startedAt": iso(turn.started_at)}
    return {
        "key": session.key,
        "agent": session.agent,
        "generation": session.generation,
        "startedAt": iso(session.started_at),
        "lastInteractionAt": iso(session.last_interaction_at),
        "entries": entries,
        "waiting": waiting,
        "turn": going_on,
    }


def outside_shape(session: AcpSession | None) -> Json | None:
    """What the outside agent of a session is, and how it is doing; ``None`` where a model answers."""
    if session is None:
        return None
    return {
        "agent": outside_name(session.agent) or session.agent,
        "harness": session.harness,
        "mode": session.mode,
        "label": session.label,
        "state": session.state,
        "error": session.last_error,
    }


def _file(file: OutboundFile | None) -> Json | None:
    # Where our copy lies is nobody's business.
    return {"name": file.name, "type": file.mime_type, "bytes": file.size} if file else None


def _chat(chat: ChatRef) -> Json:
    return {**place_shape(chat), "chatKey": chat.key}


def _actions(state: str, actions: Mapping[str, Collection[str]]) -> list[str]:
    return [action for action, states in actions.items() if state in states]
