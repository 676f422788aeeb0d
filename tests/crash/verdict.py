"""The verdict on one crash: what was promised and does not hold. Pure, and judges nothing but the evidence."""

from __future__ import annotations

from collections import Counter
from itertools import groupby, pairwise
from typing import Any

from tests.crash.evidence import PLACES, Evidence, in_order, place_of, still_open
from tests.crash.script import WORD, Fate, Written

from openclaw.domain.delivery import Cause, DeliveryState
from openclaw.domain.messages import MessageState

_STATES = {
    Fate.ANSWERED: (MessageState.ANSWERED,),
    Fate.COMMAND: (MessageState.ANSWERED,),
    Fate.NOT_MENTIONED: (MessageState.CONTEXT, MessageState.SHOWN),
    Fate.CHALLENGED: (MessageState.CHALLENGED,),
    Fate.OWNER_TYPED: (MessageState.OWNER_TYPED,),
}
_WITHHELD = (MessageState.FAILED, MessageState.HELD, MessageState.LATE)


def complaints(evidence: Evidence) -> list[str]:
    """Every promise that was broken, in words; nothing when all were kept."""
    return [
        *still_open(evidence),
        *_messages(evidence),
        *_records(evidence),
        *_words(evidence),
        *_causes(evidence),
    ]


def withheld(evidence: Evidence) -> list[str]:
    """What was not said and is shown as such: allowed after a crash, and worth counting."""
    bubbles = [each for each in evidence.deliveries if each["state"] != DeliveryState.CONFIRMED]
    messages = [each for each in evidence.messages if each["state"] in _WITHHELD]
    return [f"delivery {each['id']} {each['state']} ({each['reason']})" for each in bubbles] + [
        f"message {each['id']} {each['state']} ({each['reason']})" for each in messages
    ]


def _messages(evidence: Evidence) -> list[str]:
    """Each line is in the ledger once, with its fate and its answer; what was there before the first start is not."""
    found: list[str] = []
    for one in evidence.written:
        records = [each for each in evidence.messages if each["guid"] == one.row.guid]
        if one.line.fate is Fate.TOO_OLD:
            found += [f"{one.line.name} is older than the first start and was taken up" for _ in records]
        elif len(records) > 1:
            found.append(f"{one.line.name} is {len(records)} times in the ledger")
        elif records:
            found += _message(evidence, one, records[0])
    return found


def _message(evidence: Evidence, one: Written, record: dict[str, Any]) -> list[str]:
    name, fate, state = one.line.name, one.line.fate, record["state"]
    if state in _WITHHELD and record["reason"]:
        return []
    if state not in _STATES[fate]:
        return [f"{name} is {state} ({record['reason']}), not {' or '.join(_STATES[fate])}"]
    if fate is Fate.ANSWERED:
        return _answer(evidence, one, _of_cause(evidence, Cause.TURN, record["turnId"]))
    if fate is Fate.COMMAND:
        return _answer(evidence, one, _of_cause(evidence, Cause.COMMAND, record["id"]))
    return []


def _answer(evidence: Evidence, one: Written, bubbles: list[dict[str, Any]]) -> list[str]:
    """Its bubbles go to its chat and hold all its words, each once."""
    name = one.line.name
    if not bubbles:
        return [f"{name} is answered, and nothing was ever queued for it"]
    found = [
        f"{name} was said in {one.line.place}, its answer {each['id']} goes elsewhere"
        for each in bubbles
        if place_of(evidence, each) != one.line.place
    ]
    if one.line.fate is Fate.ANSWERED:
        said = [word for each in bubbles for word in WORD.findall(each["text"])]
        found += [
            f"{word} is {said.count(word)} times in the answer"
            for word in one.line.words
            if said.count(word) != 1
        ]
    return found


def _records(evidence: Evidence) -> list[str]:
    """What stands on the phone is what is confirmed, bubble by bubble; nothing stands anywhere else."""
    found = [f"{evidence.phone.elsewhere} own rows stand in another chat"] if evidence.phone.elsewhere else []
    found += [
        f"delivery {each['id']} goes to no chat of ours"
        for each in evidence.deliveries
        if not place_of(evidence, each)
    ]
    for place in PLACES:
        confirmed = [
            each["text"] for each in in_order(evidence, place) if each["state"] == DeliveryState.CONFIRMED
        ]
        shown = evidence.phone.bubbles[place]
        if confirmed != shown:
            found.append(f"{place} shows {shown}, confirmed are {confirmed}")
    return found


def _words(evidence: Evidence) -> list[str]:
    """No word twice, none in another chat, and all in the order in which they were written."""
    order = {word: at for at, one in enumerate(evidence.written) for word in one.line.words}
    found: list[str] = []
    for place in PLACES:
        said = [word for bubble in evidence.phone.bubbles[place] for word in WORD.findall(bubble)]
        found += [f"{place} got {word} {times} times" for word, times in Counter(said).items() if times > 1]
        home = {word for one in evidence.written if one.line.place == place for word in one.line.words}
        found += [f"{place} got {word}, which was not said there" for word in said if word not in home]
        ranks = [(order.get(word, -1), word) for word in said]
        found += [
            f"{place} got {late[1]} before {early[1]}" for late, early in pairwise(ranks) if late > early
        ]
    return found


def _causes(evidence: Evidence) -> list[str]:
    """The bubbles of a reply arrive from the first on, without a gap; a stranger is challenged once."""
    found: list[str] = []
    ordered = sorted(evidence.deliveries, key=lambda each: (each["cause"], each["causeId"], each["index"]))
    for (cause, number), group in groupby(ordered, key=lambda each: (each["cause"], each["causeId"])):
        arrived = [each["state"] == DeliveryState.CONFIRMED for each in group]
        if arrived != sorted(arrived, reverse=True):
            found.append(f"the bubbles of {cause} {number} overtook each other: {arrived}")
    challenges = sum(each["cause"] == Cause.CHALLENGE for each in evidence.deliveries)
    strangers = any(one.line.fate is Fate.CHALLENGED for one in evidence.written)
    if challenges != int(strangers):
        found.append(f"{challenges} challenges were made")
    return found


def _of_cause(evidence: Evidence, cause: Cause, number: int | None) -> list[dict[str, Any]]:
    found = [each for each in evidence.deliveries if (each["cause"], each["causeId"]) == (cause, number)]
    return sorted(found, key=lambda each: each["index"])
