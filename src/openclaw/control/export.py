"""Everything that was said and done, as lines of JSON, one after the other. Holds no more than a page of it."""

from __future__ import annotations

import heapq
from collections.abc import Iterator
from datetime import datetime

from openclaw.control.files import files_of
from openclaw.control.operator import find_chats
from openclaw.control.shapes import Json
from openclaw.control.things import delivery_shape, message_shape, turn_shape
from openclaw.domain.delivery import Delivery
from openclaw.domain.ids import AccountId
from openclaw.domain.messages import LedgerMessage
from openclaw.domain.turns import TurnRecord
from openclaw.store import Tx, history

# A page for its buttons; a file has no use for them.
_FOR_BUTTONS = ("actions", "needsPerson", "fix")


def lines(tx: Tx, target: str | None, account: AccountId | None, since: datetime | None) -> Iterator[Json]:
    """Messages, turns and bubbles, of one chat or of all, begun at ``since`` or later, each kind in its order.

    ``kind`` says what a line is; a line comes when its thing began.

    Raises:
        NotFound: ``target`` names no chat that wrote to us.
        StoreError: the ledger cannot be read on.
    """
    places = None
    if target is not None:
        places = [(chat.account, chat.chat.key) for chat in find_chats(tx, target, account)]
    span = history.Span(account, places, since)
    parts = (history.messages(tx, span), history.turns(tx, span), history.deliveries(tx, span))
    for _, one in heapq.merge(*parts, key=lambda entry: entry[0]):
        yield _line(tx, one)


def _line(tx: Tx, one: LedgerMessage | TurnRecord | Delivery) -> Json:
    match one:
        case LedgerMessage():
            kind, shape = "message", message_shape(one) | {"attachments": files_of(tx, one)}
        case TurnRecord():
            kind, shape = "turn", turn_shape(one)
        case Delivery():
            kind, shape = "delivery", delivery_shape(one)
    return {"kind": kind} | {name: value for name, value in shape.items() if name not in _FOR_BUTTONS}
