"""What follows from a try to fetch a file: it is here, tried again at a time, or given up with a reason. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from openclaw.domain.files import FileState
from openclaw.imessage.files import Fault, Fetched, NotFetched

RETRIES_S = (1, 2, 3, 4, 5, 10, 20, 30, 60, 120, 300, 600, 900, 1800)
"""How long after each vain try the next one follows: often while its turn waits, then for about an hour."""

_STILL_GROWING = "it is smaller than the phone says, so it is still being written"
# By then it stays as it is: what the phone tells of a size is not always so.
_BELIEVES_SIZE = 5

LARGEST_HOUR_BYTES = 2 * 1024**3
"""What one account takes in within an hour: whoever floods it must not fill the disk."""


@dataclass(frozen=True, slots=True)
class Take:
    """The file is here and whole."""

    size: int


@dataclass(frozen=True, slots=True)
class TryAgain:
    """It is not here; ``after`` is when to look again, ``None`` when not any more."""

    reason: str
    after: timedelta | None


@dataclass(frozen=True, slots=True)
class GiveUp:
    """It will not be had."""

    state: FileState
    reason: str


def before_fetching(told_size: int, limit_bytes: int, taken_this_hour: int) -> GiveUp | None:
    """Whether a file need not even be tried: by what the phone says of it, and by how much came already."""
    if told_size > limit_bytes:
        why = f"it has {told_size} bytes, and {limit_bytes} may come in; see channels.imessage.inboundMediaMaxMb"
        return GiveUp(FileState.TOO_LARGE, why)
    if taken_this_hour + told_size > LARGEST_HOUR_BYTES:
        return GiveUp(
            FileState.REFUSED, f"more than {LARGEST_HOUR_BYTES // 1024**3} GB came in within an hour"
        )
    return None


def after_fetching(outcome: Fetched | NotFetched, told_size: int, attempts: int) -> Take | TryAgain | GiveUp:
    """What follows from the try number ``attempts``, of a file of which the phone tells ``told_size`` (0: nothing)."""
    match outcome:
        case Fetched(size):
            if size < told_size and attempts < _BELIEVES_SIZE:
                return again(_STILL_GROWING, attempts)
            return Take(size)
        case NotFetched(reason, again=True):
            return again(reason, attempts)
        case NotFetched(reason, fault=Fault.TOO_LARGE):
            return GiveUp(FileState.TOO_LARGE, reason)
        case NotFetched(reason, fault=Fault.OUTSIDE | Fault.NOT_A_FILE):
            return GiveUp(FileState.REFUSED, reason)
        case NotFetched(reason):
            return GiveUp(FileState.FAILED, reason)


def again(reason: str, attempts: int) -> TryAgain:
    """The next try after the vain one number ``attempts``."""
    after = timedelta(seconds=RETRIES_S[attempts - 1]) if attempts <= len(RETRIES_S) else None
    return TryAgain(reason, after)
