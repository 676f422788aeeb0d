"""What must hold of the bubbles: what left, how often and in which order, and what the ledger knows of it.

Each answer is a sentence. Where the design itself lets something go, the place says so.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable

from sqlalchemy import Row as Found
from sqlalchemy import select
from tests.schedules.mac import CHATS, Row
from tests.schedules.truth import Truth

from openclaw.domain.delivery import DeliveryState, OutboundMessage
from openclaw.domain.ids import ChatKey
from openclaw.domain.messages import canonical_text
from openclaw.store import Tx, deliveries, schema

_DELIVERY = schema.delivery
_GONE_ON = (DeliveryState.SENT, DeliveryState.CONFIRMED, DeliveryState.UNCONFIRMED, DeliveryState.DROPPED)


def at_a_send(tx: Tx, truth: Truth, message: OutboundMessage) -> list[str]:
    """A bubble goes to a chat as it is, is ``sending`` on disk, and nothing before it in its answer is missing."""
    if message.target not in CHATS:
        return [f"{message.text!r} goes to {message.target}, which is no chat"]
    [bubble, *more] = [
        one for one in deliveries.in_state(tx, DeliveryState.SENDING) if one.message == message
    ] or [None]
    if bubble is None or more:
        return [
            f"{message.text!r} is sent, and {1 + len(more) if bubble else 0} such bubbles are sending on disk"
        ]
    siblings = select(_DELIVERY).where(
        _DELIVERY.c.cause == bubble.cause,
        _DELIVERY.c.cause_id == bubble.cause_id,
        _DELIVERY.c.position < bubble.index,
        _DELIVERY.c.state.not_in(_GONE_ON),
    )
    return [
        f"bubble {bubble.id} is sent before {each.id} of the same answer, which is {each.state}"
        for each in tx.execute(siblings)
    ]


def left_once(tx: Tx, truth: Truth) -> list[str]:
    """What left, left once for each bubble and each word of the operator."""
    left = Counter((each.chat, each.text) for each in truth.mac.left)
    # Asked after each step: words for the database as it is take a tenth of the time.
    queued = Counter((chat, text) for chat, text in tx.exec_driver_sql("SELECT chat_key, text FROM delivery"))
    return [
        f"{place[1][:40]!r} to {place[0]} left {count} times for {queued[place]} bubbles"
        for place, count in left.items()
        if count > queued[place] + truth.resent[place]
    ]


def known_to_have_left(bubbles: Iterable[Found], truth: Truth) -> list[str]:
    """What we know to have left is what left."""
    queued, settled = Counter[tuple[ChatKey, str]](), Counter[tuple[ChatKey, str]]()
    for each in bubbles:
        place = (ChatKey(each.chat_key), each.text)
        queued[place] += 1
        settled[place] += each.state == DeliveryState.CONFIRMED
    left = Counter((each.chat, each.text) for each in truth.mac.left)
    found = []
    for place in {*queued, *left}:
        told = f"{place[1][:40]!r} to {place[0]}"
        if settled[place] > left[place] and not _said_by_others(place, truth):
            found.append(f"{told} left {left[place]} times, and {settled[place]} bubbles are confirmed")
        if truth.sleeps < 2 and not truth.mac.overslept and settled[place] < min(left[place], queued[place]):
            found.append(f"{told} left {left[place]} times, and only {settled[place]} bubbles are confirmed")
    return found


def _said_by_others(place: tuple[ChatKey, str], truth: Truth) -> bool:
    chat, said = place
    return any(
        row.whose in ("theirs", "mirror")
        and row.chat.key == chat
        and canonical_text(row.text).endswith(canonical_text(said))
        for row in truth.mac.rows
    )


def own_rows(bubbles: Iterable[Found], rows: dict[str, Row]) -> list[str]:
    """Each confirmed bubble has a row of its own, which says what it says."""
    found, of_row = [], defaultdict(list)
    numbers = {int(row.id): row for row in rows.values()}
    for each in bubbles:
        if each.state == DeliveryState.CONFIRMED:
            of_row[each.row_id].append(each.id)
            row = numbers.get(each.row_id)
            if row is None or row.chat.key != each.chat_key or not _says(row, each.text):
                found.append(
                    f"bubble {each.id}, {each.text[:40]!r}, is confirmed by row {each.row_id}: {row}"
                )
    found += [f"bubbles {ids} share row {number}" for number, ids in of_row.items() if len(ids) > 1]
    return found


def _says(row: Row, text: str) -> bool:
    return row.text == text or (row.whose == "theirs" and row.text.endswith(text))
