"""The operator's requests by name: what each is called, which values it takes, and which function answers it.

One table serves the running gateway's HTTP interface, its description, and the command line while no gateway runs, so
all of them agree. Knows no HTTP and opens nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType

from openclaw.control import explanation, hypothesis, looks, orders, people, sending
from openclaw.control.judging import Judging
from openclaw.control.looks import (
    ACCOUNT,
    ACTIVE,
    AGENT,
    ATTENTION_LIMIT,
    BEFORE,
    DELIVERY_STATE,
    ENTRIES,
    HOURS,
    ID,
    LIMIT,
    MESSAGE_STATE,
    TURN_STATE,
)
from openclaw.control.operation import Accounts, Answer, Informed, Judged, Operation, Param
from openclaw.control.params import Params, refuse_unknown
from openclaw.outbound.dictation import LONGEST_TEXT
from openclaw.store import Tx

NO_ACCOUNTS: Accounts = MappingProxyType({})

_TARGET = Param("target")
_ONE_TARGET = Param("target", required=True)
_CODE = Param("code", required=True)
_HANDLE = Param("handle", required=True)
_KEY = Param("key", required=True)
_NOTIFY = Param("notify", "flag")
_RECIPIENT = (_TARGET, ACCOUNT, Param("service"))
_MESSAGE = Param("text", most=LONGEST_TEXT)
_DRY_RUN = Param("dryRun", "flag")

_LOOKS: Mapping[str, Operation] = {
    "overview": Operation(looks.overview, (), "How much of what there is."),
    "attention": Operation(looks.show_attention, (ATTENTION_LIMIT,), "What needs a person."),
    "health": Operation(looks.show_health, (HOURS,), "The last hours in numbers."),
    "conversations": Operation(
        looks.show_conversations, (ACCOUNT, LIMIT, BEFORE), "The chats with their last words."
    ),
    "conversation": Operation(
        looks.show_conversation, (_ONE_TARGET, ACCOUNT, ENTRIES, BEFORE), "What was said in one chat."
    ),
    "explain": Operation(
        Judged(explanation.explain, optional=True),
        (explanation.NUMBER, explanation.GUID, explanation.LAST),
        "Why a message became what it became: by its number, by its guid, or the newest ones.",
    ),
    "explain/message": Operation(
        Judged(hypothesis.suppose),
        (
            hypothesis.SENDER,
            hypothesis.TEXT,
            ACCOUNT,
            hypothesis.CHAT,
            hypothesis.SERVICE,
            hypothesis.GROUP,
        ),
        "What would become of a message if it came now; nothing is written.",
    ),
    "story": Operation(looks.show_story, (ID,), "Everything about one message, in order."),
    "messages": Operation(looks.list_messages, (MESSAGE_STATE, LIMIT), "Messages and what became of them."),
    "deliveries": Operation(
        looks.list_deliveries, (DELIVERY_STATE, LIMIT), "What waits to be sent, or did not arrive."
    ),
    "delivery": Operation(sending.show_delivery, (ID,), "One bubble and where it stands."),
    "messages/recipient": Operation(
        Informed(sending.show_recipient), _RECIPIENT, "Where a message of yours would go; nothing is sent."
    ),
    "turns": Operation(looks.list_turns, (TURN_STATE, LIMIT), "The runs of the agents."),
    "sessions": Operation(looks.list_sessions, (LIMIT, AGENT, ACTIVE), "The agents' conversations."),
    "chats": Operation(looks.list_chats, (ACCOUNT, LIMIT), "The chats that wrote."),
    "approvals": Operation(looks.list_approvals, (), "What agents ask to be allowed."),
    "pairing": Operation(looks.list_requests, (ACCOUNT,), "Who asks to be let in."),
    "pairing/grants": Operation(looks.list_grants, (ACCOUNT,), "Who was let in by approval."),
    "contacts": Operation(people.list_contacts, (ACCOUNT, LIMIT), "Who is known."),
    "pauses": Operation(looks.list_pauses, (), "What is paused."),
}

_ORDERS: Mapping[str, Operation] = {
    "approvals/allow": Operation(orders.allow, (_CODE,), "Allow an agent what it asks, once.", changes=True),
    "approvals/always": Operation(
        orders.allow_always, (_CODE,), "Allow it for the rest of the session.", changes=True
    ),
    "approvals/deny": Operation(orders.refuse, (_CODE,), "Deny an agent what it asks.", changes=True),
    "pairing/approve": Operation(orders.approve, (_CODE, ACCOUNT, _NOTIFY), "Let somebody in.", changes=True),
    "pairing/deny": Operation(orders.deny, (_CODE, ACCOUNT), "Close a request.", changes=True),
    "pairing/import": Operation(
        Informed(orders.import_pairing),
        (Param("directory", required=True), _DRY_RUN),
        "Take over whom the original let in.",
        changes=True,
    ),
    "pairing/revoke": Operation(orders.revoke, (_HANDLE, ACCOUNT), "Take an approval back.", changes=True),
    "contacts/forget": Operation(
        people.forget_contact, (_HANDLE, ACCOUNT, _DRY_RUN), "Forget a person.", changes=True
    ),
    "pause": Operation(Informed(orders.pause), (_TARGET, ACCOUNT), "Stop answering.", changes=True),
    "resume": Operation(orders.resume, (_TARGET, ACCOUNT), "Answer again.", changes=True),
    "channels/confirm-database": Operation(
        orders.confirm_database, (ACCOUNT,), "Trust the group numbers of another database.", changes=True
    ),
    "messages/release": Operation(orders.release_message, (ID,), "Let a held message in.", changes=True),
    "messages/drop": Operation(orders.drop_message, (ID,), "Refuse a message that waits.", changes=True),
    "messages/send": Operation(
        Informed(sending.send),
        (*_RECIPIENT, _MESSAGE, Param("files"), Param("key")),
        "Write to somebody; once for each key.",
        changes=True,
    ),
    "deliveries/resend": Operation(orders.resend, (ID,), "Send a bubble once more.", changes=True),
    "deliveries/drop": Operation(orders.drop_delivery, (ID,), "Give a bubble up.", changes=True),
    "turns/retry": Operation(orders.retry_turn, (ID,), "Run a turn again.", changes=True),
    "turns/cancel": Operation(orders.cancel_turn, (ID,), "End a turn.", changes=True),
    "sessions/reset": Operation(orders.reset_session, (_KEY,), "Make the agent forget.", changes=True),
    "sessions/stop": Operation(orders.stop_session, (_KEY,), "Stop an answer.", changes=True),
}

OPERATIONS: Mapping[str, Operation] = {**_LOOKS, **_ORDERS}
"""Every request by its name, which is also its path below ``/api/``."""


def perform(
    tx: Tx,
    name: str,
    params: Params,
    now: datetime,
    accounts: Accounts = NO_ACCOUNTS,
    judging: Judging | None = None,
) -> Answer:
    """Do what ``name`` asks for, in one transaction of the ledger; ``name`` is one of ``OPERATIONS``.

    ``accounts`` may be left out for an operation that is not ``Informed``, ``judging`` for one that is not ``Judged``.

    Raises:
        BadRequest: a value is missing, unknown or unusable.
        NotFound: a value names something that is not there.
    """
    operation = OPERATIONS[name]
    refuse_unknown(params, operation.names)
    match operation.run:
        case Informed(run):
            return run(tx, params, now, accounts)
        case Judged(run):
            return run(tx, params, now, judging)
        case run:
            return run(tx, params, now)
