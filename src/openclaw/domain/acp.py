"""Sessions of outside agents (Agent Client Protocol), and conversations that are bound to one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Literal

from openclaw.domain.ids import AccountId, AgentId, ChatKey, SessionKey
from openclaw.domain.shortening import shortened

AcpMode = Literal["persistent", "oneshot"]
"""Whether a session is kept between turns, or its agent ends after each."""

OUTSIDE = "acp:"
"""What the id of an agent begins with that stands for a program outside, such as ``acp:codex``."""

MOST_EXTRAS = 32
"""How many options of its own a session may pass to its agent."""


def outside_agent(name: str) -> AgentId:
    """The agent that the program or configured agent ``name`` is in a conversation that is bound to it."""
    return AgentId(f"{OUTSIDE}{name}")


def outside_name(agent: AgentId) -> str | None:
    """The name behind ``outside_agent``; ``None`` for an agent that is reached by an ordinary route."""
    return agent.removeprefix(OUTSIDE) if agent.startswith(OUTSIDE) else None


def stands_for(agent: AgentId, configured: Sequence[AgentId]) -> AgentId:
    """The configured agent by whose names, limits and tools ``agent`` goes; ``configured`` has the default one first.

    For an outside agent that is the one of its name, else the default one: nobody loses a gate by being outside.
    """
    name = outside_name(agent)
    if name is None or not configured:
        return agent
    return AgentId(name) if name in configured else configured[0]


def is_kept(key: SessionKey) -> bool:
    """Whether ``key`` names a session of an outside agent that was bound or spawned, which no time of day resets."""
    parts = key.split(":", 3)
    return len(parts) == 4 and (parts[0], parts[2]) == ("agent", "acp")


class PermissionMode(StrEnum):
    """What becomes of an agent's requests for permission.

    ``APPROVE_READS`` lets it read and search inside its folder, and asks about all else.
    """

    APPROVE_ALL = "approve-all"
    APPROVE_READS = "approve-reads"
    ASK = "ask"
    DENY_ALL = "deny-all"


@dataclass(frozen=True, slots=True)
class AcpOptions:
    """What a person set for one session; "" and ``None`` leave it to the configuration and the agent.

    ``mode`` is a mode of the agent's own, ``extras`` its configuration options by id, ``timeout_s`` bounds a turn.
    ``cwd`` says that the folder of the session was set, so that another one in the configuration changes nothing.
    """

    mode: str = ""
    model: str = ""
    thinking: str = ""
    permissions: str = ""
    timeout_s: int | None = None
    cwd: str = ""
    extras: Mapping[str, str] = field(default_factory=dict[str, str])


class AcpState(StrEnum):
    """How the last that was tried with a session went."""

    IDLE = "idle"
    RUNNING = "running"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class AcpSession:
    """A session of an outside agent as the ledger keeps it.

    ``harness`` is the name of the program, ``cwd`` the absolute path of the folder it works in. ``outside_id`` is the
    agent's own name for it, "" before its first turn and after a reset; it belongs to ``generation`` of the session.
    """

    key: SessionKey
    agent: AgentId
    harness: str
    mode: AcpMode
    cwd: str
    label: str = ""
    options: AcpOptions = AcpOptions()
    outside_id: str = ""
    generation: int = 0
    state: AcpState = AcpState.IDLE
    last_error: str = ""
    created_at: datetime | None = None
    active_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class AcpBinding:
    """A conversation that a person bound to a session: everything said there goes to it. ``by`` is their handle."""

    account: AccountId
    chat: ChatKey
    session: SessionKey
    agent: AgentId
    by: str
    bound_at: datetime
    active_at: datetime


class Decision(StrEnum):
    """An answer to a request for permission."""

    ONCE = "allow-once"
    ALWAYS = "allow-always"
    DENY = "deny"


DECISIONS: Mapping[str, Decision] = {
    **dict.fromkeys(("allow-once", "allow", "once"), Decision.ONCE),
    **dict.fromkeys(("allow-always", "always"), Decision.ALWAYS),
    **dict.fromkeys(("deny", "reject", "block"), Decision.DENY),
}
"""The words by which people say each (behaviour facts I.2)."""


class ToolKind(StrEnum):
    """What a tool does, in the protocol's words (Agent Client Protocol, "Tool kinds")."""

    READ = "read"
    EDIT = "edit"
    DELETE = "delete"
    MOVE = "move"
    SEARCH = "search"
    EXECUTE = "execute"
    THINK = "think"
    FETCH = "fetch"
    SWITCH_MODE = "switch_mode"
    OTHER = "other"


WANTS: Mapping[ToolKind, str] = {
    ToolKind.READ: "read",
    ToolKind.EDIT: "edit",
    ToolKind.DELETE: "delete",
    ToolKind.MOVE: "move",
    ToolKind.SEARCH: "search",
    ToolKind.EXECUTE: "run",
    ToolKind.THINK: "think about",
    ToolKind.FETCH: "fetch",
    ToolKind.SWITCH_MODE: "switch to",
    ToolKind.OTHER: "use",
}
"""What an agent asks to do with what it names."""

# A line on a phone; with the mark for what was left out it stays below 200 characters.
_LONGEST_PLEA = 160


@dataclass(frozen=True, slots=True)
class PermissionQuestion:
    """What an agent asks to be allowed, shortened to be read: ``title`` says what, ``target`` on what, "" unknown."""

    session: SessionKey
    agent: AgentId
    kind: ToolKind
    title: str
    target: str = ""
    may_always: bool = True


def asker(question: PermissionQuestion) -> str:
    """Who asks, as people know it."""
    return outside_name(question.agent) or question.agent


def plea(question: PermissionQuestion) -> str:
    """What is asked as one short sentence; what an agent says of itself stands in quotes that it cannot leave."""
    title, target = question.title.replace("`", "'"), question.target.replace("`", "'")
    what = f"{title}: {target}" if title and target and target not in title else title or target
    return f"{asker(question)} asks: {WANTS[question.kind]} `{shortened(what, _LONGEST_PLEA)}`"


class PermissionState(StrEnum):
    """Where a request for permission stands; ``store/permissions.py`` has the diagram."""

    OPEN = "open"
    ALLOWED = "allowed"
    DENIED = "denied"
    EXPIRED = "expired"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class PermissionRequest:
    """A question as the ledger keeps it, with the short code by which people answer it.

    ``account`` and ``chat`` name the conversation whose turn it holds up. ``decided_by`` is "" and ``decision``
    ``None`` while nobody has, and when nobody did.
    """

    id: int
    code: str
    question: PermissionQuestion
    account: AccountId
    chat: ChatKey
    asked_at: datetime
    expires_at: datetime
    state: PermissionState = PermissionState.OPEN
    decided_by: str = ""
    decision: Decision | None = None


@dataclass(frozen=True, slots=True)
class LiveAgent:
    """An outside agent that runs at this moment. ``busy`` is true while a turn of its session is under way.

    ``cpu_s`` and ``memory_bytes`` are those of the program with everything that it has started, ``None`` where the
    system does not tell.
    """

    session: SessionKey
    harness: str
    pid: int
    since: datetime
    busy: bool
    cpu_s: float | None = None
    memory_bytes: int | None = None


@dataclass(frozen=True, slots=True)
class AgentAbilities:
    """What an outside agent said of itself: its name and release, whether it finds a session again after its end, sees
    pictures, and which modes, models and options (with their values) a session of it has.
    """

    name: str = ""
    version: str = ""
    resumes: bool = False
    sees: bool = False
    modes: tuple[str, ...] = ()
    mode: str = ""
    options: Mapping[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])
