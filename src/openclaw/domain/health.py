"""How an account is doing: states with cause, since when, and what happens next."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from openclaw.domain.ids import RowId


class AccountState(StrEnum):
    """The state of one account's line to its phone."""

    STARTING = "starting"
    CONNECTED = "connected"
    DEGRADED = "degraded"
    DEAF = "deaf"
    BACKING_OFF = "backing off"
    NEEDS_PERMISSION = "needs permission"
    MISCONFIGURED = "misconfigured"
    PAUSED = "paused"
    STOPPED = "stopped"


NOT_PERMITTED = "-1743"
"""In ``AccountHealth.sending`` when macOS permits no sending at all, and not just this bubble was refused."""


@dataclass(frozen=True, slots=True)
class AccountHealth:
    """One account at one moment. ``next_try`` is set while backing off; ``sending`` says what sending showed last."""

    state: AccountState
    since: datetime
    cause: str = ""
    next_try: datetime | None = None
    version: str = ""
    newest_row: RowId | None = None
    sending: str = "untested"


class ProbeCode(StrEnum):
    """What ``channels status --probe`` found, in the words of the requirements."""

    WORKS = "works"
    IMSG_NOT_FOUND = "imsg-not-found"
    RPC_UNSUPPORTED = "rpc-unsupported"
    PERMISSION_DENIED = "permission-denied"
    DATABASE_MISSING = "database-missing"
    NOT_RESPONDING = "not-responding"
    WRAPPER_BUFFERS = "wrapper-buffers"
    SSH_KEY_REFUSED = "ssh-key-refused"
    SSH_HOST_UNKNOWN = "ssh-host-unknown"
    SSH_HOST_CHANGED = "ssh-host-changed"
    SSH_NAME_UNKNOWN = "ssh-name-unknown"
    SSH_REFUSED = "ssh-refused"
    SSH_TIMEOUT = "ssh-timeout"
    GATEWAY_NOT_RUNNING = "gateway-not-running"


@dataclass(frozen=True, slots=True)
class Probe:
    """The result of asking imsg how it is. ``latency_ms`` is one ``chats.list`` round trip.

    ``files`` says how files of another Mac travel, or what keeps them from it; "" on this one.
    """

    code: ProbeCode
    detail: str = ""
    fix: str = ""
    version: str = ""
    latency_ms: float | None = None
    newest_row: RowId | None = None
    files: str = ""
