"""Every error that this program raises on purpose, drawn as a tree.

    OpenClawError                 the message names the thing, the value and the fix; safe to show to the operator
    ├── ConfigError               the configuration cannot be used as it stands
    │   ├── ConfigUnreadable      the file or an include is not there, too large, or not JSON5
    │   ├── ConfigInvalid         it was read, and breaks rules: carries every issue at once
    │   └── ConfigRefused         a change of it cannot be made safely: the file is as it was
    ├── StoreError                the ledger cannot be used
    │   ├── StoreUnreadable       damaged, or not a ledger of ours
    │   ├── StoreNewer            written by a newer release than this one
    │   ├── ExportFailed          a file for the operator could not be written
    │   └── StateDirectoryBusy    another gateway holds the state directory: carries its process id
    ├── WireError                 a JSON-RPC exchange with a child did not end in a result
    │   ├── PeerClosed            the child is gone; says whether the request had been written
    │   ├── RequestTimedOut       no answer in time; the outcome is unknown
    │   └── RequestFailed         the peer answered with an error: carries code, message and data
    ├── ChildFailed               a child process could not be started: carries the command and the cause
    ├── PhoneUnusable             imsg is there but cannot serve: carries the probe code and the fix
    ├── PhoneFileFailed           a file of a phone could not be brought or put: says whether a later try may succeed
    ├── AgentError                a turn could not be run; never shown to a contact
    │   ├── AgentNotConfigured    no agent answers this route
    │   └── AgentFailed           the runtime or its model failed: carries what the operator should know
    ├── TranscriptUnreadable      the file of a session of an ACP client is damaged
    ├── CommandRefused            a chat command is not carried out: the text is for whoever gave it
    ├── ToolFailed                a tool could not do what a model asked of it; the text goes to the model
    ├── NotFound                  the operator named something that is not there
    ├── FileRefused               a file cannot be sent: carries which one, why, and what can be done
    ├── TargetError               a text does not name a chat or handle without doubt: carries the hint
    ├── ControlUnreachable        the running gateway did not answer on its control port
    ├── ControlPortBusy           another program listens where the control interface is to listen
    ├── RepairFailed              the doctor could not mend what it found; nothing was changed
    ├── ServiceUnusable           launchd or systemd is not there, or refused
    └── BadRequest                a request to the control interface misses a value, or has one that cannot be used

Expected outcomes (dropped, held, not sent, unknown) are values, not errors.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any


class OpenClawError(Exception):
    """Root of the tree; its text is a sentence for the operator."""


class ConfigError(OpenClawError):
    """The configuration cannot be used as it stands."""


class ConfigUnreadable(ConfigError):
    """A configuration file is missing where one was named, too large, or not JSON5."""


@dataclass(frozen=True, slots=True)
class ConfigIssue:
    """One thing wrong in the configuration: where, what, and how to mend it.

    ``path`` is dotted with list positions in brackets (``agents.list[0].id``); "" is the root.
    ``value`` is a short, masked rendering of what stands there, "" when nothing does.
    """

    path: str
    message: str
    value: str = ""
    fix: str = ""
    allowed: tuple[str, ...] = ()


class ConfigInvalid(ConfigError):
    """The configuration was read and breaks rules; ``issues`` has all of them."""

    def __init__(self, source: str, issues: Sequence[ConfigIssue]) -> None:
        self.source = source
        self.issues = tuple(issues)
        lines = [f"{source} has {len(self.issues)} problem{'s' if len(self.issues) != 1 else ''}:"]
        lines += [
            f"- {issue.path or '<root>'}: {issue.message}" + (f". Fix: {issue.fix}" if issue.fix else "")
            for issue in self.issues
        ]
        super().__init__("\n".join(lines))


class ConfigRefused(ConfigError):
    """A change of the configuration cannot be made safely; nothing was written."""


class StoreError(OpenClawError):
    """The ledger cannot be used. ``problem`` is what is wrong, ``fix`` what helps; "" where nothing else is known."""

    def __init__(self, problem: str, fix: str = "") -> None:
        self.problem = problem
        self.fix = fix
        super().__init__(f"{problem}; {fix}" if fix else problem)


class StoreUnreadable(StoreError):
    """The database is damaged or is not a ledger of this program."""


class StoreNewer(StoreError):
    """The database was written by a newer release; this one must not touch it."""


class ExportFailed(StoreError):
    """A file for the operator could not be written beside the ledger."""


class StateDirectoryBusy(StoreError):
    """Another gateway works on this state directory."""

    def __init__(self, directory: str, pid: int | None) -> None:
        self.pid = pid
        who = f"process {pid}" if pid else "another process"
        super().__init__(
            f"{who} already runs a gateway on {directory}; stop it first, or set OPENCLAW_STATE_DIR"
        )


class WireError(OpenClawError):
    """A JSON-RPC exchange did not end in a result."""


class PeerClosed(WireError):
    """The peer is gone. ``written`` says whether the request's bytes had reached the pipe."""

    def __init__(self, message: str, *, written: bool) -> None:
        self.written = written
        super().__init__(message)


