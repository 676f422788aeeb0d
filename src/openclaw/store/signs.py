"""Signs of life: what the ledger shows of an account's traffic, for whoever asks whether it works. Reads only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, func, select

from openclaw.domain.delivery import DeliveryState
from openclaw.domain.ids import AccountId, AgentId
from openclaw.domain.turns import TurnState
from openclaw.store import phone_clocks
from openclaw.store.clock import from_ms
from openclaw.store.schema import account as account_table
from openclaw.store.schema import delivery, message, turn

_WELL = (TurnState.FINISHED, TurnState.CANCELLED)


@dataclass(frozen=True, slots=True)
class Signs:
    """Of one account: when something last came in, when a bubble was last seen on the phone, and what waits and why.

    ``refused`` is the reason of the newest bubble that waits because it was not taken, "" when none does.
    ``clock`` is what the phone's clock shows more than ours. ``delay`` is how long after it was written, by the phone's
    clock, the newest message came.
    """

    last_in: datetime | None
    last_out: datetime | None
    refused: str
    clock: timedelta
    delay: timedelta = timedelta()


def of_accounts(tx: Connection) -> dict[AccountId, Signs]:
    """The signs of every account that has ever run."""
    names = [AccountId(name) for name in tx.scalars(select(account_table.c.id))]
    return {name: _of(tx, name) for name in names}


def complaints(tx: Connection) -> dict[AgentId, str]:
    """Why the newest turn of an agent has no answer, for each agent of which that is so."""
    newest = select(func.max(turn.c.id)).group_by(turn.c.agent)
    query = select(turn.c.agent, turn.c.error).where(
        turn.c.id.in_(newest), turn.c.state.not_in(_WELL), turn.c.error.is_not(None), turn.c.error != ""
    )
    return {AgentId(agent): error for agent, error in tx.execute(query)}


def _of(tx: Connection, account: AccountId) -> Signs:
    # Rows are added in the order of time, so the newest of an account is found without reading all of them.
    newest = tx.execute(
        select(message.c.received_at, message.c.sent_at)
        .where(message.c.account == account, message.c.from_me.is_not(True))
        .order_by(message.c.id.desc())
        .limit(1)
    ).one_or_none()
    last_out = tx.scalar(
        select(delivery.c.changed_at)
        .where(delivery.c.account == account, delivery.c.state == DeliveryState.CONFIRMED)
        .order_by(delivery.c.id.desc())
        .limit(1)
    )
    waiting = tx.scalar(
        select(delivery.c.reason)
        .where(
            delivery.c.account == account,
            delivery.c.state == DeliveryState.QUEUED,
            delivery.c.reason.is_not(None),
            delivery.c.reason != "",
        )
        .order_by(delivery.c.id.desc())
        .limit(1)
    )
    delay = from_ms(newest.received_at) - from_ms(newest.sent_at) if newest else timedelta()
    return Signs(
        _moment(newest.received_at if newest else None),
        _moment(last_out),
        waiting or "",
        phone_clocks.offset(tx, account),
        delay,
    )


def _moment(at: int | None) -> datetime | None:
    return None if at is None else from_ms(at)
