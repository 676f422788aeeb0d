"""Notices to the owner: what needs a person, and the one short message that tells it on a phone.

What needs a person is seen by log and page in any case. The message goes to the one handle of ``notify.owner``, into
its own direct chat, and nowhere else: never to a list, never to a group.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from openclaw.domain.access import Notified, PairingRequest
from openclaw.domain.acp import PermissionRequest, plea
from openclaw.domain.authority import refusal_as_owner
from openclaw.domain.delivery import Cause, OutboundMessage, Target
from openclaw.domain.handles import Handle
from openclaw.domain.ids import AccountId, ChatKey
from openclaw.domain.notices import Asking, Notice, NoticeKind
from openclaw.outbound.compose import bubble
from openclaw.store import Tx, accounts, databases, deliveries, notices, pairing, permissions

BETWEEN = timedelta(minutes=1)
"""How far two messages to the owner are apart, at least; what comes meanwhile is folded into the next one."""

# More than these are told as a number: the message has to stay one that is read.
_NAMED = 3
# Which command lists what waits for an answer.
_LISTED: Mapping[type[Asking], str] = {
    PairingRequest: "pairing list imessage",
    PermissionRequest: "approvals list",
}
# A mail address may be as long as whoever made it likes.
_LONGEST_HANDLE = 80


@dataclass(frozen=True, slots=True)
class Readers:
    """Who is told, at each enabled account as its region writes the handle; nobody when it is empty.

    ``default`` is the account that speaks when the one that something is about cannot.
    """

    at: Mapping[AccountId, Notified] = field(default_factory=dict[AccountId, Notified])
    default: AccountId = AccountId("")


def gather(tx: Tx, seen: Mapping[NoticeKind, Sequence[Notice]], now: datetime) -> list[Notice]:
    """Note what needs a person by now, and forget what does not any more. Returns what is news.

    ``seen`` is what the ledger does not know, of each kind all that there is.
    """
    asking = [_of_request(one) for one in pairing.open_requests(tx, now)]
    pleading = [_of_permission(one) for one in permissions.open_requests(tx, now)]
    paused = [_of_pause(one) for one in accounts.pauses(tx) if one.reason]
    found = {
        **seen,
        NoticeKind.PAIRING: asking,
        NoticeKind.PERMISSION: pleading,
        NoticeKind.PAUSE: paused,
    }
    for kind, these in found.items():
        notices.over(tx, kind, {one.subject for one in these})
    return [one for these in found.values() for one in these if notices.put(tx, one)]


def tell(tx: Tx, readers: Readers, able: Collection[AccountId], now: datetime) -> AccountId | None:
    """Queue one message to the owner about all that they have not been told of; by which account, if there is one.

    ``able`` are the accounts that can send at this moment. Nothing is queued within a minute of the last message, but
    for what an agent asks after the owner's answer.
    """
    untold = [one for one in notices.waiting(tx) if one.told is None]
    account = _speaker(tx, untold, readers, able)
    number = (
        notices.next_number(tx, now, _rest(tx, untold, account, readers)) if account is not None else None
    )
    if account is None or number is None:
        return None
    to = readers.at[account]
    message = _addressed(tx, account, to)
    is_trusted = isinstance(message.target, str) or not refusal_as_owner(
        to.handle, message.target, sms_owner=to.by_sms
    )
    may_answer = is_trusted and _is_let_in(tx, account, to)
    text = words([(one, _request(tx, one, now)) for one in untold], may_answer=may_answer)
    sent = OutboundMessage(account, message.target, text, message.service)
    deliveries.queue(tx, Cause.NOTICE, number, [sent], now)
    notices.mark_told(tx, untold, number)
    return account


def _is_let_in(tx: Tx, account: AccountId, to: Notified) -> bool:
    """Whether a reply passes the gates: what is asked of somebody who may not answer would be met with a code."""
    own = accounts.learnt_handles(tx).get(account, frozenset())
    granted = pairing.granted_handles(tx, account) if to.by_grant else frozenset[Handle]()
    return to.listed or to.handle in own | granted


def _rest(tx: Tx, untold: Sequence[Notice], account: AccountId, readers: Readers) -> timedelta:
    """How long after the last message the next may follow.

    An agent asks one thing after the other, and its turn waits: once something else was said in that chat, such as the
    word about the owner's answer, its next question comes at once.
    """
    pleads = any(one.kind is NoticeKind.PERMISSION for one in untold)
    is_read = pleads and not notices.is_last_said(tx, account, _direct(readers.at[account]))
    return timedelta(0) if is_read else BETWEEN


def words(told: Sequence[tuple[Notice, Asking | None]], *, may_answer: bool) -> str:
    """What the owner reads about ``told``, each with its request if it is one. ``may_answer``: a reply would count."""
    asking = [request for _, request in told if request is not None]
    people = [one for one in asking if isinstance(one, PairingRequest)]
    agents = [one for one in asking if isinstance(one, PermissionRequest)]
    others = [notice.says for notice, request in told if request is None and notice.says]
    lines = [
        *_named([_asks(one) for one in people], "person asks", "people ask"),
        *_named([_pleads(one) for one in agents], "question of an agent waits", "questions of agents wait"),
        *_named(others, "thing needs you", "things need you"),
    ]
    return "\n".join([*lines, _how(asking, may_answer=may_answer)])


def _named(lines: Sequence[str], one: str, several: str) -> list[str]:
    """The first of ``lines``, and of how many more there are."""
    more = len(lines) - _NAMED
    return [*lines[:_NAMED], *([f"{more} more {one if more == 1 else several}."] if more > 0 else [])]


def _asks(one: PairingRequest) -> str:
    handle = one.handle if len(one.handle) <= _LONGEST_HANDLE else f"{one.handle[:_LONGEST_HANDLE]}…"
    return f"{handle} asks to be let in (account {one.account}, code {one.code})."


def _pleads(one: PermissionRequest) -> str:
    return f"{plea(one.question)} ({_place(one.chat)}, code {one.code})."


def _how(asking: Sequence[Asking], *, may_answer: bool) -> str:
    if not asking:
        return "See: openclaw attention"
    if not may_answer:
        kinds = {type(one) for one in asking}
        return f"To decide: openclaw {_LISTED[kinds.pop()] if len(kinds) == 1 else 'attention'}"
    if len(asking) == 1:
        return f"Answer yes or no, or: approve {asking[0].code}"
    return "Answer approve or deny with the code."


def _request(tx: Tx, notice: Notice, now: datetime) -> Asking | None:
    """The open request that a notice is about."""
    match notice.kind:
        case NoticeKind.PAIRING:
            standing: Sequence[Asking] = pairing.open_requests(tx, now)
        case NoticeKind.PERMISSION:
            standing = permissions.open_requests(tx, now)
        case _:
            return None
    return next((one for one in standing if str(one.id) == notice.subject), None)


def _of_request(request: PairingRequest) -> Notice:
    return Notice(NoticeKind.PAIRING, str(request.id), request.account, "", request.created_at)


def _of_permission(request: PermissionRequest) -> Notice:
    # For the log; whoever is told of it on a phone reads the request itself.
    says = f"{plea(request.question)} (code {request.code})."
    return Notice(NoticeKind.PERMISSION, str(request.id), request.account, says, request.asked_at)


def _of_pause(pause: accounts.Pause) -> Notice:
    # With its moment: the next pause of the same chat is another one.
    subject = f"{pause.account} {pause.chat} {pause.since.isoformat()}"
    what = f"{_place(pause.chat)} of account {pause.account}" if pause.chat else f"account {pause.account}"
    return Notice(NoticeKind.PAUSE, subject, pause.account, f"Stopped: {what}. {pause.reason}.", pause.since)


def _place(chat: ChatKey) -> str:
    return f"chat {chat.partition(';')[2] or chat}"[:_LONGEST_HANDLE]


def _speaker(
    tx: Tx, untold: Sequence[Notice], readers: Readers, able: Collection[AccountId]
) -> AccountId | None:
    if not untold or not readers.at:
        return None
    paused = accounts.paused_chats(tx)
    for account in (untold[-1].account, readers.default):
        if account not in readers.at or account not in able:
            continue
        if not accounts.is_paused(paused, account, _direct(readers.at[account])):
            return account
    return None


def _addressed(tx: Tx, account: AccountId, to: Notified) -> OutboundMessage:
    """An empty bubble to the direct chat with the owner, or to their handle where none is known for sure."""
    known = accounts.find_chat(tx, account, _direct(to))
    if not known or known[0].is_group or account in databases.unproven(tx):
        target: Target = to.handle
        return OutboundMessage(account, target, "")
    return bubble(account, known[0].chat, "")


def _direct(to: Notified) -> ChatKey:
    return ChatKey(f"-;{to.handle}")
