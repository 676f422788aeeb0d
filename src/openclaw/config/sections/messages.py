"""``messages``: prefixes, groups, the line of waiting messages, and the brakes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from openclaw.config.shape import NotNegative, Positive

QueueModeName = Literal[
    "steer", "followup", "collect", "steer-backlog", "steer+backlog", "queue", "interrupt"
]


AckScope = Literal["group-mentions", "group-all", "direct", "all", "off", "none"]


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupChat:
    """What holds in every group unless an agent or account says otherwise."""

    mention_patterns: tuple[str, ...] | None = None
    history_limit: Positive | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueByChannel:
    """Another mode for one channel."""

    whatsapp: QueueModeName | None = None
    telegram: QueueModeName | None = None
    discord: QueueModeName | None = None
    irc: QueueModeName | None = None
    slack: QueueModeName | None = None
    mattermost: QueueModeName | None = None
    signal: QueueModeName | None = None
    imessage: QueueModeName | None = None
    msteams: QueueModeName | None = None
    webchat: QueueModeName | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Queue:
    """What becomes of messages that arrive while a turn runs."""

    mode: QueueModeName = "collect"
    by_channel: QueueByChannel = QueueByChannel()
    debounce_ms: NotNegative = 1000
    debounce_ms_by_channel: Mapping[str, NotNegative] | None = None
    cap: Positive = 20
    drop: Literal["old", "new", "summarize"] = "summarize"


@dataclass(frozen=True, slots=True, kw_only=True)
class Inbound:
    """Waiting for more of the same sender before a turn starts."""

    debounce_ms: NotNegative | None = None
    by_channel: Mapping[str, NotNegative] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Late:
    """What becomes of messages that were found late, after a downtime."""

    after_minutes: Positive = 10
    max_turns: Positive = 3
    policy: Literal["answer", "digest", "hold"] = "digest"


@dataclass(frozen=True, slots=True, kw_only=True)
class Loop:
    """When two machines talk to each other."""

    max_turns_per_minute: Positive = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Fuse:
    """How much may be sent before sending stops and the operator is told."""

    per_contact_per_minute: Positive = 20
    new_contacts_per_hour: Positive = 5
    per_account_per_minute: Positive = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Messages:
    """The whole section."""

    response_prefix: str | None = None
    group_chat: GroupChat = GroupChat()
    queue: Queue = Queue()
    inbound: Inbound = Inbound()
    late: Late = Late()
    loop: Loop = Loop()
    fuse: Fuse = Fuse()
    ack_reaction: str | None = None
    ack_reaction_scope: AckScope = "group-mentions"
    remove_ack_after_reply: bool = False
