"""The owner's answers to notices: which messages are one, and doing what they say.

``approve CODE``, ``yes CODE``, ``deny CODE`` and ``no CODE`` count always, once the code is one that was given out, and
``always CODE`` where it is of an agent that asks for permission; so does ``approve CODE allow-once``, which is
``/approve`` without its slash. A bare ``yes``, ``no``, ``approve``, ``deny``, 👍 or 👎 counts only while a notice about
a request is the last thing that was said in the owner's chat: everything else is between the owner and the agent. A
tapback on a notice says itself what it answers.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from openclaw.domain import tapbacks
from openclaw.domain.access import Notified, PairingRequest
from openclaw.domain.acp import DECISIONS, Decision, PermissionRequest, asker, plea
from openclaw.domain.admission import Reason
from openclaw.domain.authority import refusal_as_owner
from openclaw.domain.chats import ChatRef
from openclaw.domain.commands import Command
from openclaw.domain.handles import parse_handle, visible
from openclaw.domain.ids import AccountId
from openclaw.domain.messages import InboundMessage, LedgerMessage, MessageState
from openclaw.domain.notices import Asking, NoticeKind
from openclaw.errors import NotFound
from openclaw.inbound import permits, requests
from openclaw.inbound.pairing import ALPHABET, CODE_LENGTH
from openclaw.store import Tx, messages, notices, pairing, permissions

ANSWER = Command("owner-answer", "the owner's answer to a notice")
"""What such a message is to the gates and the ledger; nobody can type it, and no list of commands shows it."""

BY_REPLY = "owner"
"""Who let somebody in, as the grant says it."""

_COMMAND, _WORDS_OF_COMMAND = "approve", 3
_YES, _NO, _ALWAYS = ("yes", "approve", "👍"), ("no", "deny", "👎"), "always"
_BY_TAPBACK = {"like": True, "love": True, "dislike": False}
# A thumb comes in five colours, and with a mark that asks for its picture.
_COLOURS = re.compile("[\U0001f3fb-\U0001f3ff\ufe0f]")
_CODE = re.compile(f"[{ALPHABET}]{{{CODE_LENGTH}}}")
# No answer is longer; what is need not be looked at.
_LONGEST = 64
_SAYS = {Decision.ONCE: "may, this once", Decision.ALWAYS: "may, from now on", Decision.DENY: "may not"}


@dataclass(frozen=True, slots=True)
class OwnerAnswer:
    """Yes or no, and to which request; ``code`` is "" when it does not say. ``always``: from now on as well."""

    approve: bool
    code: str = ""
    always: bool = False


@dataclass(frozen=True, slots=True)
class Decided:
    """What the owner is told of their answer, and the account at which somebody was let in."""

    text: str
    account: AccountId | None = None


def read_answer(text: str) -> OwnerAnswer | None:
    """The answer that the whole of ``text`` is, by its form alone; ``None`` when it is something else."""
    if len(text) > _LONGEST:
        return None
    words = _COLOURS.sub("", visible(text.replace("\ufffc", ""))).rstrip(".!").split()
    if len(words) == _WORDS_OF_COMMAND and words[0].lower() == _COMMAND:
        return _as_command(words[1:])
    if not 1 <= len(words) <= 2:
        return None
    verdict, code = words[0].lower(), "".join(words[1:]).upper()
    if code and not _CODE.fullmatch(code):
        return None
    if verdict == _ALWAYS:
        return OwnerAnswer(approve=True, code=code, always=True) if code else None
    return OwnerAnswer(verdict in _YES, code) if verdict in (*_YES, *_NO) else None


def _as_command(words: list[str]) -> OwnerAnswer | None:
    """What ``/approve`` takes, said without the slash: a code and a decision in either order (behaviour facts I.2)."""
    for code, word in (words, words[::-1]):
        decision = DECISIONS.get(word.lower())
        if decision is not None and _CODE.fullmatch(code.upper()):
            always = decision is Decision.ALWAYS
            return OwnerAnswer(decision is not Decision.DENY, code.upper(), always=always)
    return None


def recognise(
    tx: Tx, message: InboundMessage, owner: Notified | None, region: str, now: datetime
) -> Command | Reason | None:
    """The command that a message is as an answer of the owner, or why it may not be one.

    ``None`` for what is no answer, and for what anybody else wrote: that goes the way of every message.
    """
    said, chat = read_answer(message.text), message.chat
    if owner is not None and chat is not None and message.is_reaction:
        is_one = _by_tapback(tx, message, owner, region, now) is not None
        return (refusal_as_owner(owner.handle, chat, sms_owner=owner.by_sms) or ANSWER) if is_one else None
    if said is None or owner is None or chat is None or not _is_theirs(message, chat, owner, region):
        return None
    if not (_is_known(tx, said) if said.code else _named(tx, message, chat, now)):
        return None
    return refusal_as_owner(owner.handle, chat, sms_owner=owner.by_sms) or ANSWER


def carry_out(tx: Tx, held: LedgerMessage, owner: Notified | None, region: str, now: datetime) -> Decided:
    """Do what the owner's answer ``held`` says, settle it, and return what they are told."""
    messages.settle(tx, [held.id], MessageState.ANSWERED, now, held.command)
    if held.message.is_reaction:
        given = _by_tapback(tx, held.message, owner, region, now) if owner else None
        return decide(tx, *given, BY_REPLY, now) if given else Decided(_which(_waiting(tx, now)))
    said, chat = read_answer(held.message.text), held.message.chat
    if said is None or chat is None:
        raise ValueError(f"message {held.id} is no answer of the owner")
    if said.code:
        return decide(tx, said.code, said, BY_REPLY, now)
    waiting = _waiting(tx, now)
    if len(waiting) == 1 and _named(tx, held.message, chat, now):
        return decide(tx, waiting[0].code, said, BY_REPLY, now)
    return Decided(_which(waiting))


