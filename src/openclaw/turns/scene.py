"""The scene of a turn: what surrounds it in the ledger when it begins, set in the transaction that claims it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from openclaw.domain.admission import Reason
from openclaw.domain.messages import MessageState
from openclaw.domain.sessions import Session, TranscriptEntry
from openclaw.domain.tapbacks import GivenTapback, read
from openclaw.domain.turns import Turn, TurnMessage
from openclaw.store import Tx, accounts, messages, overheard, session_settings
from openclaw.store.turns import as_told
from openclaw.turns.brief import PLAIN, Brief


@dataclass(frozen=True, slots=True)
class Scene:
    """What surrounds a turn.

    ``subject`` and ``members`` are the group's as the phone knows them; ``overheard`` was said in the group since the
    agent's last answer, and not to it; ``tapbacks`` were given since then. ``spoken_at`` is when somebody last spoke in
    the session before, ``activation`` what people set for it (``mention``, ``always`` or "").
    """

    brief: Brief = PLAIN
    now: datetime | None = None
    spoken_at: datetime | None = None
    subject: str = ""
    members: tuple[str, ...] = ()
    overheard: tuple[TurnMessage, ...] = ()
    tapbacks: tuple[GivenTapback, ...] = ()
    activation: str = ""


MOST_TAPBACKS = 50
"""As many as one prompt shows; far fewer are kept (``inbound/tapbacks.py``)."""

NOWHERE = Scene()
"""Of a turn about whose surroundings nothing is known."""


def set_scene(tx: Tx, turn: Turn, brief: Brief, session: Session | None, now: datetime) -> Scene:
    """The scene of ``turn``; ``session`` is as it was before the turn, ``None`` when nobody had spoken in it.

    What it shows of a group stays marked as this turn's until the turn has ended.
    """
    spoken_at = session.last_interaction_at if session else None
    if not turn.is_group:
        return Scene(brief, now, spoken_at, tapbacks=_tapbacks(tx, turn))
    known = accounts.find_chat(tx, turn.account, turn.chat.key)
    newest = messages.load(tx, [turn.messages[-1].id]) if turn.messages else []
    return Scene(
        brief,
        now,
        spoken_at,
        subject=known[0].name if known else "",
        members=newest[0].message.participants if newest else (),
        overheard=_overheard(tx, turn, brief.context_limit, now),
        tapbacks=_tapbacks(tx, turn),
        activation=session_settings.load(tx, turn.session).activation,
    )


def remembered(history: tuple[TranscriptEntry, ...], exchanges: int | None) -> tuple[TranscriptEntry, ...]:
    """The newest ``exchanges`` things that the user said, with what was answered; everything for ``None``. Pure."""
    if exchanges is None:
        return history
    starts = [place for place, entry in enumerate(history) if entry.role == "user"]
    if exchanges == 0 or not starts:
        return ()
    return history[starts[-exchanges] :] if exchanges <= len(starts) else history


def _overheard(tx: Tx, turn: Turn, most: int, now: datetime) -> tuple[TurnMessage, ...]:
    place = turn.account, turn.chat.key, most, turn.id
    # The limit may have been lowered since they were kept.
    messages.settle(tx, overheard.beyond(tx, *place), MessageState.DROPPED, now, Reason.CONTEXT_LEFT)
    found = overheard.newest(tx, *place)
    messages.show_in(tx, [held.id for held in found], turn.id)
    return tuple(as_told(held) for held in found)


def _tapbacks(tx: Tx, turn: Turn) -> tuple[GivenTapback, ...]:
    """What was put on messages of the chat since the agent answered there last."""
    found = overheard.newest(tx, turn.account, turn.chat.key, MOST_TAPBACKS, turn.id, tapbacks=True)
    messages.show_in(tx, [held.id for held in found], turn.id)
    rows = (held.message for held in found)
    return tuple(
        GivenTapback(read(row.text), row.sender, row.sender_name, row.reply_to_guid, row.sent_at, row.quote)
        for row in rows
    )
