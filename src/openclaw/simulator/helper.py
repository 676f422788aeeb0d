"""What the helper inside Messages does for imsg: typing bubbles, read receipts, tapbacks, replies, edits.

Owns these methods and the journal `<database>.helper.jsonl`, one line for each, in which a test or a person sees what
the other side would see. Most Macs run no helper, and this one only with `"helper": true` in its settings. Of the
methods that need it, the others fail as without it.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping
from contextlib import closing

from openclaw.simulator import application, rewriting, rows, schema, tapbacks
from openclaw.simulator.application import InChat, Order
from openclaw.simulator.envelope import BAD_PARAMS, INTERNAL, RpcError, Wire
from openclaw.simulator.mac import Mac
from openclaw.simulator.params import Params

JOURNAL = ".helper.jsonl"

_WORDS: Mapping[str, tuple[str, ...]] = {
    "love": ("heart", "❤", "❤️"),
    "like": ("thumbsup", "+1", "👍"),
    "dislike": ("thumbsdown", "-1", "👎"),
    "laugh": ("haha", "lol", "😂", "🤣"),
    "emphasize": ("emphasis", "‼", "‼️", "!!"),
    "question": ("?", "❓"),
}
# The wire has another word here than the rows that are told.
_WRITTEN = {"emphasize": "emphasis"}
_MESSAGE = ("message_id", "messageId", "message_guid", "messageGuid")
_KINDS = {word: name for name, words in _WORDS.items() for word in (name, *words)}


def helped(mac: Mac, database: str) -> dict[str, Callable[[Params], Wire]]:
    """The methods that the helper serves, by name."""
    return {
        "typing": lambda given: _typing(mac, database, given),
        "read": lambda given: _read(mac, database, given),
        "tapback": lambda given: _tapback(mac, database, given),
        "send.rich": lambda given: _reply(mac, database, given),
        "message.edit": lambda given: _edit(mac, database, given),
        "message.unsend": lambda given: _unsend(mac, database, given),
    }


def _typing(mac: Mac, database: str, given: Params) -> Wire:
    chat, guid = _chat(mac, given)
    on = given.flag("typing", default=True)
    _note(database, method="typing", chat_id=chat, chat_guid=guid, typing=on)
    return {"ok": True}


def _read(mac: Mac, database: str, given: Params) -> Wire:
    chat, guid = _chat(mac, given)
    with closing(schema.open_writing(database)) as connection, connection:
        connection.execute(
            "UPDATE message SET is_read = 1, date_read = ? WHERE is_from_me = 0 AND is_read = 0"
            " AND ROWID IN (SELECT message_id FROM chat_message_join WHERE chat_id = ?)",
            (rows.now(), chat),
        )
    _note(database, method="read", chat_id=chat, chat_guid=guid)
    return {"ok": True}


def _tapback(mac: Mac, database: str, given: Params) -> Wire:
    chat, guid = _chat(mac, given)
    message = given.text(*_MESSAGE)
    asked = (given.text("reaction", "kind", "emoji") or "").lower()
    kind = _KINDS.get(asked.removeprefix("remove-"))
    if message is None or kind is None:
        raise RpcError(BAD_PARAMS, f"unknown reaction {asked!r}" if message else "message_id is required")
    removes = given.flag("remove") or asked.startswith("remove-")
    try:
        with closing(schema.open_writing(database)) as connection, connection:
            tapbacks.write(connection, message, _WRITTEN.get(kind, kind), sender=None, remove=removes)
    except tapbacks.NoSuchMessage as error:
        raise RpcError(INTERNAL, str(error)) from None
    told = {"message": message, "reaction": kind, "remove": removes}
    _note(database, method="tapback", chat_id=chat, chat_guid=guid, **told)
    return {"ok": True, "reaction": kind}


def _reply(mac: Mac, database: str, given: Params) -> Wire:
    """A text, below another message when it names one; what Messages writes of it is what it writes of any send."""
    chat, guid = _chat(mac, given)
    text = given.text("text")
    if not text:
        raise RpcError(BAD_PARAMS, "text is required")
    target = given.text("reply_to", "replyTo", "reply_to_guid", "message_guid")
    if target and not _holds(database, chat, target):
        raise _failed("Message not found")
    started = mac.behaviour.now()
    found = mac.reader.chat(chat)
    order = Order(InChat(chat, found.service if found else "iMessage", frozenset()), text, None, target)
    application.write(mac.behaviour, database, order)
    _note(database, method="send.rich", chat_id=chat, chat_guid=guid, reply_to=target)
    own = mac.reader.own_row(text, started, chat)
    return {"ok": True, "guid": own[1], "message_id": own[1]} if own else {"ok": True, "queued": True}


def _edit(mac: Mac, database: str, given: Params) -> Wire:
    chat, guid = _chat(mac, given)
    message, text = given.text(*_MESSAGE), given.text("text")
    if message is None or not text:
        raise RpcError(BAD_PARAMS, "text is required" if message else "message_id is required")
    _rewrite(database, chat, message, text)
    _note(database, method="message.edit", chat_id=chat, chat_guid=guid, message=message, text=text)
    return {"ok": True}


def _unsend(mac: Mac, database: str, given: Params) -> Wire:
    chat, guid = _chat(mac, given)
    message = given.text(*_MESSAGE)
    if message is None:
        raise RpcError(BAD_PARAMS, "message_id is required")
    _rewrite(database, chat, message, None)
    _note(database, method="message.unsend", chat_id=chat, chat_guid=guid, message=message)
    return {"ok": True}


def _rewrite(database: str, chat: int, message: str, text: str | None) -> None:
    try:
        with closing(schema.open_writing(database)) as connection, connection:
            rewriting.write(connection, chat, message, text)
    except rewriting.Refused as error:
        raise _failed(str(error)) from None


def _holds(database: str, chat: int, message: str) -> bool:
    with closing(schema.open_reading(database)) as connection:
        return rewriting.find(connection, chat, message) is not None


def _failed(why: str) -> RpcError:
    return RpcError(INTERNAL, f"Dylib error: {why}")


def _chat(mac: Mac, given: Params) -> tuple[int, str]:
    number = given.integer("chat_id")
    name = given.text("chat_guid", "chat_identifier", "to") or ""
    if number is None and not name:
        raise RpcError(BAD_PARAMS, "chat_id, chat_identifier or chat_guid is required")
    rowid = mac.reader.find_chat(name) if number is None else number
    chat = mac.reader.chat(rowid) if rowid is not None else None
    if chat is None:
        raise RpcError(BAD_PARAMS, f"unknown chat {name or number}")
    return chat.id, chat.guid


def _note(database: str, **told: object) -> None:
    line = json.dumps(told, ensure_ascii=False) + "\n"
    # One write of a short line at the end of a file: several programs may do so at once.
    journal = os.open(database + JOURNAL, os.O_CREAT | os.O_APPEND | os.O_WRONLY, 0o600)
    try:
        os.write(journal, line.encode())
    finally:
        os.close(journal)