def _by_tapback(
    tx: Tx, message: InboundMessage, owner: Notified, region: str, now: datetime
) -> tuple[str, OwnerAnswer] | None:
    """The code and the answer that the owner gave by a tapback on a notice.

    ``None`` for another tapback or one that was taken away, somebody else's, one on something else, or on a notice that
    tells of several requests or of none that is open.
    """
    tapback, chat = tapbacks.read(message.text), message.chat
    approve = None if tapback.removed else _BY_TAPBACK.get(tapback.kind)
    if approve is None or chat is None or not _is_theirs(message, chat, owner, region):
        return None
    number = notices.number_of(tx, message.account, chat.key, message.reply_to_guid)
    told = _told_in(tx, number, now) if number is not None else []
    return (told[0].code, OwnerAnswer(approve)) if len(told) == 1 else None


def decide(tx: Tx, code: str, said: OwnerAnswer, by: str, now: datetime) -> Decided:
    """Answer the request with ``code`` in any account, on the word of ``by``; what to answer them.

    Whoever is let in is told, in the chat where they asked.
    """
    if (asked := permissions.find_open(tx, code, now)) is not None:
        return _permit(tx, asked, said, by, now)
    try:
        request = requests.open_request(tx, code, None, now)
    except NotFound:
        return Decided(f"No request with the code {code.strip().upper()} is open any more.")
    if not said.approve:
        requests.deny(tx, request, by, now)
        return Decided(f"{request.handle} was not let in.")
    requests.approve(tx, request, by, now, notify=True)
    return Decided(f"{request.handle} was let in.", request.account)


def _is_theirs(message: InboundMessage, chat: ChatRef, owner: Notified, region: str) -> bool:
    """Whether the owner wrote it in their own direct chat. Whose an own row is, the gates find out."""
    if chat.has_group_shape:
        return False
    peer = parse_handle(chat.identifier or chat.guid.rpartition(";")[2], region)
    return peer == owner.handle and (message.from_me or parse_handle(message.sender, region) == owner.handle)


def _named(tx: Tx, message: InboundMessage, chat: ChatRef, now: datetime) -> bool:
    """Whether the last thing said in the chat before the message is a notice about a request that is still open."""
    last = notices.last_word(tx, message.account, chat.key)
    if last is None or last[1] >= message.row_id:
        return False
    return bool(_told_in(tx, last[0], now))


def _told_in(tx: Tx, number: int, now: datetime) -> list[Asking]:
    """The open requests that the notice with this number told of."""
    told = {(one.kind, one.subject) for one in notices.told_in(tx, number)}
    return [one for one in _waiting(tx, now) if (_kind(one), str(one.id)) in told]


def _waiting(tx: Tx, now: datetime) -> list[Asking]:
    """Everything that an answer could mean."""
    return [*pairing.open_requests(tx, now), *permissions.open_requests(tx, now)]


def _kind(one: Asking) -> NoticeKind:
    return NoticeKind.PAIRING if isinstance(one, PairingRequest) else NoticeKind.PERMISSION


def _is_known(tx: Tx, said: OwnerAnswer) -> bool:
    """Whether the code was given out, to somebody of whom that can be said."""
    if permissions.is_known_code(tx, said.code):
        return True
    return not said.always and pairing.is_known_code(tx, said.code)


def _permit(tx: Tx, asked: PermissionRequest, said: OwnerAnswer, by: str, now: datetime) -> Decided:
    yes = Decision.ALWAYS if said.always else Decision.ONCE
    done = permits.decide(tx, asked, yes if said.approve else Decision.DENY, by, now)
    name = asker(asked.question)
    return Decided(
        f"{name} {_SAYS[done]}{' (it does not offer more)' if said.always and done is not yes else ''}."
    )


def _which(waiting: Sequence[Asking]) -> str:
    if not waiting:
        return "Nobody waits for an answer any more."
    return "\n".join(["Say which:", *(f"approve {one.code} ({_who(one)})" for one in waiting)])


def _who(one: Asking) -> str:
    return one.handle if isinstance(one, PairingRequest) else plea(one.question)