class RequestTimedOut(WireError):
    """No answer within the deadline; whether the request took effect is unknown."""


class RequestFailed(WireError):
    """The peer answered with an error object (JSON-RPC 2.0, section 5.1)."""

    def __init__(self, method: str, code: int | None, message: str, data: Any = None) -> None:
        self.method = method
        self.code = code
        self.reason = message
        self.data = data
        detail = f": {data}" if isinstance(data, str) and data else ""
        super().__init__(f"{method} failed with {message or 'an error'} ({code}){detail}")


class ChildFailed(OpenClawError):
    """A child process could not be started."""


class PhoneUnusable(OpenClawError):
    """imsg cannot serve; ``code`` is a probe code such as ``permission-denied``, ``fix`` what to do."""

    def __init__(self, code: str, message: str, fix: str = "") -> None:
        self.code = code
        self.fix = fix
        super().__init__(message)


class PhoneFileFailed(OpenClawError):
    """A file on a phone's machine could not be had; ``fault`` says why, ``again`` whether a retry may help."""

    def __init__(self, message: str, *, fault: str, again: bool) -> None:
        self.fault = fault
        self.again = again
        super().__init__(message)


class AgentError(OpenClawError):
    """A turn could not be run. The text is for the operator and never reaches a contact."""


class AgentNotConfigured(AgentError):
    """No agent, or no model, is configured for this route."""


class AgentFailed(AgentError):
    """The runtime or the model behind it failed."""


class TranscriptUnreadable(OpenClawError):
    """The file of a session of an ACP client is damaged; nothing of it is used."""


class CommandRefused(OpenClawError):
    """A chat command is not carried out; the text, which holds nothing internal, is told to whoever gave it."""


class ToolFailed(OpenClawError):
    """A tool could not do what was asked. The text is for the model, so it tells nothing of this machine."""


class NotFound(OpenClawError):
    """The operator named something that does not exist."""


class TargetError(OpenClawError):
    """A text does not name one chat or handle beyond doubt; the message carries the hint."""


class FileRefused(OpenClawError):
    """A file is not one that can be sent; nothing of it was kept."""


class ControlUnreachable(OpenClawError):
    """The running gateway did not answer on its control address."""


class TokenRefused(ControlUnreachable):
    """The running gateway answered, and was started with another token than this command knows."""


class ControlPortBusy(OpenClawError):
    """The control interface cannot listen on its port."""


class RepairFailed(OpenClawError):
    """What ``doctor --fix`` wanted to do was refused by the system."""


class ServiceUnusable(OpenClawError):
    """The system's service manager cannot be used, or refused."""


class BadRequest(OpenClawError):
    """A control request misses a value, or has one that cannot be used."""
