"""What really happened in a schedule, which the ledger is compared with. It judges nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta

from tests.making import NOON
from tests.schedules.mac import Mac

from openclaw.domain.ids import ChatKey
from openclaw.store import Tx


@dataclass(slots=True)
class Truth:
    """What really happened, beside what the Mac knows: where the first start began, and what the operator did."""

    mac: Mac
    start: int = 0
    breaches: list[str] = field(default_factory=list)
    dropped: set[int] = field(default_factory=set)
    resent: Counter[tuple[ChatKey, str]] = field(default_factory=Counter)
    cancels: int = 0
    retried: bool = False
    sleeps: int = 0
    spoken: set[tuple[ChatKey, str]] = field(default_factory=set)


BEGAN = NOON - timedelta(hours=48)
"""When the account was started first: nothing that was written before is answered."""

Question = Callable[[Tx, Truth], list[str]]
