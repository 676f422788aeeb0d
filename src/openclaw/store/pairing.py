"""Pairing requests and the grants that come of them. The only module that writes ``pairing.state``.

    A open ──> approved      (the operator gave the code; a grant is made)
    B open ──> expired       (an hour has passed; ``now`` decides, the row follows)
    C open ──> denied        (the operator said no; nobody is told)

A grant is (account, scope, handle): approving somebody in one account admits them to direct messages of that account
and to nothing else.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Literal, cast

from sqlalchemy import Connection, Row, bindparam, delete, insert, select, update

from openclaw.domain.access import Grant, PairingRequest
from openclaw.domain.chats import ChatRef
from openclaw.domain.handles import Handle
from openclaw.domain.ids import AccountId, ChatKey, ChatRowId
from openclaw.store.clock import from_ms, to_ms
from openclaw.store.people_schema import OPEN_REQUEST, access_grant
from openclaw.store.people_schema import pairing as table

LIFETIME = timedelta(hours=1)
"""Requirements page: "Pairing requests expire after 1 hour". Writing again does not extend it."""

DIRECT_MESSAGES = "dm"

Fate = Literal["open", "approved", "expired", "denied"]
"""What became of a request, as in the diagram."""

_GRANTED = select(access_grant.c.handle).where(
    access_grant.c.account == bindparam("of_account"), access_grant.c.scope == DIRECT_MESSAGES
)


def open_requests(tx: Connection, now: datetime, account: AccountId | None = None) -> list[PairingRequest]:
    """The requests that can still be approved, oldest first."""
    query = (
        select(table)
        .where(OPEN_REQUEST, table.c.created_at > to_ms(now - LIFETIME))
        .order_by(table.c.created_at, table.c.id)
    )
    if account is not None:
        query = query.where(table.c.account == account)
    return [_load(row) for row in tx.execute(query)]


def asked(
    tx: Connection, account: AccountId, chat: ChatKey, by: datetime, now: datetime
) -> tuple[PairingRequest, Fate] | None:
    """The last request that was made in a chat until the moment ``by``, and what became of it until ``now``."""
    row = tx.execute(
        select(table)
        .where(table.c.account == account, table.c.chat_key == chat, table.c.created_at <= to_ms(by))
        .order_by(table.c.id.desc())
        .limit(1)
    ).one_or_none()
    if row is None:
        return None
    request = _load(row)
    is_over = row.state == "open" and request.expires_at <= now
    return request, "expired" if is_over else cast("Fate", row.state)


def denied(tx: Connection, account: AccountId, handle: Handle, now: datetime) -> bool:
    """Whether a request of the sender was denied that would still be open."""
    query = select(table.c.id).where(
        table.c.account == account,
        table.c.created_at > to_ms(now - LIFETIME),
        table.c.handle == handle,
        table.c.state == "denied",
    )
    return tx.scalar(query.limit(1)) is not None


def is_known_code(tx: Connection, code: str) -> bool:
    """Whether any request, open or not, ever had the code."""
    return tx.scalar(select(table.c.id).where(table.c.code == code).limit(1)) is not None


def add(
    tx: Connection,
    account: AccountId,
    handle: Handle,
    chat: ChatRef,
    code: str,
    now: datetime,
    created_at: datetime | None = None,
) -> PairingRequest:
    """A new request, with ``created_at`` one that was made elsewhere. ``code`` must not be one of an open request."""
    tx.execute(
        update(table).where(OPEN_REQUEST, table.c.created_at <= to_ms(now - LIFETIME)).values(state="expired")
    )
    row = tx.execute(
        insert(table)
        .values(
            account=account,
            handle=handle,
            code=code,
            chat_key=chat.key,
            chat_row_id=chat.row_id,
            chat_guid=chat.guid,
            chat_identifier=chat.identifier,
            created_at=to_ms(created_at or now),
            last_seen_at=to_ms(now),
            state="open",
        )
        .returning(table)
    ).one()
    return _load(row)


def seen(tx: Connection, account: AccountId, handle: Handle, now: datetime) -> None:
    """Note that a sender with an open request wrote again."""
    tx.execute(
        update(table)
        .where(table.c.account == account, table.c.handle == handle, OPEN_REQUEST)
        .values(last_seen_at=to_ms(now))
    )


def approve(tx: Connection, request: PairingRequest, by: str, now: datetime) -> Grant:
    """Turn a request into a grant."""
    tx.execute(update(table).where(table.c.id == request.id).values(state="approved"))
    return grant(tx, request.account, request.handle, by, now)


def deny(tx: Connection, request: PairingRequest) -> None:
    """Close a request without a grant; the sender may ask again once its hour is over."""
    tx.execute(update(table).where(table.c.id == request.id).values(state="denied"))


def revoke(tx: Connection, handle: Handle, account: AccountId | None = None) -> list[AccountId]:
    """Take back what was granted to a handle, in one account or in all. Returns the accounts where it had been."""
    where = [access_grant.c.scope == DIRECT_MESSAGES, access_grant.c.handle == handle]
    if account is not None:
        where.append(access_grant.c.account == account)
    found = [AccountId(row) for row in tx.scalars(select(access_grant.c.account).where(*where))]
    tx.execute(delete(access_grant).where(*where))
    return found


def grant(tx: Connection, account: AccountId, handle: Handle, by: str, now: datetime) -> Grant:
    """Admit a handle to direct messages of an account; twice is once."""
    where = (
        access_grant.c.account == account,
        access_grant.c.scope == DIRECT_MESSAGES,
        access_grant.c.handle == handle,
    )
    row = tx.execute(select(access_grant).where(*where)).one_or_none()
    if row is None:
        values = {
            "account": account,
            "scope": DIRECT_MESSAGES,
            "handle": handle,
            "granted_at": to_ms(now),
            "granted_by": by,
        }
        row = tx.execute(insert(access_grant).values(values).returning(access_grant)).one()
    return _load_grant(row)


def grants(tx: Connection, account: AccountId | None = None) -> list[Grant]:
    """Who was admitted by approval."""
    query = select(access_grant).order_by(access_grant.c.account, access_grant.c.granted_at)
    if account is not None:
        query = query.where(access_grant.c.account == account)
    return [_load_grant(row) for row in tx.execute(query)]


def granted_handles(tx: Connection, account: AccountId) -> frozenset[Handle]:
    """The handles that were approved for direct messages of an account."""
    return frozenset(Handle(found) for found in tx.scalars(_GRANTED, {"of_account": account}))


def _load(row: Row[Any]) -> PairingRequest:
    return PairingRequest(
        id=row.id,
        account=AccountId(row.account),
        handle=Handle(row.handle),
        code=row.code,
        chat=ChatRef(ChatRowId(row.chat_row_id), row.chat_guid, row.chat_identifier),
        created_at=from_ms(row.created_at),
        last_seen_at=from_ms(row.last_seen_at),
        expires_at=from_ms(row.created_at) + LIFETIME,
    )


def _load_grant(row: Row[Any]) -> Grant:
    return Grant(
        AccountId(row.account), row.scope, Handle(row.handle), from_ms(row.granted_at), row.granted_by
    )
