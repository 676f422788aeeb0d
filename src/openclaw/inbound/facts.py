"""Facts: what the ledger knows that bears on a message, gathered for the gates, which do not look for themselves."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from openclaw.domain.access import PairingRequest
from openclaw.domain.admission import Reason
from openclaw.domain.chats import ChatRef
from openclaw.domain.delivery import Delivery, DeliveryState
from openclaw.domain.handles import Handle, parse_handle
from openclaw.domain.ids import NO_NUMBER, AccountId, ChatKey, DeliveryId, MessageGuid, SessionKey
from openclaw.domain.messages import InboundMessage, LedgerMessage
from openclaw.domain.own_words import OwnWords
from openclaw.inbound.access import AccessPolicy
from openclaw.inbound.admit import Facts
from openclaw.inbound.freshness import is_late
from openclaw.inbound.second_looks import STABLE, Look
from openclaw.store import Tx, accounts, databases, deliveries, pairing, phone_clocks, session_settings

# As far back as any of the echo rules looks: an open bubble may be older when the phone was away.
_OWN_WINDOW_MARGIN = timedelta(minutes=15)
# Rows of a batch that are so close in time ask about their chats in one go.
_ASKED_TOGETHER = timedelta(days=1)
# The other policies ignore grants.
_ASKS_FOR_GRANTS = ("pairing", "open")
_NEVER_LEFT = (DeliveryState.QUEUED, DeliveryState.EXPIRED, DeliveryState.FAILED)
_OPEN = (*deliveries.UNCERTAIN, DeliveryState.UNCONFIRMED, DeliveryState.PARKED)
# Of one that left, or may have: its row may still come, and a second try is then no longer needed.
_OPEN_ONCE_TRIED = (DeliveryState.QUEUED, DeliveryState.EXPIRED, DeliveryState.DROPPED)


@dataclass(frozen=True, slots=True)
class Times:
    """When a batch is judged, and from which age on a message is late."""

    now: datetime
    late_after: timedelta


@dataclass(frozen=True, slots=True)
class _Installation:
    """What holds for all accounts; ``learnt`` are the handles that own rows showed to be an account's own."""

    started: Mapping[AccountId, tuple[datetime, datetime | None]]
    unproven: frozenset[AccountId]
    paused: frozenset[tuple[AccountId, ChatKey]]
    learnt: Mapping[AccountId, frozenset[Handle]]
    own_handles: frozenset[Handle]


