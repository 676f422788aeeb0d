"""Loops: does a conversation run in a circle? Two machines that answer each other never stop by themselves (demand A9).

Behind the gates and before the lane. A loop pauses its chat, visibly; nothing is deleted.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from difflib import SequenceMatcher

from openclaw.domain.delivery import Cause, Delivery
from openclaw.domain.ids import TurnId
from openclaw.domain.messages import InboundMessage, canonical_text
from openclaw.store import Tx, accounts, delivery_lists, turns

_WITHIN = timedelta(seconds=60)
_PARROTED = 6
_NEARLY = 0.9
# What is compared costs the product of both lengths, and a circle shows in the first lines.
_LONGEST = 400


def runs_in_a_circle(tx: Tx, message: InboundMessage, most_a_minute: int, now: datetime) -> str | None:
    """Why one more turn in the message's chat would be one of a loop; ``None`` when it would not.

    Counts from the last time a pause of the chat was ended.
    """
    chat = message.chat
    if chat is None:
        return None
    recent = turns.since(tx, message.account, chat.key, now - _WITHIN)
    if len(recent) < min(_PARROTED, most_a_minute):
        return None
    ended = accounts.resumed_at(tx, message.account, chat.key)
    counted = [turn for turn, started in recent if ended is None or started > ended]
    if len(counted) >= most_a_minute:
        return f"loop: {len(counted)} turns within a minute"
    if len(counted) >= _PARROTED and _parrots(tx, counted[-_PARROTED:], message):
        return f"loop: {_PARROTED} times in a row nothing but our own words came back"
    return None


def _parrots(tx: Tx, counted: Sequence[TurnId], message: InboundMessage) -> bool:
    """Whether each time what came was nearly what we had said last; a conversation differs in the newest pair."""
    heard = message.text
    for turn in reversed(counted):
        if not _nearly(heard, " ".join(one.message.text for one in _said(tx, turn))):
            return False
        heard = " ".join(each.text for each in turns.load(tx, turn).messages)
    return True


def _said(tx: Tx, turn: TurnId) -> Sequence[Delivery]:
    return delivery_lists.of_cause(tx, Cause.TURN, turn)


def _nearly(heard: str, said: str) -> bool:
    one, other = canonical_text(heard)[:_LONGEST], canonical_text(said)[:_LONGEST]
    return bool(one) and SequenceMatcher(None, one, other, autojunk=False).ratio() >= _NEARLY
