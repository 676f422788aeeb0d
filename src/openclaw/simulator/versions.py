"""What differs between the released versions of imsg, as a table of values.

Owns every answer that depends on the version. It must not know how those answers are used: no other module compares
version numbers.
"""

from __future__ import annotations

from typing import Literal, NamedTuple

DEFAULT = "0.5.0"

Kind = Literal["text", "integer", "flag", "texts"]
Parameters = dict[str, Kind]

TARGET: Parameters = {"chat_id": "integer", "chat_identifier": "text", "chat_guid": "text"}
FILTERS: Parameters = {"participants": "texts", "start": "text", "end": "text", "attachments": "flag"}
SUBSCRIBE: Parameters = {"chat_id": "integer", "since_rowid": "integer", **FILTERS}
SEND: Parameters = {
    "to": "text",
    "text": "text",
    "file": "text",
    "service": "text",
    "region": "text",
    **TARGET,
}
TYPING: Parameters = {"to": "text", "service": "text", **TARGET}
REPLY: Parameters = {"reply_to": "text", "replyTo": "text", "reply_to_guid": "text", "message_guid": "text"}
MESSAGE: Parameters = {
    "message_id": "text",
    "messageId": "text",
    "message_guid": "text",
    "messageGuid": "text",
}
AFTER: Parameters = {
    "since_rowid": "integer",
    "chat_id": "integer",
    "limit": "integer",
    "attachments": "flag",
    "include_reactions": "flag",
}


class Version(NamedTuple):
    """Everything a release answers differently from its neighbours."""

    number: str
    methods: dict[str, Parameters]
    needs_helper: frozenset[str] = frozenset()
    """Methods that fail on a Mac whose system protection is on, which is every Mac we stand for."""

    startup_failure: Literal["swift dump", "banner", "framed", "none"] = "swift dump"
    """How an unreadable database shows: plain text and exit, an error per request, or only where it is needed."""
    strict: bool = False
    """Unknown keys and wrong types are errors, and notifications are never answered."""

    debounce_ms: int = 250
    fallback_poll_s: float | None = None
    """Seconds between looks without a file event; None waits for an event for ever."""
    caches_chats: bool = True
    chatless_rows: Literal["emitted", "dropped"] = "emitted"
    announces_first: bool = False
    """A subscription starts after its response was written and has ended before the answer to its end."""
    folds_link_twins: bool = False
    rearms_events: bool = False
    """File events go on after the WAL file was rotated."""
    overflows: bool = False
    """A watch that has more to tell than its `buffer_limit` ends with `watch.overflow`."""
    parallel_reads: int = 1
    """How many requests that only read are answered at a time, in any order."""

    filters_before_limit: bool = False
    group_flag: Literal["prefix of identifier", "guid"] = "prefix of identifier"
    reads_caller_id: bool = False
    reads_thread_root: bool = False
    reads_reply_text: bool = False
    reactions_need_attachments: bool = True
    knows_contacts: bool = False
    bodies: Literal["garbled from 128", "stray from 32", "good"] = "garbled from 128"
    utf16_bodies: bool = False

    stages_files: bool = False
    handle_like_is_direct: bool = False
    """A chat named like a handle is sent to that handle, as iMessage unless told otherwise."""
    answers_row: bool = False
    """`send` looks for its own row, answers its id, and calls an empty unjoined one an error."""
    answers_transport: bool = False
    detects_service: bool = False
    """`auto` follows the service of the chat that is there, instead of meaning iMessage."""

    status_keys: tuple[str, ...] = ()
    """What `status --json` prints; empty where that command does not exist."""


def _with(methods: dict[str, Parameters], **changed: Parameters) -> dict[str, Parameters]:
    return methods | {name.replace("__", "."): parameters for name, parameters in changed.items()}


def _without(methods: dict[str, Parameters], *names: str) -> dict[str, Parameters]:
    return {name: parameters for name, parameters in methods.items() if name not in names}


_FLAGS = ("basic_features", "advanced_features", "typing_indicators", "read_receipts", "sip", "message")

