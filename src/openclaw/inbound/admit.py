"""The gates in their one order, as one function. No other code path leads to a turn (design section 6).

Own or echo, conversation, direct or group policy, content, command authority, mention, then settled, late or paused.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from openclaw.domain.admission import (
    Admitted,
    Challenged,
    Dropped,
    Held,
    Overheard,
    OwnerTyped,
    Quarantined,
    Reason,
    Suspect,
    Verdict,
    command_refusal,
)
from openclaw.domain.chats import ChatRef
from openclaw.domain.commands import Command
from openclaw.domain.handles import Handle, is_automated, parse_handle
from openclaw.domain.ids import NO_NUMBER
from openclaw.domain.messages import InboundMessage, is_undecoded
from openclaw.domain.own_words import OwnWords, match_own, may_be_ours, repeats_us
from openclaw.domain.sessions import Peer, PeerKind
from openclaw.inbound import tapbacks
from openclaw.inbound.access import AccessPolicy
from openclaw.inbound.manners import Manners
from openclaw.inbound.pairing import MAX_OPEN_REQUESTS
from openclaw.inbound.speech import NOTHING_SET, Conversation, Speech


@dataclass(frozen=True, slots=True)
class Facts:
    """What the ledger knows that bears on one message.

    ``own_handles`` are those of every account of this installation, ``account_handles`` those of the one that the
    message reached: only a chat with these is one with oneself. ``granted`` says whether the sender was approved;
    ``pairing_open``, ``pairing_denied`` and ``requests_open`` are about pairing requests of the sender and of the
    account; ``answer`` is what the message is as an answer of the owner to a notice, or why not; ``late`` is a
    message that was old when it reached us first, ``before_start`` one from before the account's first start;
    ``released`` one of which the operator said that a person wrote it, ``addressed`` that it is to be answered although
    the agent was not called.
    ``look_again`` says that the phone can still be asked for the row once more, ``unsettled`` that it must be before
    anything follows from it; ``chat_unproven`` that the chat's number may mean another conversation than before.
    ``on_ours`` says that what the message belongs to is ours, such as what a tapback was put on.
    ``activation`` is what a command set for the group: ``always`` answers whatever is said, ``mention`` waits to be
    called, "" leaves it to the configuration. ``files`` is how many came with it, where files are taken at all.
    """

    now: datetime
    own_words: tuple[OwnWords, ...] = ()
    own_handles: frozenset[Handle] = frozenset()
    account_handles: frozenset[Handle] = frozenset()
    granted: bool = False
    pairing_open: bool = False
    pairing_denied: bool = False
    requests_open: int = 0
    answer: Command | Reason | None = None
    late: bool = False
    before_start: bool = False
    released: bool = False
    addressed: bool = False
    paused: bool = False
    look_again: bool = False
    unsettled: bool = False
    chat_unproven: bool = False
    activation: str = ""
    files: int = 0
    on_ours: bool = False


def admit(
    message: InboundMessage,
    policy: AccessPolicy,
    facts: Facts,
    command: Command | None,
    manners: Callable[[Peer], Manners],
    conversation: Conversation = NOTHING_SET,
) -> Verdict:
    """The one verdict on ``message``, with its reason.

    ``command`` is the command that the whole text is, if it is one; ``manners`` tells by which words the agent that
    would answer a peer is called there and how much is kept of what is said beside it, ``conversation`` what else bears
    on it there.
    """
    own = _own(message, policy, facts)
    if own is not None:
        return own
    is_told_of = not facts.chat_unproven and tapbacks.is_told_of(message, policy, on_ours=facts.on_ours)
    is_answer = isinstance(facts.answer, Command) and not policy.is_group(message)
    if message.is_reaction and not (is_told_of or is_answer):
        return Dropped(Reason.REACTION)
    chat = message.chat
    if chat is None:
        return _chatless(message, facts)
    if message.from_me and _is_empty(message, facts):
        return _again(facts, Reason.EMPTY, Dropped(Reason.EMPTY))
    sender = _sender(message, chat, policy, facts)
    if not isinstance(sender, str):
        return sender
    if message.from_me and not facts.released and repeats_us(message, facts.own_words):
        return Held(Reason.SUSPECT_ECHO)
    if chat.service not in policy.services and chat.service != "any":
        return Dropped(Reason.SERVICE)
    if facts.chat_unproven:
        if policy.is_group(message):
            return Held(Reason.OTHER_DATABASE)
        # The number of a direct chat is no name of it either, until somebody has said so.
        chat = replace(chat, row_id=NO_NUMBER)
    gate = _group if policy.is_group(message) else _direct
    verdict = gate(chat, sender, policy, facts)
    if message.is_reaction and not is_answer:
        is_old = facts.before_start and not facts.released
        return tapbacks.verdict_on(verdict, sender, chat, policy, is_old=is_old)
    if _is_empty(message, facts) and isinstance(verdict, Admitted | Challenged):
        return _again(facts, Reason.EMPTY, Dropped(Reason.EMPTY))
    if not isinstance(verdict, Admitted):
        return verdict
    standing = policy.standing(sender, chat, authorised=verdict.authorised)
    verdict = replace(verdict, owner=standing.owner, approver=standing.approver)
    speech = Speech(standing, command, manners, conversation)
    return _entering(message, chat, verdict, policy, facts, speech)


def _entering(
    message: InboundMessage,
    chat: ChatRef,
    verdict: Admitted,
    policy: AccessPolicy,
    facts: Facts,
    speech: Speech,
) -> Verdict:
    """The gates behind the one of policy: what is said, by whose authority, to whom, and when."""
    if is_undecoded(message.text) and not facts.released:
        return Held(Reason.UNREADABLE)
    answer = facts.answer if verdict.peer.kind is PeerKind.DIRECT else None
    if isinstance(answer, Reason):
        return Dropped(answer)
    command = speech.given(verdict.peer)
    if command is not None and (refused := command_refusal(command, speech.standing)):
        return Dropped(refused)
    # Whom a notice asks may answer it, whoever may give commands otherwise.
    command = command or answer
    if command is None and verdict.authorised and not facts.late:
        command = speech.stop(message.text, verdict.peer)
    if command is None and not facts.addressed:
        here = speech.manners(verdict.peer)
        if not here.is_called(message.text, required=_must_be_called(verdict.peer, chat, policy, facts)):
            return _beside(message, chat, verdict.peer, policy, facts, here.context_limit)
    if facts.before_start and not facts.released:
        return Dropped(Reason.BEFORE_START)
    if facts.unsettled:
        return Suspect(Reason.SETTLING)
    is_late = facts.late and not facts.released
    if is_late and command is not None and not command.in_lane:
        return Dropped(Reason.COMMAND_LATE)
    reason = Reason.PAUSED if facts.paused else verdict.reason
    return replace(verdict, reason=reason, command=command, paused=facts.paused, late=is_late)


def _beside(
    message: InboundMessage, chat: ChatRef, peer: Peer, policy: AccessPolicy, facts: Facts, limit: int
) -> Verdict:
    """The verdict on what was said beside the agent: context of its next answer in a group, else nothing."""
    is_old = facts.before_start and not facts.released
    shown = policy.shows_words(parse_handle(message.sender, policy.region), chat)
    if peer.kind is not PeerKind.GROUP or limit == 0 or is_old or not shown:
        return Dropped(Reason.NOT_MENTIONED)
    return Suspect(Reason.SETTLING) if facts.unsettled else Overheard(Reason.NOT_MENTIONED, limit)


def _own(message: InboundMessage, policy: AccessPolicy, facts: Facts) -> Verdict | None:
    """The verdict on a row that is ours or looks like it; ``None`` for what somebody else may have said."""
    own = match_own(message, facts.own_words, facts.now)
    if own is not None and own.reason is Reason.OWN_GUID:
        return own
    if message.is_reaction:
        # Its text is our word for it: that says nothing about whose words those are.
        return None
    by_own_handle = (
        message.from_me is False and parse_handle(message.sender, policy.region) in facts.own_handles
    )
    if facts.released or (by_own_handle and _is_self_chat(message.chat, policy, facts)):
        # The operator says that a person wrote it; or it is the second row of a chat with oneself (demand A5), and the
        # first one settles the delivery.
        return None
    if not message.from_me and facts.look_again and may_be_ours(message, facts.own_words, facts.now):
        return Suspect(Reason.LIKE_OURS)
    # In a group an own row that has no direction yet bears our handle; it is ours by its direction or not at all.
    return None if by_own_handle else own


def _chatless(message: InboundMessage, facts: Facts) -> Verdict:
    """The verdict on a row without its conversation (demand B2): nothing may be derived from its sender."""
    if message.from_me:
        return _again(
            facts, Reason.NO_CHAT, Dropped(Reason.EMPTY) if _is_empty(message, facts) else OwnerTyped()
        )
    return _again(facts, Reason.NO_CHAT, Quarantined(Reason.NO_CHAT))


def _again(facts: Facts, reason: Reason, at_last: Verdict) -> Verdict:
    """Another look at the phone while there may be one, ``at_last`` when there will be none."""
    return Suspect(reason) if facts.look_again else at_last


def _is_empty(message: InboundMessage, facts: Facts) -> bool:
    has_files = bool(message.attachments) or facts.files > 0
    return not has_files and not message.text.replace("\ufffc", "").strip()


def _is_self_chat(chat: ChatRef | None, policy: AccessPolicy, facts: Facts) -> bool:
    return chat is not None and not chat.has_group_shape and _peer(chat, policy) in facts.account_handles


def _peer(chat: ChatRef, policy: AccessPolicy) -> Handle | None:
    return parse_handle(chat.identifier or chat.guid.rpartition(";")[2], policy.region)


def _sender(message: InboundMessage, chat: ChatRef, policy: AccessPolicy, facts: Facts) -> Handle | Verdict:
    if message.from_me:
        # The sender of an own row is usually the other person, so nothing but a chat with oneself may look at it.
        peer = _peer(chat, policy) if _is_self_chat(chat, policy, facts) else None
        return OwnerTyped() if peer is None else peer
    sender = parse_handle(message.sender, policy.region)
    if sender is None:
        return Dropped(Reason.NO_SENDER)
    if sender in facts.own_handles:
        return Dropped(Reason.OWN_HANDLE)
    if message.from_me is None and not facts.released:
        return _again(facts, Reason.DIRECTION_UNKNOWN, Held(Reason.DIRECTION_UNKNOWN))
    return sender


def _direct(chat: ChatRef, sender: Handle, policy: AccessPolicy, facts: Facts) -> Verdict:
    peer = Peer(PeerKind.DIRECT, sender)
    listed = policy.allow_from.admits(sender, chat)
    if sender in facts.account_handles:
        return Admitted(Reason.SELF_CHAT, peer, authorised=True)
    match policy.dm_policy:
        case "open":
            return Admitted(
                Reason.DM_OPEN, peer, policy.may_command(sender, chat, listed=listed or facts.granted)
            )
        case "allowlist" | "pairing" if listed:
            return Admitted(Reason.DM_ALLOWED, peer, policy.may_command(sender, chat, listed=True))
        case "pairing" if facts.granted:
            return Admitted(Reason.DM_PAIRED, peer, policy.may_command(sender, chat, listed=True))
        case "pairing":
            return _challenge(sender, facts)
        case "allowlist":
            return Dropped(Reason.DM_NOT_ALLOWED)
        case _:
            return Dropped(Reason.DM_DISABLED)


def _challenge(sender: Handle, facts: Facts) -> Verdict:
    if is_automated(sender):
        return Dropped(Reason.PAIRING_AUTOMATED)
    if facts.pairing_open:
        return Challenged(Reason.PAIRING_PENDING, sender, fresh=False)
    if facts.late:
        return Dropped(Reason.PAIRING_LATE)
    if facts.pairing_denied:
        return Dropped(Reason.PAIRING_DENIED)
    if facts.requests_open >= MAX_OPEN_REQUESTS:
        return Dropped(Reason.PAIRING_FULL)
    return Challenged(Reason.PAIRING_STARTED, sender, fresh=True)


def _group(chat: ChatRef, sender: Handle, policy: AccessPolicy, _facts: Facts) -> Verdict:
    listed = policy.group_allow_from.admits(sender, chat)
    if policy.group_policy not in ("open", "allowlist"):
        return Dropped(Reason.GROUPS_DISABLED)
    if policy.group_policy == "allowlist" and not listed:
        return Dropped(Reason.GROUP_SENDER)
    if policy.groups and policy.group(chat) is None and policy.group_default() is None:
        return Dropped(Reason.GROUP_NOT_LISTED)
    commander = listed or policy.allow_from.admits(sender, chat)
    peer = Peer(PeerKind.GROUP, str(chat.row_id))
    return Admitted(Reason.GROUP_ALLOWED, peer, policy.may_command(sender, chat, listed=commander))


def _must_be_called(peer: Peer, chat: ChatRef, policy: AccessPolicy, facts: Facts) -> bool:
    if peer.kind is PeerKind.DIRECT:
        return policy.require_mention_in_dms
    if facts.activation:
        return facts.activation != "always"
    entry = policy.group(chat) or policy.group_default()
    return entry is None or entry.require_mention
