"""Explanations: why a message became what it became. Its story, with the gates it came to and the keys that decided.

The keys are those of the configuration as it is now; what it was at the time is not kept.
"""

from __future__ import annotations

from datetime import datetime

from openclaw.config.deciding import Matter
from openclaw.control.bound import bound_says
from openclaw.control.decisions import find_message
from openclaw.control.grounds import gates_shape, reason_shape, route_shape
from openclaw.control.judging import Judging
from openclaw.control.kept_back import flag_of
from openclaw.control.operation import Answer, Param
from openclaw.control.params import Params, number, text
from openclaw.control.shapes import Json
from openclaw.control.story import bubbles_of, story
from openclaw.control.waiting import wait_of
from openclaw.domain.ids import MessageGuid
from openclaw.domain.messages import LedgerMessage, MessageState
from openclaw.domain.reasons import Reason
from openclaw.errors import NotFound
from openclaw.inbound.gates import AFTERWARDS, trace_of
from openclaw.store import Tx, checkpoints, delivery_lists, history, turns

GUID = Param("guid")
LAST = Param("last", "number", default=1, most=100)
NUMBER = Param("id", "number", most=2**53)

_LET_IN = (MessageState.WAITING, MessageState.COMMANDED, MessageState.PAUSED, MessageState.LATE)


def explain(tx: Tx, params: Params, now: datetime, judging: Judging | None) -> Answer:
    """The explanations of one message by its number or guid, or of the newest ones that are not our own.

    Raises:
        NotFound: no message of the ledger has that number or guid.
    """
    guid = text(params, GUID.name)
    if params.get(NUMBER.name) not in (None, ""):
        ids = [find_message(tx, number(params, NUMBER.name, 1, NUMBER.most)).id]
    elif guid is not None:
        ids = history.with_guid(tx, MessageGuid(guid))
        if not ids:
            raise NotFound(f"no message with the guid {guid[:80]} is in the ledger")
    else:
        # After each answer the newest row is our own bubble, about which nobody wonders.
        ids = history.newest_of_others(tx, number(params, LAST.name, 1, LAST.most))
    return Answer({"messages": [explanation(tx, each, now, judging) for each in ids]})


def explanation(tx: Tx, message: int, now: datetime, judging: Judging | None) -> Json:
    """The story of a message with its grounds; without ``judging`` no keys and no binding are told.

    Raises:
        NotFound: no message has that number.
    """
    held = find_message(tx, message)
    is_group = held.is_group or (judging is not None and judging.is_group(tx, held.message))
    route = judging.route(tx, held.message, now, is_group=is_group) if judging else None
    bubbles = bubbles_of(tx, held, now)
    turn = turns.find_record(tx, held.turn) if held.turn is not None else None
    wait = wait_of(tx, held, turn, bubbles, judging.answering if judging else None)
    went: Json | None = None
    if held.session:
        same = route is not None and (route.agent, route.session) == (held.agent, held.session)
        found = route_shape(route) if route and same else {"matchedBy": ""}
        went = {**found, "agent": held.agent, "session": held.session}
    agent, switch = route.agent if route else None, flag_of(held, judging)
    matter = Matter(held.message.account, held.message.chat, is_group, agent, switch)
    return {
        **story(tx, message, now),
        "delaySeconds": round((held.received_at - held.message.sent_at).total_seconds(), 3),
        "isGroup": is_group,
        **_judged(tx, held, matter, judging),
        "route": went,
        "bound": bound_says(tx, held.message.account, held.message.chat, judging, now),
        "command": held.command or None,
        "ownRows": _own_rows(tx, [bubble.id for bubble in bubbles]),
        "waitsFor": wait.what,
        "whatHelps": wait.fix,
    }


def _judged(tx: Tx, held: LedgerMessage, matter: Matter, judging: Judging | None) -> Json:
    """The last verdict of the gates, and what became of the message behind them; what else happened is in the steps."""
    told = [one for one in checkpoints.story(tx, "message", held.id) if one.reason in set(Reason)]
    verdicts = [one for one in told if Reason(one.reason) not in AFTERWARDS]
    later = [Reason(one.reason) for one in told if Reason(one.reason) in AFTERWARDS]
    afterwards: Json = {"afterwards": reason_shape(later[-1], matter, judging) if later else None}
    if not verdicts:
        return {"verdict": None, "gates": [], **afterwards}
    last = verdicts[-1]
    reason, admitted = Reason(last.reason), last.step in _LET_IN
    way = trace_of(reason, held.message, admitted=admitted, is_group=matter.is_group)
    return {"verdict": reason_shape(reason, matter, judging), "gates": gates_shape(way, reason), **afterwards}


def _own_rows(tx: Tx, bubbles: list[int]) -> list[Json]:
    return [
        {"deliveryId": row.delivery, "guid": row.guid, "rowId": row.row_id}
        for row in delivery_lists.own_rows(tx, bubbles)
    ]
