"""What is looked at after a crash: the phone's database, and what the gateway says of messages and deliveries."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.crash.script import CREW, Fate, Written
from tests.journeys.house import House
from tests.making import ANN, BOB

from openclaw.control import client
from openclaw.control.address import running_gateway
from openclaw.control.token import kept_token
from openclaw.domain.delivery import DeliveryState
from openclaw.domain.messages import MessageState
from openclaw.errors import ControlUnreachable
from openclaw.simulator import phone

PLACES = (ANN, BOB, CREW)

# The most that the gateway lists at a time, and far more than there is.
_MOST = 1000

# What the gateway still works on: a verdict would come too early.
_UNFINISHED = (
    MessageState.RECEIVED,
    MessageState.SUSPECT,
    MessageState.COMMANDED,
    MessageState.WAITING,
    MessageState.IN_TURN,
)
_ON_ITS_WAY = (DeliveryState.SENDING, DeliveryState.SENT)
# A person is told of these; what stands behind one in the same chat waits for it.
_IN_DOUBT = (DeliveryState.UNKNOWN, DeliveryState.PARKED)


@dataclass(frozen=True, slots=True)
class Phone:
    """The gateway's bubbles by place, oldest first, and how many own rows stand in no place that was written from."""

    bubbles: dict[str, list[str]]
    elsewhere: int


@dataclass(frozen=True, slots=True)
class Evidence:
    """Everything the verdict is based on; ``messages`` and ``deliveries`` as the command line prints them."""

    written: Sequence[Written]
    phone: Phone
    messages: list[dict[str, Any]]
    deliveries: list[dict[str, Any]]


def look_at_phone(database: Path, written: Sequence[Written]) -> Phone:
    """What the gateway has put on the phone until now."""
    typed = {one.row.guid for one in written}
    bubbles = {
        place: [
            bubble.text
            for bubble in phone.read_thread(database, place)
            if bubble.from_me and bubble.guid not in typed
        ]
        for place in PLACES
    }
    with closing(sqlite3.connect(database)) as connection:
        own = {guid for (guid,) in connection.execute("SELECT guid FROM message WHERE is_from_me = 1")}
    return Phone(bubbles, len(own - typed) - sum(map(len, bubbles.values())))


def ask(house: House, name: str, **params: object) -> dict[str, Any]:
    """What the running gateway says at once; raises ControlUnreachable when there is none."""
    gateway, token = running_gateway(house.state), kept_token(house.state)
    if gateway is None or not token:
        raise ControlUnreachable("it does not listen yet")
    return client.ask(gateway, f"/api/{name}", params, [token])


def asked(house: House, written: Sequence[Written]) -> Evidence:
    """The evidence from the running gateway, quickly; raises ControlUnreachable when there is none."""
    states = [str(state) for state in DeliveryState]
    # In the order of cause and effect: an answer that is seen has its bubbles in the list, a confirmed one its row.
    messages = ask(house, "messages", limit=_MOST)["messages"]
    deliveries = ask(house, "deliveries", state=states, limit=_MOST)["deliveries"]
    return Evidence(written, look_at_phone(house.mac, written), messages, deliveries)


async def listed(house: House, written: Sequence[Written]) -> Evidence:
    """What an operator would see: the lists of the command line, and the phone."""
    states = [word for state in DeliveryState for word in ("--state", str(state))]
    most = ("--limit", str(_MOST), "--json")
    messages, deliveries = await asyncio.gather(
        house.openclaw("messages", "list", *most), house.openclaw("deliveries", "list", *states, *most)
    )
    assert (messages.code, deliveries.code) == (0, 0), messages.err + deliveries.err
    return Evidence(
        written,
        look_at_phone(house.mac, written),
        messages.json()["messages"],
        deliveries.json()["deliveries"],
    )


def place_of(evidence: Evidence, delivery: dict[str, Any]) -> str:
    """The place that a delivery goes to; "" for none of them."""
    chats = {one.row.chat_id: one.line.place for one in evidence.written}
    return chats.get(delivery.get("chatId") or 0, "")


def in_order(evidence: Evidence, place: str) -> list[dict[str, Any]]:
    """The deliveries of one place, in the order in which they were queued."""
    found = [each for each in evidence.deliveries if place_of(evidence, each) == place]
    return sorted(found, key=lambda each: each["id"])


def still_open(evidence: Evidence) -> list[str]:
    """What has not come to its end yet; nothing when the gateway is at rest.

    A bubble whose fate is not known counts as settled while no row of it is on the phone: it is withheld, and shown.
    """
    kept = {each["guid"] for each in evidence.messages}
    due = [one for one in evidence.written if one.line.fate is not Fate.TOO_OLD]
    found = [f"{one.line.name} is not in the ledger" for one in due if one.row.guid not in kept]
    found += [f"message {m['id']} is {m['state']}" for m in evidence.messages if m["state"] in _UNFINISHED]
    for place in PLACES:
        ours = in_order(evidence, place)
        found += [
            f"delivery {each['id']} is {each['state']}" for each in ours if each["state"] in _ON_ITS_WAY
        ]
        waits = [each for each in ours if each["state"] == DeliveryState.QUEUED]
        if not any(each["state"] in _IN_DOUBT for each in ours):
            found += [f"delivery {each['id']} is queued" for each in waits]
        confirmed = sum(each["state"] == DeliveryState.CONFIRMED for each in ours)
        shown = len(evidence.phone.bubbles[place])
        if shown != confirmed:
            found.append(f"{place} shows {shown} bubbles, {confirmed} are confirmed")
    return found
