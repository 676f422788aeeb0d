"""The `send` method: validation in the order of the original, and looking for the row that Messages wrote.

Owns everything between the parameters of a send and its result, and the misbehaviours of the request. Messages.app is
`application`; like the original this blocks the caller for as long as the application takes.
"""

from __future__ import annotations

import os
import sqlite3
import threading
from time import monotonic

from openclaw.simulator import addresses, application, rows, schema
from openclaw.simulator.application import Direct, InChat, Order
from openclaw.simulator.envelope import BAD_PARAMS, INTERNAL, UNKNOWN_OUTCOME, RpcError, Wire
from openclaw.simulator.mac import Mac
from openclaw.simulator.params import SELECTORS, Params

VERIFY_S, _VERIFY_LOOK_S = 2.0, 0.1
_VERIFY_BACK_NS = 2 * 10**9
_COPY_BYTES = 1 << 20
_TIMED_OUT = "Messages got an error: AppleEvent timed out. (-1712)"


def send(mac: Mac, database: str, params: Params) -> Wire:
    """Send and return the result object. Raises RpcError for what imsg answers with an error."""
    order = _order(mac, params)
    if order.file is not None:
        order = Order(order.target, order.text, _staged(mac, database, order.file))
    started = mac.behaviour.now()
    _refuse_or_hang(mac)
    unknown = mac.behaviour.take("outcome-unknown") if mac.version.strict else None
    if unknown is None or unknown["sent"]:
        _write(mac, database, order)
    if unknown:
        raise RpcError(UNKNOWN_OUTCOME, {"retry_safe": False, "disposition": "unknown"})
    found = _verify(mac, order, started) if mac.version.answers_row else {}
    transport = {"transport": "applescript"} if mac.version.answers_transport else {}
    return {"ok": True, **found, **transport}


def _order(mac: Mac, params: Params) -> Order:
    service = params.text("service") or "auto"
    if service not in ("auto", "imessage", "sms"):
        raise RpcError(BAD_PARAMS, "invalid service")
    transport = (params.text("transport") or "auto").lower() if mac.version.answers_transport else "auto"
    if transport not in ("auto", "bridge", "applescript"):
        raise RpcError(BAD_PARAMS, "invalid transport")
    to = params.text("to")
    in_chat = params.integer("chat_id") is not None or any(params.text(each) for each in SELECTORS[1:])
    if to and in_chat:
        raise RpcError(BAD_PARAMS, "use to or chat_*; not both")
    if not to and not in_chat:
        raise RpcError(BAD_PARAMS, "to is required for direct sends")
    handle = _named(mac, to) if to else None
    text, file = params.text("text") or "", params.text("file") or None
    if not text and not file:
        raise RpcError(BAD_PARAMS, "text or file is required")
    if handle is None:
        target = _chat_target(mac, params, service)
    else:
        target = _direct(mac, addresses.normal(handle, params.text("region") or "US"), service)
    if transport == "bridge":
        _no_bridge(target, bool(text and file))
    return Order(target, text, file)


def _no_bridge(target: Direct | InChat, mixed: bool) -> None:
    if isinstance(target, Direct):
        raise RpcError(BAD_PARAMS, "bridge transport requires an existing chat target")
    if mixed:
        raise RpcError(BAD_PARAMS, "bridge transport does not support text and file together")
    raise RpcError(INTERNAL, "imsg bridge not ready: the helper is not running")


def _named(mac: Mac, to: str) -> str:
    if not mac.version.knows_contacts:
        return to
    try:
        return addresses.by_name(to, mac.behaviour.settings.contacts)
    except addresses.Ambiguous as error:
        raise RpcError(BAD_PARAMS, f"Invalid chat target: {error}") from None


def _direct(mac: Mac, handle: str, service: str) -> Direct:
    if service == "auto" and mac.version.detects_service:
        known = [mac.reader.find_chat(f"{each};-;{handle}") for each in ("iMessage", "any", "SMS")]
        chat = next((found for each in known if each and (found := mac.reader.chat(each))), None)
        return Direct(handle, chat.service if chat else "iMessage")
    return Direct(handle, "SMS" if service == "sms" else "iMessage")


def _chat_target(mac: Mac, params: Params, service: str) -> Direct | InChat:
    number = params.integer("chat_id")
    name = params.text("chat_guid") or params.text("chat_identifier") or ""
    rowid = mac.reader.find_chat(name) if number is None else number
    chat = mac.reader.chat(rowid) if rowid is not None else None
    if chat is None and number is not None:
        raise RpcError(BAD_PARAMS, f"unknown chat_id {number}")
    identifier = chat.identifier if chat else params.text("chat_identifier") or ""
    if mac.version.handle_like_is_direct and addresses.looks_like_handle(identifier):
        bare = identifier.removeprefix("imessage:").removeprefix("sms:").removeprefix("auto:")
        return _direct(mac, bare, service)
    if chat is None:
        raise _script_failed(f'Messages got an error: Can’t get chat id "{name}". (-1728)')
    bare = chat.guid.rpartition(";")[2]
    return InChat(chat.id, chat.service, frozenset({chat.guid, chat.identifier, bare}))


def _script_failed(reason: str) -> RpcError:
    return RpcError(INTERNAL, f"AppleScript failed: {reason}")


def _staged(mac: Mac, database: str, file: str) -> str:
    """Copy the file where Messages may read it, and return the copy."""
    if not mac.version.stages_files:
        return file
    source = os.path.expanduser(file)
    if not os.path.isfile(source):
        raise RpcError(INTERNAL, f"Attachment not found at {source}")
    folder = os.path.join(os.path.dirname(os.path.abspath(database)), "Attachments", "imsg", rows.new_guid())
    os.makedirs(folder, mode=0o700)
    copy = os.path.join(folder, os.path.basename(source))
    with open(source, "rb") as original, open(copy, "wb") as staged:
        while block := original.read(_COPY_BYTES):
            staged.write(block)
    return copy


def _refuse_or_hang(mac: Mac) -> None:
    refused = mac.behaviour.take("refuse-send")
    if refused:
        raise _script_failed(refused["message"])
    hanging = mac.behaviour.take("hang-send")
    if hanging and not mac.behaviour.outlast(hanging):
        raise _script_failed(_TIMED_OUT)


def _write(mac: Mac, database: str, order: Order) -> None:
    try:
        application.write(mac.behaviour, database, order)
    except (schema.NotSimulated, sqlite3.Error) as error:
        raise _script_failed(str(error)) from None


def _verify(mac: Mac, order: Order, started: int) -> Wire:
    """Look for the own row for up to two seconds; not finding it is no error, an empty unjoined one is."""
    if not order.text:
        return {}
    chat, since, deadline = _known_chat(mac, order.target), started - _VERIFY_BACK_NS, monotonic() + VERIFY_S
    pause = threading.Event()
    while True:
        found = mac.reader.own_row(order.text, since, chat)
        if found:
            return {"id": found[0], "guid": found[1]}
        if monotonic() >= deadline:
            break
        pause.wait(_VERIFY_LOOK_S)
        mac.settler.settle()
    ghost = mac.reader.ghost_row(set(order.target.names), since) if isinstance(order.target, InChat) else None
    if ghost is not None:
        raise RpcError(
            INTERNAL, f"Messages wrote an unjoined empty outgoing row ({ghost}); nothing was delivered"
        )
    return {}


def _known_chat(mac: Mac, target: Direct | InChat) -> int | None:
    if isinstance(target, InChat):
        return target.chat
    return mac.reader.find_chat(f"{target.service};-;{target.handle}") or mac.reader.find_chat(
        f"any;-;{target.handle}"
    )
