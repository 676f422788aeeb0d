"""Stories: everything that happened to one message, told in order and in plain words."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from openclaw.control import words
from openclaw.control.asking import asking_steps, find_request
from openclaw.control.decisions import find_message
from openclaw.control.files import FILE, files_of
from openclaw.control.shapes import Json, iso
from openclaw.control.things import delivery_shape, message_shape, turn_shape
from openclaw.domain.delivery import Cause, Delivery, DeliveryState
from openclaw.domain.files import FileState
from openclaw.domain.messages import LedgerMessage, MessageState
from openclaw.domain.reasons import Reason
from openclaw.domain.turns import TurnState
from openclaw.store import Tx, checkpoints, delivery_lists, turns
from openclaw.store.checkpoints import Checkpoint

_ARRIVED = "The message reached the gateway."
_AGAIN = "It is judged again."


def story(tx: Tx, message: int, now: datetime) -> Json:
    """The story of a message, of the turn that answered it, and of every bubble that came of it.

    One that was met with a pairing code goes on with the request and what became of it until ``now``.

    Raises:
        NotFound: no message has that number.
    """
    held = find_message(tx, message)
    record = turns.find_record(tx, held.turn) if held.turn is not None else None
    bubbles = bubbles_of(tx, held, now)
    happened = checkpoints.story(tx, "message", held.id)
    if record is not None:
        happened += checkpoints.story(tx, "turn", record.turn.id)
    happened += checkpoints.story(tx, "delivery", *(bubble.id for bubble in bubbles))
    files = {str(one["id"]): one for one in files_of(tx, held)}
    happened += checkpoints.story(tx, "attachment", *map(int, files))
    # Steps of one moment keep the order in which things follow from one another: message, turn, bubbles.
    happened.sort(key=lambda step: step.at)
    return {
        "message": message_shape(held),
        "steps": [
            _arrival(held),
            *(_step(one, {bubble.id: bubble for bubble in bubbles}, files) for one in happened),
            *asking_steps(tx, held, now),
        ],
        "turn": turn_shape(record) if record else None,
        "deliveries": [delivery_shape(bubble) for bubble in bubbles],
        "files": list(files.values()),
    }


def bubbles_of(tx: Tx, held: LedgerMessage, now: datetime) -> list[Delivery]:
    """What was said because of a message: a command's answer, a turn's, or the code for its sender."""
    said = delivery_lists.of_cause(tx, Cause.COMMAND, held.id)
    if held.turn is not None:
        said += delivery_lists.of_cause(tx, Cause.TURN, held.turn)
    if held.reason == str(Reason.PAIRING_STARTED) and (found := find_request(tx, held, now)):
        said += delivery_lists.of_cause(tx, Cause.CHALLENGE, found[0].id)
    return said


def _arrival(held: LedgerMessage) -> Json:
    return {
        "at": iso(held.received_at),
        "subject": "message",
        "subjectId": held.id,
        "step": MessageState.RECEIVED,
        "title": _ARRIVED,
        "says": "",
        "fix": "",
    }


def _step(one: Checkpoint, bubbles: dict[int, Delivery], files: Mapping[str, Json]) -> Json:
    if one.subject == "attachment":
        title, says, fix = _of_file(one, files[str(one.subject_id)])
    else:
        title, says, fix = _told(one, bubbles)
    return {
        "at": iso(one.at),
        "subject": one.subject,
        "subjectId": one.subject_id,
        "step": one.step,
        "title": title,
        "says": says,
        "fix": fix,
    }


def _of_file(one: Checkpoint, file: Json) -> tuple[str, str, str]:
    return f"The file {file['name']}: {FILE[FileState(one.step)]}", words.sentence(one.reason), ""


def _told(one: Checkpoint, bubbles: dict[int, Delivery]) -> tuple[str, str, str]:
    match one.subject:
        case "message":
            state = MessageState(one.step)
            title = _AGAIN if state is MessageState.RECEIVED else words.MESSAGE[state]
            return (title, *words.reason(one.reason))
        case "turn":
            turn = TurnState(one.step)
            return words.TURN[turn], words.joined("", one.reason), words.TURN_FIX.get(turn, "")
        case _:
            state = DeliveryState(one.step)
            what = words.CAUSE[bubbles[one.subject_id].cause]
            return (
                f"{what}: {words.DELIVERY[state]}",
                words.joined("", one.reason),
                words.DELIVERY_FIX.get(state, ""),
            )
