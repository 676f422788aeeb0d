"""What a request of the operator is: its parameters, what it does, and what follows from it in a running gateway."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from openclaw.config.accounts import AccountConfig
from openclaw.control.judging import Judging
from openclaw.control.params import Params
from openclaw.control.shapes import Json
from openclaw.domain.ids import AccountId, MessageId, SessionKey
from openclaw.store import Tx

Accounts = Mapping[AccountId, AccountConfig]
"""The phone accounts as they are configured."""

Kind = Literal["text", "number", "flag", "choices"]


@dataclass(frozen=True, slots=True)
class Param:
    """One value that a request takes. ``default`` is of numbers, ``options`` of choices.

    ``most`` is the greatest number, or how many characters a text has when it may be longer than a name.
    """

    name: str
    kind: Kind = "text"
    required: bool = False
    default: int | None = None
    most: int = 0
    options: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Answer:
    """``body`` for the operator, and what a running gateway does about it.

    It judges the messages ``judge``, sends what is queued when ``deliver`` says so, goes on in the sessions ``wake``,
    and stops the turns of the sessions ``stop``; the body's ``stopped`` says afterwards whether there was one. With
    ``wipe`` the ledger's log is emptied; the body's ``logEmptied`` says whether that could be done at once.
    """

    body: Json
    judge: tuple[MessageId, ...] = ()
    deliver: bool = False
    wake: tuple[SessionKey, ...] = ()
    stop: tuple[SessionKey, ...] = ()
    wipe: bool = False


@dataclass(frozen=True, slots=True)
class Informed:
    """What answers a request for which the ledger is not enough: it needs to know the configured accounts."""

    run: Callable[[Tx, Params, datetime, Accounts], Answer]


@dataclass(frozen=True, slots=True)
class Judged:
    """What answers a request about how messages are judged, which the configuration decides.

    It gets ``None`` for a configuration that is not known; with ``optional`` also for one that cannot be used, and then
    says what it can without.
    """

    run: Callable[[Tx, Params, datetime, Judging | None], Answer]
    optional: bool = False


@dataclass(frozen=True, slots=True)
class Operation:
    """One request. ``changes`` says that it is more than a look; ``summary`` is for its description."""

    run: Callable[[Tx, Params, datetime], Answer] | Informed | Judged
    params: tuple[Param, ...]
    summary: str
    changes: bool = False

    @property
    def names(self) -> tuple[str, ...]:
        """The names of its parameters."""
        return tuple(param.name for param in self.params)
