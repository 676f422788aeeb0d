"""Samples of answers, made by the very functions that make the answers, and the types that can be read off them.

Each thing is there full and sparse, so that what may be missing or ``null`` shows. Knows no OpenAPI document.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import cast

from openclaw.config.deciding import DecidingKey
from openclaw.config.standing import ConfigStanding
from openclaw.control.grounds import gates_shape, keys_shape, route_shape
from openclaw.control.shapes import (
    CHANNEL,
    Json,
    account_shape,
    approval_shape,
    chat_shape,
    config_shape,
    grant_shape,
    iso,
    live_shape,
    place_shape,
    probe_shape,
    request_shape,
)
from openclaw.control.things import delivery_shape, message_shape, outside_shape, session_shape, turn_shape
from openclaw.domain.access import Grant, PairingRequest
from openclaw.domain.acp import (
    AcpSession,
    Decision,
    LiveAgent,
    PermissionQuestion,
    PermissionRequest,
    ToolKind,
    outside_agent,
)
from openclaw.domain.chats import ChatRef
from openclaw.domain.delivery import Cause, Delivery, DeliveryState, OutboundMessage
from openclaw.domain.handles import Handle
from openclaw.domain.health import AccountHealth, AccountState, Probe, ProbeCode
from openclaw.domain.ids import (
    AccountId,
    AgentId,
    ChatRowId,
    DeliveryId,
    MessageGuid,
    MessageId,
    RowId,
    SessionKey,
    TurnId,
)
from openclaw.domain.messages import InboundMessage, KnownChat, LedgerMessage, MessageState
from openclaw.domain.reasons import Reason
from openclaw.domain.sessions import Peer, PeerKind, Route, Session
from openclaw.domain.turns import Turn, TurnRecord, TurnState
from openclaw.errors import ConfigIssue
from openclaw.inbound.gates import Gate, Trace

_AT = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
_LATER = _AT + timedelta(seconds=4)
_ACCOUNT, _AGENT, _KEY = AccountId("default"), AgentId("main"), SessionKey("agent:main:main")
_WHO = Handle("+15550100001")
_CHAT = ChatRef(ChatRowId(7), f"iMessage;-;{_WHO}", _WHO)
_TEXT = "See you tomorrow"
_OUTSIDE = AcpSession(_KEY, AgentId("acp:codex"), "codex", "persistent", "/srv/work", "tests")


def _message(chat: ChatRef | None, from_me: bool | None, turn: int | None) -> Json:
    heard = InboundMessage(_ACCOUNT, RowId(41), MessageGuid("1F0C"), chat, _WHO, from_me, _TEXT, _AT)
    return message_shape(
        LedgerMessage(MessageId(12), heard, _LATER, MessageState.HELD, "suspect-echo", 0, turn=turn)
    )


def _delivery(target: ChatRef | Handle) -> Json:
    said = OutboundMessage(_ACCOUNT, target, "Yes!")
    return delivery_shape(
        Delivery(DeliveryId(7), Cause.TURN, 3, 0, said, DeliveryState.CONFIRMED, _AT, _LATER)
    )


def _record(tokens: int | None, ended: datetime | None) -> TurnRecord:
    turn = Turn(TurnId(3), _ACCOUNT, _AGENT, _KEY, _CHAT, False, (), 1, False)
    return TurnRecord(turn, TurnState.FINISHED, "", "local/small", tokens, tokens, _AT, ended)


_SESSION = Session(_KEY, _AGENT, 2, _AT, _LATER)
_HEALTH = AccountHealth(AccountState.CONNECTED, _AT, newest_row=RowId(45), version="0.13.0")
_FAILING = AccountHealth(AccountState.BACKING_OFF, _AT, "no answer", next_try=_LATER)
_PROBE = {
    "probe": probe_shape(Probe(ProbeCode.WORKS, version="0.13.0", latency_ms=12.5, newest_row=RowId(45)))
}
_ACCOUNT_SHAPES = [account_shape(_ACCOUNT, _HEALTH) | _PROBE, account_shape(_ACCOUNT, _FAILING)]
_STANDINGS = [
    config_shape(ConfigStanding(Path("openclaw.json"), _AT)),
    config_shape(
        ConfigStanding(
            Path("openclaw.json"), _AT, _LATER, (ConfigIssue("store", "is wrong"),), ("gateway.port",)
        )
    ),
]
_MESSAGES = [_message(_CHAT, False, 3), _message(None, None, None)]
_DELIVERIES = [_delivery(_CHAT), _delivery(_WHO)]
_TURNS = [turn_shape(_record(120, _LATER)), turn_shape(_record(None, None))]
_REQUEST = PairingRequest(1, _ACCOUNT, _WHO, "ABCD2345", _CHAT, _AT, _LATER, _AT + timedelta(hours=1))
_PERMISSION = PermissionRequest(
    1,
    "WXYZ6789",
    PermissionQuestion(_KEY, outside_agent("codex"), ToolKind.EXECUTE, "Run it", "rm -rf build"),
    _ACCOUNT,
    _CHAT.key,
    _AT,
    _AT + timedelta(minutes=30),
)
_LIVE = [
    live_shape(LiveAgent(_KEY, "codex", 4711, _AT, True, 12.5, 180_000_000)),
    live_shape(LiveAgent(_KEY, "codex", 4712, _AT, False)),
]
_GRANT = Grant(_ACCOUNT, "dm", _WHO, _AT, "operator")
_STEP = {"at": iso(_AT), "subject": "message", "subjectId": 12, "step": "received"}
_STEPS = [_STEP | {"title": "The message reached the gateway.", "says": "", "fix": ""}]

# What stands at a key may be anything that a file can hold.
_VALUES: tuple[object, ...] = ("pairing", 30, True, None, ["+15550100001", 15550100001], {}, {"7": {}})
_DECIDED = keys_shape([DecidingKey("channels.imessage.dmPolicy", value) for value in _VALUES])
_VERDICT: Json = {"reason": Reason.DM_ALLOWED, "says": "The sender is in the allowlist.", "fix": ""}
_WAIT: Json = {"waitsFor": "Its turn begins.", "whatHelps": ""}
_ROUTE = route_shape(Route(_ACCOUNT, _AGENT, _KEY, Peer(PeerKind.DIRECT, _WHO), "default"))
_GATES = gates_shape(Trace((Gate.OWN,), Gate.SENDERS), Reason.DM_NOT_ALLOWED)
_EXPLAINED: Json = {"delaySeconds": 0.5, "isGroup": False, "gates": _GATES, **_WAIT}
_EXPLANATIONS: list[Json] = [
    {
        **{"message": _MESSAGES[0], "steps": _STEPS, "turn": _TURNS[0], "deliveries": _DELIVERIES},
        **_EXPLAINED,
        "verdict": _VERDICT | {"keys": _DECIDED},
        "afterwards": _VERDICT | {"keys": _DECIDED},
        "route": _ROUTE,
        "bound": "",
        "command": "/status",
        "ownRows": [
            {"deliveryId": 7, "guid": "1F0D", "rowId": 46},
            {"deliveryId": 8, "guid": "", "rowId": None},
        ],
    },
    {
        **{"message": _MESSAGES[1], "steps": _STEPS, "turn": None, "deliveries": []},
        **_EXPLAINED,
        "verdict": None,
        "afterwards": None,
        "route": None,
        "bound": "The chat was bound until 2026-03-01T12:00:00Z.",
        "command": None,
        "ownRows": [],
    },
]
_HYPOTHESIS: Json = {
    "accountId": _ACCOUNT,
    "enabled": True,
    "from": _WHO,
    **place_shape(_CHAT),
    "isGroup": False,
    "outcome": "admitted",
    "state": MessageState.WAITING,
    "verdict": _VERDICT | {"keys": _DECIDED},
    "gates": _GATES,
    "readAgain": "",
    "authorised": True,
    **_WAIT,
}

ANSWERS: Mapping[str, Sequence[Json]] = {
    "status": [
        {
            "running": True,
            "version": "0.1.0",
            "uptimeSeconds": 71,
            "accounts": _ACCOUNT_SHAPES,
            "outside": _LIVE,
            "config": _STANDINGS[0],
        }
    ],
    "channels": [
        {"channelOrder": [CHANNEL], "channelAccounts": {CHANNEL: _ACCOUNT_SHAPES}, "config": _STANDINGS[0]}
    ],
    "reload": _STANDINGS,
    "messages": [{"messages": _MESSAGES}],
    "deliveries": [{"deliveries": _DELIVERIES}],
    "turns": [{"turns": _TURNS}],
    "sessions": [
        {
            "sessions": [
                session_shape(_SESSION, 14, 0, _record(None, None)) | {"outside": outside_shape(_OUTSIDE)},
                session_shape(_SESSION, 0, 1, None) | {"outside": None},
            ]
        }
    ],
    "chats": [{"chats": [chat_shape(KnownChat(_ACCOUNT, _CHAT, "", False, _AT, False))]}],
    "approvals": [{"requests": [approval_shape(_PERMISSION)]}],
    "approvals/allow": [{"code": "WXYZ6789", "decision": Decision.ONCE, "agent": "acp:codex"}],
    "approvals/always": [{"code": "WXYZ6789", "decision": Decision.ALWAYS, "agent": "acp:codex"}],
    "approvals/deny": [{"code": "WXYZ6789", "decision": Decision.DENY, "agent": "acp:codex"}],
    "pairing": [{"channel": CHANNEL, "requests": [request_shape(_REQUEST)]}],
    "pairing/grants": [{"channel": CHANNEL, "grants": [grant_shape(_GRANT)]}],
    "pairing/approve": [grant_shape(_GRANT) | {"notified": True}],
    "explain": [{"messages": _EXPLANATIONS}],
    "explain/message": [
        _HYPOTHESIS
        | {"handle": _WHO, "route": _ROUTE, "bound": "", "command": "/status", "afterwards": None},
        _HYPOTHESIS
        | {
            "handle": None,
            "route": None,
            "bound": "",
            "command": None,
            "afterwards": _VERDICT | {"keys": _DECIDED},
        },
    ],
    "story": [
        {"message": message, "steps": _STEPS, "turn": turn, "deliveries": _DELIVERIES}
        for message, turn in ((_MESSAGES[0], _TURNS[0]), (_MESSAGES[1], _TURNS[1]), (_MESSAGES[1], None))
    ],
}
"""What requests answer, by their names; one that is not here answers an object of its own."""


def schema_of(*values: object) -> Json:
    """The JSON schema of all ``values``, with the first text or number as an example.

    A key that only some of them have is not required; one that is ``null`` in some may be ``null``.
    """
    kinds = sorted({_kind(value) for value in values})
    schema: Json = {"type": kinds[0] if len(kinds) == 1 else kinds} if kinds else {}
    objects = [cast("Json", value) for value in values if isinstance(value, dict)]
    items = [item for value in values if isinstance(value, list) for item in cast("list[object]", value)]
    if objects:
        names = dict.fromkeys(name for one in objects for name in one)
        schema["properties"] = {
            name: schema_of(*(one[name] for one in objects if name in one)) for name in names
        }
        schema["required"] = [name for name in names if all(name in one for one in objects)]
    if items:
        schema["items"] = schema_of(*items)
    plain = next((value for value in values if isinstance(value, str | int | float) and value != ""), None)
    return schema if plain is None else schema | {"examples": [plain]}


def _kind(value: object) -> str:
    match value:
        case None:
            return "null"
        case bool():
            return "boolean"
        case int() | float():
            return "number"
        case str():
            return "string"
        case list():
            return "array"
        case _:
            return "object"
