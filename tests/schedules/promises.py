"""What must hold, asked of the ledger and compared with what the Mac knows to be true. Each answer is a sentence.

Knows nothing of steps. Where the design itself lets something go, the place says so.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from sqlalchemy import Row as Found
from sqlalchemy import select
from tests.schedules.bubbles import known_to_have_left, left_once, own_rows
from tests.schedules.diagrams import step_breaches
from tests.schedules.mac import NEVER, OWN_CHAT, STRANGER, Row
from tests.schedules.truth import BEGAN, Truth

from openclaw.domain.delivery import Cause, DeliveryState
from openclaw.domain.ids import ChatKey
from openclaw.domain.messages import MessageState, canonical_text
from openclaw.domain.turns import TurnState
from openclaw.store import Tx, deliveries, schema, turns
from openclaw.store.deliveries import GIVEN_UP

_MESSAGE, _TURN, _DELIVERY = schema.message, schema.turn, schema.delivery
_UNFINISHED = (
    MessageState.RECEIVED,
    MessageState.SUSPECT,
    MessageState.LATE,
    MessageState.COMMANDED,
    MessageState.WAITING,
    MessageState.IN_TURN,
)
_ANSWERED = (MessageState.ANSWERED, MessageState.SILENT, MessageState.FAILED, MessageState.CANCELLED)
_THOUGHT_ABOUT = (*_ANSWERED, MessageState.WAITING, MessageState.IN_TURN, MessageState.COMMANDED)


def kept_before_counted(tx: Tx, truth: Truth) -> list[str]:
    """The cursor never passes a row that is not kept."""
    # Asked after each step: words for the database as it is take a tenth of the time.
    [cursor] = tx.exec_driver_sql("SELECT max(cursor) FROM account").one()
    kept = {identity for (identity,) in tx.exec_driver_sql("SELECT identity FROM message")}
    cursor = cursor or 0
    return [
        f"row {row.id} is below the cursor {cursor} and was not kept"
        for row in truth.mac.rows[truth.start : cursor]
        if row.guid not in kept
    ]


AT_EVERY_STEP = (kept_before_counted, left_once, step_breaches)
"""The questions that are asked after each step."""


def unfinished(tx: Tx, _truth: Truth) -> list[str]:
    """What is left half way, except what waits visibly behind a bubble that was given up."""
    found = [
        f"message {row.id} ({row.identity}) stays {row.state}: {row.reason}"
        for row in tx.execute(select(_MESSAGE).where(_MESSAGE.c.state.in_(_UNFINISHED)))
    ]
    found += [
        f"turn {row.id} stays {row.state}"
        for row in tx.execute(select(_TURN).where(_TURN.c.state.in_((TurnState.QUEUED, TurnState.RUNNING))))
    ]
    bubbles = tx.execute(select(_DELIVERY)).all()
    for row in bubbles:
        if row.state in deliveries.UNCERTAIN:
            found.append(f"bubble {row.id} stays {row.state}: {row.reason}")
        if row.state == DeliveryState.QUEUED and not _waits_visibly(row, bubbles):
            found.append(f"bubble {row.id} stays queued")
    return found


def at_the_end(tx: Tx, truth: Truth) -> list[str]:
    """Everything that must hold once all trouble is over."""
    rows = {row.guid: row for row in truth.mac.rows}
    kept = tx.execute(select(_MESSAGE)).all()
    bubbles = tx.execute(select(_DELIVERY)).all()
    truth.spoken = {(ChatKey(each.chat_key), each.text) for each in bubbles}
    return [
        *unfinished(tx, truth),
        *_nothing_lost(kept, truth),
        *(breach for each in kept for breach in _fate(each, rows[each.identity], truth)),
        *_right_chat(tx, kept, bubbles, rows),
        *left_once(tx, truth),
        *known_to_have_left(bubbles, truth),
        *own_rows(bubbles, rows),
        *step_breaches(tx, truth),
    ]


def decidable(tx: Tx, what: str) -> list[int]:
    """The numbers of what can be decided so."""
    table, states = {
        "release": (_MESSAGE, (MessageState.HELD, MessageState.LATE, MessageState.CONTEXT)),
        "drop": (
            _MESSAGE,
            (
                MessageState.HELD,
                MessageState.LATE,
                MessageState.QUARANTINED,
                MessageState.PAUSED,
                MessageState.CONTEXT,
            ),
        ),
        "resend": (_DELIVERY, deliveries.IN_DOUBT),
        "drop bubble": (_DELIVERY, (*deliveries.IN_DOUBT, DeliveryState.QUEUED)),
        "retry": (_TURN, turns.BADLY_ENDED),
        "cancel": (_TURN, (*turns.BADLY_ENDED, TurnState.QUEUED, TurnState.RUNNING)),
    }[what]
    return list(tx.scalars(select(table.c.id).where(table.c.state.in_(states)).order_by(table.c.id)))


def _waits_visibly(row: Found, bubbles: Iterable[Found]) -> bool:
    return any(
        (each.cause, each.cause_id) == (row.cause, row.cause_id)
        and each.position < row.position
        and each.state in GIVEN_UP
        for each in bubbles
    )


def _nothing_lost(kept: Iterable[Found], truth: Truth) -> list[str]:
    known = Counter(each.identity for each in kept)
    lost = [f"row {row.id} was never kept" for row in truth.mac.rows[truth.start :] if row.guid not in known]
    old = [f"old row {row.id} was taken up" for row in truth.mac.rows[: truth.start] if row.guid in known]
    return lost + old


def _fate(kept: Found, row: Row, truth: Truth) -> list[str]:
    """Whether what became of a row is what may become of it."""
    told = f"message {kept.id}, {row.text[:40]!r} ({row.whose}, {row.chat.key}), ended as {kept.state}: {kept.reason}"
    if row.whose == "mirror":
        is_dropped = (kept.state, kept.reason) == (MessageState.DROPPED, "own-handle")
        return [] if is_dropped else [f"the mirror of a row counts: {told}"]
    if row.whose != "theirs":
        if row.guid in truth.mac.overslept and row.chat == OWN_CHAT:
            # Known: given up, and then slept over. In the chat with oneself it counts as what a person says.
            return []
        if kept.turn_id is not None or kept.state in _THOUGHT_ABOUT:
            return [f"a row of our own became a turn: {told}"]
        if truth.sleeps > 1 and kept.state == MessageState.OWNER_TYPED:
            # Known: what leaves after two sleeps comes long after the doubt about it was given up.
            return []
        expected = MessageState.OURS if row.whose == "ours" else MessageState.OWNER_TYPED
        return [] if kept.state == expected else [f"it should be {expected}: {told}"]
    return (
        [] if _may_end_so(kept, row, truth) else [f"it should have been answered or visibly withheld: {told}"]
    )


def _may_end_so(kept: Found, row: Row, truth: Truth) -> bool:
    never = row.flaw if row.whole_at >= NEVER else ""
    match kept.state:
        case MessageState.ANSWERED | MessageState.SILENT | MessageState.FAILED:
            return (
                row.at >= BEGAN
                and row.sender != STRANGER
                and never not in ("chat", "text")
                and bool(row.text)
            )
        case MessageState.CANCELLED:
            said_stop = any(other.text == "/stop" and other.chat == row.chat for other in truth.mac.rows)
            return said_stop or truth.cancels > 0
        case MessageState.CHALLENGED:
            return row.sender == STRANGER
        case MessageState.QUARANTINED:
            return never == "chat"
        case MessageState.HELD:
            # Released, a row without a direction counts as a person's.
            return (kept.reason == "suspect-echo" and _like_ours(row, truth)) or never == "side"
        case MessageState.OURS:
            # Design section 4, rule 3: what says what we have just said, before our own row came, is taken for it.
            return _like_ours(row, truth)
        case MessageState.DROPPED:
            return _may_be_dropped(kept, row, never, truth)
        case _:
            return False


def _may_be_dropped(kept: Found, row: Row, never: str, truth: Truth) -> bool:
    match kept.reason:
        case "empty":
            return not row.text or never == "text"
        case "before-start":
            return row.at < BEGAN
        case "dropped":
            return kept.id in truth.dropped
        case "command-late" | "command-unauthorised":
            return row.text.startswith("/")
        case "pairing-late" | "pairing-full":
            return row.sender == STRANGER
        case _:
            return False


def _like_ours(row: Row, truth: Truth) -> bool:
    text = canonical_text(row.text)
    said = [canonical_text(each) for chat, each in truth.spoken if chat == row.chat.key]
    is_long = len(text.split()) >= 4 or row.chat == OWN_CHAT
    return is_long and any(text.endswith(each) or each.endswith(text) for each in said)


def _right_chat(tx: Tx, kept: Iterable[Found], bubbles: Iterable[Found], rows: dict[str, Row]) -> list[str]:
    """A turn and its answer are of the chat of each of its messages."""
    chats = {each.id: rows[each.identity].chat.key for each in kept}
    of_turn = {each.id: each.chat_key for each in tx.execute(select(_TURN))}
    found = [
        f"message {each.id} of {chats[each.id]} is in turn {each.turn_id} of {of_turn[each.turn_id]}"
        for each in kept
        if each.turn_id is not None and of_turn[each.turn_id] != chats[each.id]
    ]
    origin = {Cause.TURN: of_turn, Cause.COMMAND: chats}
    found += [
        f"bubble {each.id} goes to {each.chat_key}, its {each.cause} is of {origin[each.cause][each.cause_id]}"
        for each in bubbles
        if each.cause in origin and origin[each.cause][each.cause_id] != each.chat_key
    ]
    return found