class Lookup:
    """The facts about the messages of one batch; what many of them share is looked up once.

    Lives inside one transaction. Whoever changes what facts are made of (a confirmed bubble, a learnt handle, a new
    request) calls :meth:`forget`.
    """

    def __init__(self, tx: Tx, batch: Sequence[LedgerMessage], configured: frozenset[Handle]) -> None:
        self._tx = tx
        self._batch = batch
        self._configured = configured
        self.forget()

    def forget(self) -> None:
        """Look everything up anew."""
        self._words: dict[tuple[AccountId, ChatKey], tuple[datetime, tuple[OwnWords, ...]]] = {}
        self._requests: dict[AccountId, list[PairingRequest]] = {}
        self._grants: dict[AccountId, frozenset[Handle]] = {}
        self._guids: dict[AccountId, Mapping[MessageGuid, DeliveryId]] = {}
        self._offsets: dict[AccountId, timedelta] = {}
        self._installation: _Installation | None = None
        self._activations: Mapping[SessionKey, str] | None = None

    @property
    def activations(self) -> Mapping[SessionKey, str]:
        """For which sessions a command said that the agent must be called, or need not be."""
        if self._activations is None:
            self._activations = session_settings.of_all(self._tx, "activation")
        return self._activations

    def facts(
        self, held: LedgerMessage, policy: AccessPolicy, times: Times, look: Look, *, settles: bool = False
    ) -> Facts:
        """The facts about one message of the batch after ``look``; ``settles``: its account's rows have to."""
        message, chat, now = held.message, held.message.chat, times.now
        by_guid = self._by_guid(message, now)
        known = Facts(
            now,
            own_words=by_guid,
            own_handles=self._common.own_handles,
            released=held.released,
            addressed=held.released and held.reason == str(Reason.NOT_MENTIONED),
            look_again=not look.last and not held.released,
            files=held.files if policy.takes_files else 0,
            on_ours=message.is_reaction and self._is_ours(message.account, message.reply_to_guid),
        )
        if chat is None:
            return known
        sender = None if message.from_me else parse_handle(message.sender, policy.region)
        granted = (
            sender is not None
            and policy.dm_policy in _ASKS_FOR_GRANTS
            and sender in self._granted(message.account)
        )
        asks = sender is not None and not granted and self._may_ask(message, sender, policy)
        open_requests = self._open_requests(message.account, now) if asks else []
        return replace(
            known,
            own_words=self._own_words(message, chat, now) + by_guid,
            account_handles=policy.own_handles | self._common.learnt.get(message.account, frozenset()),
            granted=granted,
            pairing_open=any(request.handle == sender for request in open_requests),
            pairing_denied=sender is not None
            and asks
            and pairing.denied(self._tx, message.account, sender, now),
            requests_open=len(open_requests),
            late=is_late(
                message.sent_at, held.received_at, times.late_after, lambda: self._offset(message.account)
            ),
            before_start=self._before_start(message, times.late_after),
            unsettled=settles
            and not look.settled
            and not held.released
            # A row of a backlog has long become what it is, and each read costs the phone a look at all its messages.
            and not is_late(message.sent_at, held.received_at, STABLE, lambda: self._offset(message.account)),
            chat_unproven=self._is_unproven(message.account, chat),
            paused=accounts.is_paused(self._common.paused, message.account, chat.key),
        )

    def _may_ask(self, message: InboundMessage, sender: Handle, policy: AccessPolicy) -> bool:
        """Whether a message can come to the gate that makes requests; who is listed or writes in a group never does."""
        if policy.dm_policy != "pairing" or policy.is_group(message):
            return False
        chat = self.trusted_chat(message)
        return chat is None or not policy.allow_from.admits(sender, chat)

    def trusted_chat(self, message: InboundMessage) -> ChatRef | None:
        """The chat of a message by what is known to be its own: without its number while that may be another's."""
        chat = message.chat
        if chat is None or not self._is_unproven(message.account, chat):
            return chat
        return replace(chat, row_id=NO_NUMBER)

    def _is_unproven(self, account: AccountId, chat: ChatRef) -> bool:
        return account in self._common.unproven and not databases.knows_chat(self._tx, account, chat)

    def _own_words(self, message: InboundMessage, chat: ChatRef, now: datetime) -> tuple[OwnWords, ...]:
        since = min(now, message.sent_at) - _OWN_WINDOW_MARGIN
        known = self._words.get((message.account, chat.key))
        if known is None or known[0] > since:
            chats, since = self._asked_with(message.account, chat.key, since, now)
            found = _own_words(self._tx, message.account, chats, since, now)
            for each in chats:
                self._words[message.account, each] = since, tuple(found.get(each, ()))
            known = self._words[message.account, chat.key]
        return known[1]

    def _asked_with(
        self, account: AccountId, chat: ChatKey, since: datetime, now: datetime
    ) -> tuple[set[ChatKey], datetime]:
        """The chats of the batch to ask about with ``chat``, and from when on: one old row must not cost all."""
        rows = [held.message for held in self._batch if held.message.account == account]
        oldest = min([since, *(min(now, row.sent_at) - _OWN_WINDOW_MARGIN for row in rows)])
        if since - oldest > _ASKED_TOGETHER:
            return {chat}, since
        return {chat, *(row.chat.key for row in rows if row.chat)}, oldest

    def _by_guid(self, message: InboundMessage, now: datetime) -> tuple[OwnWords, ...]:
        """The bubble that has the guid of ``message``, however old it is and whatever chat was reported."""
        account = message.account
        if account not in self._guids:
            guids = [held.message.guid for held in self._batch if held.message.account == account]
            self._guids[account] = deliveries.by_guids(self._tx, account, [guid for guid in guids if guid])
        known = self._guids[account].get(message.guid)
        return () if known is None else (OwnWords(known, "", now, open=False, guid=message.guid),)

    def _is_ours(self, account: AccountId, guid: MessageGuid) -> bool:
        return bool(guid) and guid in deliveries.by_guids(self._tx, account, [guid])

    def _before_start(self, message: InboundMessage, tolerance: timedelta) -> bool:
        started, old_until = self._common.started.get(message.account, (None, None))
        if started is None or message.sent_at >= started - tolerance:
            return False
        # A phone whose clock is behind ours writes new rows with times before the start, but after its old ones.
        if old_until is not None and message.sent_at > old_until:
            return False
        return message.sent_at - self._offset(message.account) < started - tolerance

    def _offset(self, account: AccountId) -> timedelta:
        if account not in self._offsets:
            self._offsets[account] = phone_clocks.offset(self._tx, account)
        return self._offsets[account]

    def _open_requests(self, account: AccountId, now: datetime) -> list[PairingRequest]:
        if account not in self._requests:
            self._requests[account] = pairing.open_requests(self._tx, now, account)
        return self._requests[account]

    def _granted(self, account: AccountId) -> frozenset[Handle]:
        if account not in self._grants:
            self._grants[account] = pairing.granted_handles(self._tx, account)
        return self._grants[account]

    @property
    def _common(self) -> _Installation:
        if self._installation is None:
            learnt = accounts.learnt_handles(self._tx)
            self._installation = _Installation(
                started=accounts.first_starts(self._tx),
                unproven=databases.unproven(self._tx),
                paused=accounts.paused_chats(self._tx),
                learnt=learnt,
                own_handles=self._configured.union(*learnt.values()),
            )
        return self._installation


def _own_words(
    tx: Tx, account: AccountId, chats: Collection[ChatKey], since: datetime, now: datetime
) -> Mapping[ChatKey, Sequence[OwnWords]]:
    found = defaultdict[ChatKey, list[OwnWords]](list)
    for delivery, changed, guid in deliveries.recent(tx, account, chats, since):
        if delivery.state in _NEVER_LEFT and not _was_tried(delivery):
            continue
        words = OwnWords(
            delivery.id,
            delivery.message.text,
            # What may have left may show its row at any moment, however long the computer slept over it.
            now if delivery.state in deliveries.UNCERTAIN else changed,
            delivery.state in _OPEN or _was_tried(delivery),
            guid,
            since=delivery.began_at or delivery.queued_at,
            file=delivery.message.file,
        )
        found[delivery.message.chat_key].append(words)
    return found


def _was_tried(delivery: Delivery) -> bool:
    return delivery.attempts > 0 and delivery.state in _OPEN_ONCE_TRIED
