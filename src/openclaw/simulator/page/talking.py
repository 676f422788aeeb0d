"""What the people of the page do: say, react, and let the account's words come back; and the owner typing by hand.

Owns the checks that a person may do that where they want to; the rows themselves are `phone`'s.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import cast

from openclaw.errors import BadRequest, NotFound
from openclaw.simulator import phone, schema
from openclaw.simulator.page import bubbles, files
from openclaw.simulator.page.bubbles import Bubble
from openclaw.simulator.page.conversations import Conversation, find
from openclaw.simulator.phone import Service


def say(database: Path, chat: int, sender: str, text: str, uploads: Sequence[str]) -> Bubble:
    """Write what ``sender`` says, with the files taken in as ``uploads``, and return the bubble.

    Raises NotFound for an unknown chat or file, BadRequest for somebody who is not in the chat or says nothing.
    """
    where = find(database, chat)
    paths = [files.stored(database, each) for each in uploads]
    if not text and not paths:
        raise BadRequest("there is nothing to send; write a text or attach a file")
    said = phone.say(
        database, _member(where, sender), text, chat=chat, service=_service(where), attachments=paths
    )
    return _bubble(database, said.guid)


def react(database: Path, guid: str, sender: str, kind: str, *, remove: bool) -> Bubble:
    """Write or take away the reaction of ``sender`` and return the bubble as it is then.

    Raises NotFound for an unknown message, BadRequest for an unknown reaction or somebody who is not in its chat.
    """
    if kind not in phone.TAPBACKS:
        raise BadRequest(f"{kind[:20]!r} is no reaction; use one of {', '.join(phone.TAPBACKS)}")
    bubble = _bubble(database, guid)
    phone.tapback(database, _member(find(database, bubble.chat), sender), guid, kind, remove=remove)
    return _bubble(database, guid)


def owner_types(database: Path, chat: int, text: str) -> Bubble:
    """Write what the owner of the account types on another device and return it; raises NotFound."""
    where = find(database, chat)
    return _bubble(database, phone.owner_types(database, text, chat=chat, service=_service(where)).guid)


def echo(database: Path, chat: int, sender: str) -> Bubble:
    """Let the account's last bubble come back as if ``sender`` had written it, as a Mac at times shows own messages.

    Raises NotFound for an unknown chat, BadRequest where the account has said nothing yet.
    """
    where = find(database, chat)
    writer = _member(where, sender)
    with closing(schema.open_reading(database)) as connection:
        text = bubbles.last_of_account(connection, chat)
    if text is None:
        raise BadRequest("the account has written no text here yet; wait for its answer first")
    return _bubble(database, phone.say(database, writer, text, chat=chat, service=_service(where)).guid)


def _member(where: Conversation, sender: str) -> str:
    if sender not in where.members:
        raise BadRequest(
            f"{sender[:60]!r} is not in conversation {where.id}; choose one of {', '.join(where.members)}"
        )
    return sender


def _service(where: Conversation) -> Service:
    return cast("Service", where.service)


def _bubble(database: Path, guid: str) -> Bubble:
    with closing(schema.open_reading(database)) as connection:
        found = bubbles.by_guid(connection, [guid])
    if not found:
        raise NotFound(f"no conversation holds a message {guid[:60]!r}")
    return found[0]
