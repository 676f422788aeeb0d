"""The names that imsg uses on its wire, and nothing else knows them.

Owns the reading of its objects into domain values and the building of its parameters. Reading never fails on a
message that has a row number: what is absent or has a wrong type is left out.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import PurePosixPath
from typing import Any, cast

from openclaw.domain.bridge import tapback_of
from openclaw.domain.chats import ChatRef
from openclaw.domain.delivery import OutboundMessage
from openclaw.domain.ids import AccountId, ChatRowId, MessageGuid, RowId
from openclaw.domain.messages import Attachment, InboundMessage, Quote
from openclaw.domain.tapbacks import STICKER, Tapback, written

# What imsg itself makes of a row without a date.
_NO_DATE = datetime(2001, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class PhoneChat:
    """A conversation as ``chats.list`` names it; ``name`` is usually "" for a direct chat."""

    chat: ChatRef
    name: str
    service: str
    participants: tuple[str, ...]
    last_message_at: datetime


@dataclass(frozen=True, slots=True)
class WatchEnd:
    """A subscription that is over: which one (``None`` when the phone did not say), and why.

    ``goes_on`` says that only its buffer was full: a new one from the last row kept loses nothing.
    """

    subscription: int | None
    reason: str
    goes_on: bool = False


@dataclass(frozen=True, slots=True)
class RowPage:
    """Rows in the order of their numbers, up to and with the number ``reaches``."""

    rows: list[InboundMessage]
    reaches: RowId
    has_more: bool


def parse_message(value: object, account: AccountId) -> InboundMessage | None:
    """One row of the watch or of the history; ``None`` when it has no row number."""
    row = _object(value)
    row_id = _integer(row, "id")
    if row_id is None:
        return None
    from_me = row.get("is_from_me")
    tapback = _tapback(row)
    return InboundMessage(
        account=account,
        row_id=RowId(row_id),
        guid=MessageGuid(_text(row, "guid")),
        chat=_chat_of_message(row),
        sender=_text(row, "sender"),
        from_me=from_me if isinstance(from_me, bool) else None,
        text=unwrap_text(_text(row, "text")) if tapback is None else written(tapback),
        sent_at=_moment(_text(row, "created_at")),
        participants=_texts(row, "participants"),
        destination=_text(row, "destination_caller_id"),
        chat_name=_text(row, "chat_name"),
        attachments=tuple(_attachment(each) for each in map(_object, _list(row, "attachments")) if each),
        reply_to_guid=_answered(row) if tapback is None else _tapped(row),
        is_reaction=tapback is not None,
        quote=_quote(row),
        sender_name=_text(row, "sender_name"),
    )


def parse_messages(result: object, account: AccountId) -> list[InboundMessage]:
    """The rows of a ``messages.history`` result, in the phone's order (newest first)."""
    rows = (parse_message(each, account) for each in _list(_object(result), "messages"))
    return [row for row in rows if row is not None]


def parse_told_message(params: object, account: AccountId) -> InboundMessage | None:
    """The row inside a ``message`` notification."""
    return parse_message(_object(params).get("message"), account)


def parse_watch_end(params: object) -> WatchEnd:
    """The end of a subscription, from an ``error`` or ``watch.overflow`` notification."""
    told = _object(params)
    reason = _text(_object(told.get("error")), "message") or _text(told, "reason")
    goes_on = _integer(told, "resume_after_rowid") is not None
    return WatchEnd(_integer(told, "subscription"), reason or "imsg did not say why", goes_on)


def parse_page(result: object, account: AccountId) -> RowPage:
    """A ``messages.after`` result. Rows that are not shown count as well: the next page begins behind them."""
    told, rows = _object(result), parse_messages(result, account)
    reaches = max([_integer(told, "next_rowid") or 0, *(row.row_id for row in rows)])
    return RowPage(rows, RowId(reaches), told.get("has_more") is True)


def parse_chats(result: object) -> list[PhoneChat]:
    """The conversations of a ``chats.list`` result, newest activity first; those without a number are left out."""
    chats = (_chat(_object(each)) for each in _list(_object(result), "chats"))
    return [chat for chat in chats if chat is not None]


def parse_subscription(result: object) -> int | None:
    """The number of a new subscription."""
    return _integer(_object(result), "subscription")


def parse_accepted(result: object) -> tuple[bool, MessageGuid, RowId | None]:
    """What a ``send`` result says: whether it was accepted, and the guid and row of the bubble if they are known."""
    told = _object(result)
    guid, row = MessageGuid(_text(told, "guid")), _integer(told, "id")
    return (
        bool(told.get("ok")) or bool(guid) or row is not None,
        guid,
        RowId(row) if row is not None else None,
    )


def limit_params(limit: int) -> dict[str, Any]:
    """Parameters of ``chats.list``."""
    return {"limit": limit}


def history_params(chat: ChatRowId, limit: int, *, attachments: bool) -> dict[str, Any]:
    """Parameters of ``messages.history``."""
    return {"chat_id": int(chat), "limit": limit, "attachments": attachments}


def subscribe_params(since: RowId, debounce_ms: int, *, attachments: bool, tapbacks: bool) -> dict[str, Any]:
    """Parameters of ``watch.subscribe`` for every row above ``since``; ``tapbacks`` asks for those, too."""
    # On the wire 0 means "from now", which loses what came in between; a phone that was empty is read from -1.
    start = {"since_rowid": int(since) or -1, "attachments": attachments, "debounce_ms": debounce_ms}
    return start | _with_tapbacks(tapbacks)


