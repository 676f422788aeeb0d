"""Making the people and groups who write to the account.

Owns what counts as a number or a mail address, and the address book in the settings beside the database. A contact is
a direct chat that may still be empty.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from contextlib import closing
from pathlib import Path

from openclaw.errors import BadRequest
from openclaw.simulator import addresses, phone, rows, schema
from openclaw.simulator.envelope import is_object
from openclaw.simulator.page.conversations import account_handle
from openclaw.simulator.page.settings import change_settings, read_document
from openclaw.simulator.phone import Service

LONGEST_NAME = 100
MOST_MEMBERS = 31
"""Apple's own limit: 32 people, and one of them is the account."""

_MAIL = re.compile(r"[^\s@;/]{1,64}@[^\s@;/]{1,189}")
_PHONE = re.compile(r"\+?\d{3,15}")
_PHONE_SPACING = str.maketrans("", "", " ()-./")


def handle_of(text: str) -> str:
    """The handle that ``text`` means, as Messages would spell it; raises BadRequest when it means none."""
    given = text.strip()
    bare = given.translate(_PHONE_SPACING)
    if _MAIL.fullmatch(given):
        return given.lower()
    if _PHONE.fullmatch(bare):
        return addresses.normal(bare, "US")
    raise BadRequest(
        f"{given[:40]!r} is neither a phone number nor a mail address; write one like +15550100001 or ann@example.com"
    )


def address_book(database: Path) -> dict[str, str]:
    """Names by handle; raises BadSettings when the settings beside ``database`` cannot be used."""
    contacts = read_document(database).get("contacts", {})
    return {str(handle): str(name) for handle, name in contacts.items()} if is_object(contacts) else {}


def new_contact(database: Path, name: str, address: str, service: Service) -> int:
    """Make the direct chat with ``address``, named in the address book, and return its id.

    Raises BadRequest for an address that is none or is the account's own.
    """
    handle = _other(database, address)
    with closing(schema.open_writing(database)) as connection:
        connection.execute("BEGIN IMMEDIATE")
        with connection:
            chat = rows.direct_chat(connection, handle, service)
    if name:
        _note_names(database, {handle: name})
    return chat


def new_group(database: Path, name: str, members: Sequence[str], service: Service) -> int:
    """Found a group of ``members``, "" for an unnamed one, and return its id; raises BadRequest for bad members."""
    handles = list(dict.fromkeys(_other(database, each) for each in members))
    if not 2 <= len(handles) <= MOST_MEMBERS:
        raise BadRequest(
            f"a group has 2 to {MOST_MEMBERS} different members beside the account, not {len(handles)}"
        )
    return phone.make_group(database, name, handles, service)


def _other(database: Path, address: str) -> str:
    handle = handle_of(address)
    if handle == account_handle(database):
        raise BadRequest(f"{handle} is the account itself; choose another number or address")
    return handle


def _note_names(database: Path, names: Mapping[str, str]) -> None:
    def noted(document: dict[str, object]) -> None:
        document["contacts"] = address_book(database) | dict(names)

    change_settings(database, noted)
