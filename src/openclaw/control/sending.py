"""Sending: what the operator has a person told, to whom it goes, and that the same order counts once.

A typed target becomes a chat that the ledger knows, or a person; a key becomes the one cause of its deliveries.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from openclaw.config.accounts import AccountConfig
from openclaw.control.looks import ID, account_of
from openclaw.control.operation import Accounts, Answer
from openclaw.control.params import Params, numeral, text
from openclaw.control.shapes import CHANNEL, Json, place_shape
from openclaw.control.things import delivery_shape
from openclaw.domain.chats import ChatRef, ChatSelector
from openclaw.domain.delivery import Cause, Delivery, OutboundFile, OutboundMessage, Target
from openclaw.domain.handles import parse_handle
from openclaw.domain.ids import ChatKey
from openclaw.domain.messages import KnownChat
from openclaw.errors import BadRequest, NotFound, TargetError
from openclaw.outbound.compose import bubble
from openclaw.outbound.dictation import dictated
from openclaw.outbound.shelf import MEGABYTE, Shelf, too_large
from openclaw.outbound.targets import FORMS, Addressee, TypedTarget, format_target, parse_target
from openclaw.store import Tx, accounts, deliveries, delivery_lists
from openclaw.store.ledger import state_dir_of

_SERVICES = ("auto", "imessage", "sms")
# No installation has as many chats; the ledger's own limit is for pages of a list.
_ALL = 1_000_000


@dataclass(frozen=True, slots=True)
class Recipient:
    """To whom a message goes: ``typed`` is what was asked for, ``target`` what it came to."""

    account: AccountConfig
    typed: TypedTarget
    target: Target
    service: str
    paused: bool


def show_recipient(tx: Tx, params: Params, _now: datetime, configured: Accounts) -> Answer:
    """Where a message would go, and how it would be cut."""
    recipient = _recipient(tx, params, configured)
    account = recipient.account
    return Answer(
        {
            **_recipient_shape(recipient),
            "textChunkLimit": account.text_chunk_limit,
            "chunkMode": account.chunk_mode,
            "mediaMaxMb": account.media_max_mb,
        }
    )


def send(tx: Tx, params: Params, now: datetime, configured: Accounts) -> Answer:
    """Queue a message of the operator; with a key that was used before, only say what became of it.

    The text comes first and each file behind it is a message of its own (decision 025).
    """
    recipient = _recipient(tx, params, configured)
    key = text(params, "key") or secrets.token_hex(8)
    cause = _cause(key)
    parts, files = _said(params, recipient.account), _files(tx, params, recipient.account)
    before = delivery_lists.of_cause(tx, Cause.OPERATOR, cause)
    if before:
        _refuse_another(key, before, recipient, parts, files)
    else:
        say = partial(OutboundMessage, recipient.account.id, recipient.target, service=recipient.service)
        bubbles = [*(say(part) for part in parts), *(say("", file=file) for file in files)]
        deliveries.queue(tx, Cause.OPERATOR, cause, bubbles, now)
    queued = [delivery_shape(one) for one in delivery_lists.of_cause(tx, Cause.OPERATOR, cause)]
    body: Json = {**_recipient_shape(recipient), "key": key, "repeated": bool(before), "deliveries": queued}
    return Answer(body, deliver=not before)


def _said(params: Params, account: AccountConfig) -> list[str]:
    said = params.get("text")
    said = said if isinstance(said, str) else ""
    if not said and text(params, "files"):
        return []
    return dictated(said, limit=account.text_chunk_limit, mode=account.chunk_mode)


def _files(tx: Tx, params: Params, account: AccountConfig) -> list[OutboundFile]:
    """The copies that the command line made on the shelf: by id, so that no request can name another file."""
    shelf = Shelf.of(state_dir_of(tx))
    found: list[OutboundFile] = []
    for id_ in (text(params, "files") or "").split(","):
        if not id_:
            continue
        file = shelf.find(id_)
        if file is None:
            raise NotFound(f"no file {id_[:100]} lies ready; send files with: openclaw message send --media")
        if file.size > account.media_max_mb * MEGABYTE:
            raise BadRequest(str(too_large(file.name, account.media_max_mb)))
        found.append(file)
    return found


def show_delivery(tx: Tx, params: Params, _now: datetime) -> Answer:
    """One bubble and where it stands."""
    number = numeral(params, ID.name, ID.most)
    found = deliveries.find(tx, number)
    if found is None:
        raise NotFound(f"no delivery {number} is kept; see: openclaw deliveries list")
    return Answer({"delivery": delivery_shape(found)})


def _recipient(tx: Tx, params: Params, configured: Accounts) -> Recipient:
    account = _account(params, configured)
    named = text(params, "target") or account.default_to
    if named is None:
        raise BadRequest(
            f"target is missing, and account {account.id} has no defaultTo in its configuration; name {FORMS}"
        )
    asked = text(params, "service") or "auto"
    if asked not in _SERVICES:
        raise BadRequest(f"service {asked[:40]!r} does not exist; use one of: {', '.join(_SERVICES)}")
    try:
        typed = parse_target(named, account.region)
    except TargetError as error:
        raise BadRequest(str(error)) from error
    target, service = _place(tx, account, typed, asked)
    paused = accounts.is_paused(accounts.paused_chats(tx), account.id, _key(target))
    return Recipient(account, typed, target, service, paused)


def _account(params: Params, configured: Accounts) -> AccountConfig:
    enabled = {account.id: account for account in configured.values() if account.enabled}
    if not enabled:
        raise BadRequest("no account is configured and enabled to send from; see: openclaw channels status")
    listed, name = ", ".join(sorted(enabled)), account_of(params)
    if name is None and len(enabled) == 1:
        return next(iter(enabled.values()))
    if name is None:
        raise BadRequest(f"say from which account; those that send are: {listed}")
    if name in enabled:
        return enabled[name]
    what = "is not enabled" if name in configured else "does not exist"
    raise BadRequest(f"account {name[:80]} {what} in the configuration; those that send are: {listed}")


def _place(tx: Tx, account: AccountConfig, typed: TypedTarget, asked: str) -> tuple[Target, str]:
    known = accounts.chats(tx, account.id, _ALL)
    match typed:
        case ChatSelector():
            return _of_chat(account, typed, asked, [one for one in known if typed.matches(one.chat)])
        case Addressee(handle, prefixed):
            if "auto" not in (asked, prefixed) and asked != prefixed:
                raise BadRequest(f"{format_target(typed)} and the service {asked} contradict each other")
            service = prefixed if asked == "auto" else asked
            for one in known:
                if _is_with(one, typed, account.region) and service in ("auto", *_spoken(one.chat)):
                    fits = bubble(account.id, one.chat, "").service if service == "auto" else service
                    return one.chat, fits
            return handle, service


def _of_chat(
    account: AccountConfig, typed: ChatSelector, asked: str, found: Sequence[KnownChat]
) -> tuple[Target, str]:
    name = format_target(typed)[:80]
    if not found:
        raise NotFound(
            f"no chat {name} of account {account.id} has written yet; see: openclaw chats list. "
            "To begin a conversation, name the person's number or mail address"
        )
    if len(found) > 1:
        rows = ", ".join(f"chat_id:{one.chat.row_id}" for one in found)
        raise BadRequest(f"{name} fits several chats; name one of them: {rows}")
    chat = found[0].chat
    if asked not in ("auto", *_spoken(chat)) or (asked != "auto" and found[0].is_group):
        raise BadRequest(
            f"{name} keeps its own service ({chat.service}); leave the service out, or name the person instead"
        )
    return chat, bubble(account.id, chat, "").service if asked == "auto" else asked


def _spoken(chat: ChatRef) -> tuple[str, ...]:
    """The services that a bubble into ``chat`` can be told to use."""
    match chat.service:
        case "any":
            return ("imessage", "sms")
        case "rcs":
            return ("sms",)
        case service:
            return (service,)


def _is_with(known: KnownChat, person: Addressee, region: str) -> bool:
    """Whether a chat is the direct one with a person."""
    if known.is_group or known.chat.has_group_shape:
        return False
    named = known.chat.identifier or known.chat.guid.rpartition(";")[2]
    return parse_handle(named, region) == person.handle


def _cause(key: str) -> int:
    # 53 bits: a program that reads the number from JSON must not lose its last digits.
    return int.from_bytes(hashlib.sha256(key.encode()).digest()[:7]) >> 3


def _refuse_another(
    key: str,
    before: Sequence[Delivery],
    recipient: Recipient,
    parts: Sequence[str],
    files: Sequence[OutboundFile],
) -> None:
    """Raise BadRequest when a key that was used comes back with another message, which must not get lost."""
    first = before[0].message
    same_place = (first.account, _key(first.target)) == (recipient.account.id, _key(recipient.target))
    # The account's way of cutting may have changed meanwhile; what is said has not.
    kept = (
        _words([one.message.text for one in before]),
        [one.message.file.digest for one in before if one.message.file],
    )
    given = _words(parts), [file.digest for file in files]
    if not same_place or (any(kept) and kept != given):
        raise BadRequest(
            f"the key {key[:80]} was used for another message, delivery {before[0].id}; nothing was sent. "
            "Give each message a key of its own"
        )


def _words(parts: Sequence[str]) -> list[str]:
    return " ".join(parts).split()


def _key(target: Target) -> ChatKey:
    return target.key if isinstance(target, ChatRef) else ChatKey(f"-;{target}")


def _recipient_shape(recipient: Recipient) -> Json:
    target = recipient.target
    return {
        "channel": CHANNEL,
        "accountId": recipient.account.id,
        "target": format_target(recipient.typed),
        "to": f"chat_id:{target.row_id}" if isinstance(target, ChatRef) else str(target),
        **(place_shape(target) if isinstance(target, ChatRef) else {"handle": target}),
        "service": recipient.service,
        "paused": recipient.paused,
    }