def after_params(since: RowId, limit: int, *, attachments: bool, tapbacks: bool = False) -> dict[str, Any]:
    """Parameters of ``messages.after``."""
    page = {"since_rowid": int(since), "limit": limit, "attachments": attachments}
    return page | _with_tapbacks(tapbacks)


def _with_tapbacks(wanted: bool) -> dict[str, bool]:
    # Each row then costs the phone a look at all its messages (contract 1.8), so who does not want them does not ask.
    return {"include_reactions": True} if wanted else {}


def unsubscribe_params(subscription: int) -> dict[str, Any]:
    """Parameters of ``watch.unsubscribe``."""
    return {"subscription": subscription}


def chat_send_params(chat: ChatRowId, said: OutboundMessage, service: str | None) -> dict[str, Any]:
    """Parameters of ``send`` into a conversation: exactly one selector."""
    how = {"service": service} if service else {}
    return {"chat_id": int(chat), **_content(said), **how, "transport": "applescript"}


def handle_send_params(handle: str, said: OutboundMessage, service: str, region: str) -> dict[str, Any]:
    """Parameters of ``send`` to a person."""
    return {
        "to": handle,
        **_content(said),
        "service": service,
        "region": region,
        "transport": "applescript",
    }


def _content(said: OutboundMessage) -> dict[str, str]:
    # Never both: imsg makes two messages of them, and an error would not say which of the two is out (contract 4.3).
    return {"file": said.file.path} if said.file else {"text": said.text}


def unwrap_text(text: str) -> str:
    """``text`` without the length prefix that imsg sometimes leaves around it.

    The wrapper is one protobuf field: the byte 0x0A, a varint, and exactly as many bytes as that says
    (https://protobuf.dev/programming-guides/encoding/).
    """
    if not text.startswith("\n"):
        return text
    wrapped = text.encode("utf-8", "surrogatepass")
    length = shift = 0
    # Ten bytes are the longest varint.
    for at, byte in enumerate(wrapped[1:11], start=2):
        length |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:
            return wrapped[at:].decode("utf-8", "replace") if length == len(wrapped) - at else text
    return text


def _chat_of_message(row: dict[str, Any]) -> ChatRef | None:
    chat_id = _integer(row, "chat_id")
    if not chat_id or chat_id < 0:
        return None
    return ChatRef(ChatRowId(chat_id), _text(row, "chat_guid"), _text(row, "chat_identifier"))


def _chat(row: dict[str, Any]) -> PhoneChat | None:
    chat_id = _integer(row, "id")
    if not chat_id or chat_id < 0:
        return None
    return PhoneChat(
        ChatRef(ChatRowId(chat_id), _text(row, "guid"), _text(row, "identifier")),
        _text(row, "name"),
        _text(row, "service"),
        _texts(row, "participants"),
        _moment(_text(row, "last_message_at")),
    )


def _answered(row: dict[str, Any]) -> MessageGuid:
    return MessageGuid(_text(row, "thread_originator_guid") or _text(row, "reply_to_guid"))


def _tapback(row: dict[str, Any]) -> Tapback | None:
    if row.get("is_reaction") is not True:
        return Tapback(STICKER) if _is_sticker(row) else None
    kind, emoji = _text(row, "reaction_type"), _text(row, "reaction_emoji")
    return Tapback(tapback_of(kind) or emoji, removed=row.get("is_reaction_add") is False)


def _is_sticker(row: dict[str, Any]) -> bool:
    # Who asks for tapbacks is told of a sticker that was put on a message as of a plain one (contract 3.6).
    is_bound = bool(_text(row, "reply_to_guid")) and not _text(row, "thread_originator_guid")
    return is_bound and _text(row, "text").lstrip("\ufffc").startswith("Reacted with a sticker to ")


def _tapped(row: dict[str, Any]) -> MessageGuid:
    # imsg leaves the mark of a balloon in front of the guid (contract 3.6).
    target = _text(row, "reacted_to_guid") or _text(row, "reply_to_guid")
    return MessageGuid(target.removeprefix("bp:").rpartition("/")[2])


def _quote(row: dict[str, Any]) -> Quote | None:
    """What a reply answers, from 0.9 on; whether it is ours, the phone does not say."""
    text = unwrap_text(_text(row, "reply_to_text"))
    return Quote(text, _text(row, "reply_to_sender")) if text else None


def _attachment(row: dict[str, Any]) -> Attachment:
    path = _text(row, "original_path") or _text(row, "filename")
    return Attachment(
        name=_text(row, "transfer_name") or PurePosixPath(path).name,
        path=path,
        mime_type=_text(row, "mime_type"),
        size=_integer(row, "total_bytes") or 0,
        missing=row.get("missing") is True or not path,
    )


def _object(value: object) -> dict[str, Any]:
    return cast("dict[str, Any]", value) if isinstance(value, dict) else {}


def _list(row: dict[str, Any], key: str) -> list[Any]:
    value = row.get(key)
    return cast("list[Any]", value) if isinstance(value, list) else []


def _text(row: dict[str, Any], key: str) -> str:
    value = row.get(key)
    return value if isinstance(value, str) else ""


def _texts(row: dict[str, Any], key: str) -> tuple[str, ...]:
    return tuple(each for each in _list(row, key) if isinstance(each, str))


def _integer(row: dict[str, Any], key: str) -> int | None:
    value = row.get(key)
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return _NO_DATE
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