_V03 = Version(
    "0.3.0",
    methods={
        "chats.list": {"limit": "integer"},
        "messages.history": {"chat_id": "integer", "limit": "integer", **FILTERS},
        "watch.subscribe": SUBSCRIBE,
        "watch.unsubscribe": {"subscription": "integer"},
        "send": SEND,
    },
)
_V04 = _V03._replace(number="0.4.0", stages_files=True)
_V05 = _V04._replace(
    number="0.5.0",
    methods=_with(
        _V04.methods,
        watch__subscribe={**SUBSCRIBE, "include_reactions": "flag"},
        typing__start=TYPING,
        typing__stop=TYPING,
    ),
    needs_helper=frozenset({"typing.start", "typing.stop"}),
    reads_thread_root=True,
    reads_caller_id=True,
    filters_before_limit=True,
    handle_like_is_direct=True,
    group_flag="guid",
)
_WATCH_06: Parameters = {
    **_V05.methods["watch.subscribe"],
    "debounce_ms": "integer",
    "debounceMs": "integer",
    "convert_attachments": "flag",
}
_V06 = _V05._replace(
    number="0.6.0",
    methods=_with(
        _without(_V05.methods, "typing.start", "typing.stop"),
        watch__subscribe=_WATCH_06,
        messages__history={**_V05.methods["messages.history"], "convert_attachments": "flag"},
    ),
    needs_helper=frozenset(),
    debounce_ms=500,
    fallback_poll_s=5.0,
    folds_link_twins=True,
    reactions_need_attachments=False,
    knows_contacts=True,
    utf16_bodies=True,
    answers_row=True,
    status_keys=_FLAGS,
)
_V07 = _V06._replace(
    number="0.7.0",
    bodies="stray from 32",
    startup_failure="banner",
    status_keys=(*_FLAGS, "bridge_version", "v2_ready", "selectors"),
)
_BRIDGE_07: dict[str, Parameters] = {
    "typing": {**TYPING, "typing": "flag"},
    "read": {"to": "text", **TARGET},
    "chats.create": {"addresses": "texts", "service": "text", "name": "text", "text": "text"},
    "chats.delete": TARGET,
    "chats.markUnread": TARGET,
    "group.leave": TARGET,
    "group.rename": {"name": "text", **TARGET},
    "group.setIcon": {"file": "text", **TARGET},
    "group.addParticipant": {"address": "text", **TARGET},
    "group.removeParticipant": {"address": "text", **TARGET},
}
_V073 = _V07._replace(
    number="0.7.3",
    methods=_V07.methods | _BRIDGE_07,
    needs_helper=frozenset(_BRIDGE_07),
    status_keys=(*_V07.status_keys, "rpc_methods"),
)
_V080 = _V073._replace(number="0.8.0", bodies="good")
_V081 = _V080._replace(
    number="0.8.1",
    methods=_with(_V080.methods, send={**SEND, "transport": "text"}),
    answers_transport=True,
)
_V082 = _V081._replace(number="0.8.2", startup_failure="framed")
_BRIDGE_09: dict[str, Parameters] = {
    "send.rich": {"text": "text", "effect_id": "text", "subject": "text", **REPLY, **TARGET},
    "send.attachment": {"file": "text", "path": "text", "audio": "flag", **REPLY, **TARGET},
    "tapback": {**MESSAGE, "reaction": "text", "kind": "text", "emoji": "text", "remove": "flag", **TARGET},
    "message.edit": {**MESSAGE, "text": "text", **TARGET},
    "message.unsend": {**MESSAGE, **TARGET},
    "message.delete": {**MESSAGE, **TARGET},
    "message.notifyAnyways": {**MESSAGE, **TARGET},
}
_V09 = _V082._replace(
    number="0.9.0",
    methods=_V082.methods | _BRIDGE_09,
    needs_helper=_V082.needs_helper | frozenset(_BRIDGE_09),
    reads_reply_text=True,
    status_keys=(*_V082.status_keys, "version"),
)
_V010 = _V09._replace(number="0.10.0", chatless_rows="dropped", rearms_events=True)
_V011 = _V010._replace(number="0.11.0", detects_service=True)
_V014 = _V011._replace(
    number="0.14.0",
    methods=_with(
        _V010.methods,
        initialize={"protocol_version": "integer"},
        status={},
        messages__after=AFTER,
        watch__subscribe={**_WATCH_06, "buffer_limit": "integer"},
    ),
    strict=True,
    startup_failure="none",
    caches_chats=False,
    announces_first=True,
    overflows=True,
    parallel_reads=4,
)

TABLE: tuple[Version, ...] = (
    *(_V03, _V04, _V05, _V06, _V07, _V073, _V080, _V081, _V082, _V09, _V010, _V011, _V014),
)
"""The releases that changed something visible, oldest first."""


def _parts(number: str) -> tuple[int, ...]:
    return tuple(int(part) for part in number.split("."))


def version(number: str) -> Version:
    """Return the release called ``number``, which then reports exactly that number.

    A release in between answers as the last one before it that changed something. Raises ValueError for a text that
    is not a version, or one before 0.3.0, which had no `rpc`.
    """
    try:
        asked = _parts(number)
    except ValueError:
        raise ValueError(f"{number!r} is not an imsg version; use one like {DEFAULT}") from None
    known = [entry for entry in TABLE if _parts(entry.number) <= asked + (0,) * (3 - len(asked))]
    if not known:
        raise ValueError(f"imsg {number} has no rpc to imitate; use {TABLE[0].number} or later")
    return known[-1]._replace(number=number if len(asked) == 3 else known[-1].number)
