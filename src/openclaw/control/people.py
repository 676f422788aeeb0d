"""People: who is known, and forgetting somebody, each as a function from parameters to an answer."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime

from openclaw.control.looks import LIMIT, account_of
from openclaw.control.operation import Answer
from openclaw.control.params import Params, flag, number, required
from openclaw.control.shapes import Json, iso
from openclaw.domain.handles import parse_handle
from openclaw.errors import BadRequest, NotFound
from openclaw.store import Tx, accounts, forgetting
from openclaw.store.contacts import Contact, contacts


def list_contacts(tx: Tx, params: Params, now: datetime) -> Answer:
    """Who wrote, or was let in, or asks to be."""
    limit = number(params, LIMIT.name, LIMIT.default or 1, LIMIT.most)
    found = contacts(tx, now, account_of(params), limit)
    return Answer({"contacts": [contact_shape(one) for one in found]})


def forget_contact(tx: Tx, params: Params, now: datetime) -> Answer:
    """Forget a person; with ``dryRun`` only say what that would be.

    Raises:
        BadRequest: this is no handle, or our own, or something of theirs is under way.
        NotFound: nothing is known of them.
    """
    name, account, rehearsal = required(params, "handle"), account_of(params), flag(params, "dryRun")
    handle = parse_handle(name)
    if handle is None:
        raise BadRequest(f"{name[:80]} is no handle; name a number such as +15550100001, or a mail address")
    if handle in accounts.own_handles(tx):
        raise BadRequest(f"{handle} is an address of this gateway's own, and nobody else's")
    who = forgetting.find(tx, handle, account)
    if forgetting.under_way(tx, who):
        raise BadRequest(
            f"something of {handle} is being answered or sent; try again in some minutes, "
            "or end it first: openclaw turns list, openclaw deliveries list"
        )
    done = (forgetting.rehearse if rehearsal else forgetting.forget)(tx, who, now)
    if done.is_nothing:
        raise NotFound(f"nothing is known of {handle}; see: openclaw contacts list")
    body: Json = {"handle": handle, "accountId": account, "dryRun": rehearsal, "forgotten": asdict(done)}
    return Answer(body, wipe=not rehearsal)


def contact_shape(one: Contact) -> Json:
    """A person as far as the ledger knows them."""
    return {
        "handle": one.handle,
        "accountId": one.account,
        "messages": one.messages,
        "lastSeenAt": iso(one.last_seen) if one.last_seen else None,
        "approvedAt": iso(one.approved_at) if one.approved_at else None,
        "asks": one.asks,
    }
